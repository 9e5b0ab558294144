#pragma once

#include "tide-pylayout.h"
#include "tide-rss-gate.h"

#include <stdbool.h>
#include <stdint.h>

/* What the text logs (tide-profile.h, tide-references.h) have in common: the thread that an event comes from,
 * RSS as it sees it, and the clocks.  With the GIL, but for what is said otherwise.  */

typedef struct
{
  TideRssGate gate;
  uint32_t tid;
  int n_mutes;         /* its events are in no log                        */
  bool busy;           /* it is writing an event: what it does now is ours */
  uint32_t generation; /* the user's own: of what it keeps in `logs` */
  void *logs[2];
} TideLogThread;

/* Gives NULL, or why this interpreter cannot be measured.  Call it first.  */
const char *tide_log_prepare (void);
const TidePythonLayout *tide_log_layout (void);

/* A log begins, or ends: what all share comes and goes with the first and the last.  */
void tide_log_begin (void);
void tide_log_end (void);

/* Tells the gates what is watched.  When somebody else is sure not to use them.  */
void tide_log_watch (void);

/* Code of the package's own is in no log: of the file that the str object FILE names, which is the very
 * object that the file's code objects have.  */
void tide_log_hide (void *file);
bool tide_log_hides (const void *code);

/* The text of a message from Python, bytes; "" when it is something else.  Lives as long as MESSAGE.  */
const char *tide_log_message (void *message);

/* The calling thread, NULL when there is no memory for it.  */
TideLogThread *tide_log_thread (void);

/* RSS in bytes, without what the logs themselves took since the first began.  */
int64_t tide_log_rss (TideLogThread *self, int64_t wall_ns);

/* CLOCK_MONOTONIC, and the CPU time of the process, which is asked of the kernel now and then alone.  */
int64_t tide_log_wall (void);
int64_t tide_log_cpu (int64_t wall_ns);
