#pragma once

#include "tide-frames.h"

#include <gio/gio.h>

/* A run of the helper: what it is asked for, and all that it sends.  */
typedef struct
{
  GPtrArray *arguments; /* of "pagetide-helper launch", then of the target */
  int frames;           /* read end, -1: closed */
  int control;          /* write end, -1: none */
  GPid pid;             /* 0: not started, or ended */
  int status;           /* of waitpid, once it has ended */
  GByteArray *bytes;    /* as they came */
  gsize next;           /* of the next frame */

  /* The frames, in order.  Slices point into the payloads that `kept` owns.  */
  GPtrArray *kept;
  TideHello hello;
  GArray *types;       /* guint */
  GArray *samples;     /* TideSample */
  GArray *events;      /* TideEvent */
  GArray *nodes;       /* TideNodeInfo */
  GArray *codes;       /* TideCodeInfo */
  GPtrArray *strings;  /* char *, zero-terminated */
  GArray *instruments; /* TideInstrumentInfo */
  GArray *messages;    /* TideMessage */
  GArray *lost;        /* TideLost */
  GArray *pauses;      /* TidePause */
  GString *output[3];  /* by descriptor */
  TideOverhead overhead;
  TidePythonInfo python;
  TideBye bye;
  gint64 last_ns; /* time of the last frame: none goes back */
} Run;

/* OPTIONS are those of the helper, blank-separated; NULL: none.  A control pipe is always there.  */
Run *run_new (const char *options);
void run_free (Run *self);
void run_add (Run *self, const char *argument);
/* PROGRAM in this interpreter, with the agent.  What is added after it are its arguments.  */
void run_add_python (Run *self, const char *python, const char *program);
/* The test's own target.  */
void run_add_target (Run *self, const char *first_step, ...) G_GNUC_NULL_TERMINATED;
/* Starts it; ENVIRONMENT NULL: ours.  */
void run_start (Run *self, char **environment);
/* Reads until a frame of TYPE came, or the stream's end: then FALSE.  */
gboolean run_read_until (Run *self, TideFrameType type);
/* Reads one frame more.  FALSE at the end of the stream.  */
gboolean run_read_frame (Run *self);
/* Reads to the end, and waits for the helper.  Gives its exit status, or 1000 + the signal that killed it. */
int run_finish (Run *self);
int run_wait (Run *self);
void run_send (Run *self, const TideBuffer *frames);
/* ON and OFF: bits of instruments.  */
void run_switch (Run *self, guint on, guint off);
/* Closes the read end: the viewer has gone.  */
void run_close_frames (Run *self);

gint64 run_sum_events (Run *self);
/* What was charged to nodes whose function has this name.  */
gint64 run_sum_of (Run *self, const char *function);
/* Whether a message with PART came.  */
gboolean run_is_told (Run *self, const char *part);
const char *run_target_path (void);

/* A new FIFO, for a target to wait at.  Its path, transfer full; open it with O_RDWR, so that no open waits.
 */
char *run_make_fifo (int *fd);
void run_remove_fifo (char *path, int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)
