#pragma once

#include "tide-bell.h"
#include "tide-broker.h"
#include "tide-control.h"
#include "tide-family.h"
#include "tide-options.h"
#include "tide-outlet.h"
#include "tide-pump.h"

#include <sys/types.h>

/* What happens from the start of the target to its end: one thread, one ppoll, and a tick for each process in
 * which its memory is looked at (each interval while RSS moved in the last second, each 10 ms else, later
 * after a long rest, with each SAMPLE while the process sleeps, and at once when an agent rings).  */
typedef struct
{
  const TideOptions *options;
  pid_t pid; /* of the target, our child */
  TideOutlet outlet;
  TidePump pump;
  TideControl control;
  TideBell bell;
  TideBroker broker; /* for the target */
  TideFamily family;
  int child_fd;     /* readable at SIGCHLD */
  sigset_t waiting; /* signals that stay blocked while it waits */
  bool waits;       /* what is pending goes with what the next tick brings */
  bool detached;
  bool ended;
} TideLoop;

int64_t tide_loop_now (void);

/* The target runs.  Returns the status with which the helper ends: the target's, 128+N after signal N.  */
int tide_loop_run (TideLoop *self);
