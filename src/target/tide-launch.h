#pragma once

#include "tide-instruments.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TIDE_LAUNCH_MAX_INTERVAL_MS 1000

typedef enum
{
  TIDE_PROGRAM_SCRIPT, /* program is a file */
  TIDE_PROGRAM_MODULE, /* -m                */
  TIDE_PROGRAM_CODE,   /* -c                */
} TideProgramKind;

/* A process that runs already and asked to be measured, by descriptors that we inherited.  */
typedef struct
{
  int pid;       /* 0: none                                                   */
  int region_fd; /* the memory that it shares                                 */
  int ready_fd;  /* told when it is measured                                  */
  int life_fd;   /* ends when it wants no more; the caller's to watch         */
} TideJoin;

/* What to launch and how to measure it: filled by the dialog or the command line.  */
typedef struct
{
  char *python; /* path or name; NULL: python3 of PATH                       */
  TideProgramKind kind;
  char *program;           /* file (relative to DIRECTORY), module or code             */
  char **args;             /* NULL: none                                                */
  char *directory;         /* NULL: ours                                                */
  char **environment;      /* "K=V" to set, or "K" to unset, over ours; NULL: none      */
  guint instruments;       /* TideInstrument bits                                       */
  guint interval_ms;       /* sampler while RSS moves; 0: 1 ms                          */
  gboolean ask_permission; /* where page faults may not be followed, ask polkit for the right to          */
  guint64 trigger_bytes;   /* calls and lines: only those that moved RSS by so much; 0: all */
  guint64 sample_bytes;    /* bytes-sampled: mean distance of two samples; 0: the default */
  guint budget;            /* thousandths of the program's time for measuring; 0: any   */
  guint64 max_bytes;       /* bound of the recording; 0: none                          */
  gboolean children;       /* measure the processes that it starts as well               */
  gboolean capture_output; /* its output comes as OUTPUT frames (window); else it has our stdin, stdout and
                              stderr */
  TideJoin join;           /* instead of a program */
} TideLaunch;

TideLaunch *tide_launch_new (void); /* instruments: sampler, events and faults */
TideLaunch *tide_launch_copy (const TideLaunch *self);
void tide_launch_free (TideLaunch *self);
/* The interpreter's command line as a person would type it, quoted; valid UTF-8.  Transfer full.  */
char *tide_launch_describe (const TideLaunch *self);
/* FALSE and a sentence when it cannot work: program missing, directory missing, interpreter not found.  */
gboolean tide_launch_check (const TideLaunch *self, GError **error);

/* For "recent launches" and the settings.  */
GVariant *tide_launch_to_variant (const TideLaunch *self);
TideLaunch *tide_launch_from_variant (GVariant *variant); /* NULL when it is none */

/* The interpreter's path as LAUNCH means it: absolute.  NULL and an error when there is none.  Transfer full.
 */
char *tide_launch_find_python (const TideLaunch *self, GError **error);
/* What follows the interpreter on its command line.  Transfer full.  */
char **tide_launch_dup_arguments (const TideLaunch *self);
/* The program's name for people and file names: "batch.py", "http.server", "-c".  Valid UTF-8, transfer full.
 */
char *tide_launch_dup_name (const TideLaunch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideLaunch, tide_launch_free)

G_END_DECLS
