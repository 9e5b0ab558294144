#pragma once

#include "tide-account.h"
#include "tide-bell.h"
#include "tide-control.h"
#include "tide-options.h"
#include "tide-outlet.h"
#include "tide-procfs.h"
#include "tide-pump.h"
#include "tide-shared.h"

#include <sys/types.h>

/* What happens from the start of the target to its end: one thread, one ppoll, and a tick in which memory is
 * looked at (each interval while RSS moved in the last second, each 10 ms else, and at once when the agent
 * rings).  */
typedef struct
{
  const TideOptions *options;
  pid_t pid;
  TideOutlet outlet;
  TidePump pump;
  TideShared shared;
  TideControl control;
  TideProcfs procfs;
  TideBell bell;
  TideAccount account;
  int child_fd; /* readable at SIGCHLD */

  /* CLOCK_MONOTONIC.  */
  int64_t tick_ns; /* last tick */
  int64_t next_tick_ns;
  int64_t moved_ns;  /* RSS was another one than before */
  int64_t sample_ns; /* last SAMPLE                     */
  int64_t status_ns; /* last look at the dear figures   */

  uint64_t rss_pages; /* last seen, 0: never */
  uint64_t top_pages; /* highest seen        */
  uint64_t peak_bytes;
  uint64_t swap_pages;
  uint64_t page_size;
  bool suspended;
  bool detached;
  bool ended;
} TideLoop;

int64_t tide_loop_now (void);

/* The target runs.  Returns the status with which the helper ends: the target's, 128+N after signal N.  */
int tide_loop_run (TideLoop *self);
