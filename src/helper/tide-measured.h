#pragma once

#include "tide-account.h"
#include "tide-alarm.h"
#include "tide-calls-drain.h"
#include "tide-interpreters.h"
#include "tide-procfs.h"
#include "tide-shared.h"
#include "tide-budget.h"
#include "tide-sites-drain.h"
#include "tide-stream.h"
#include "tide-wish.h"

#include <sys/types.h>

/* One process that is measured: its stream, the region that it shares with its agent, and what was seen of it
 * last.  */
typedef struct
{
  pid_t pid;
  TideStream stream;
  TideShared shared;
  TideProcfs procfs;
  TideAlarm alarm;
  TideAccount account;
  TideWish wish;
  TideBudget budget;
  TideInterpreters interpreters;
  TideCallsDrain calls;
  TideSitesDrain sites;

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
  int pidfd; /* readable once it has ended; -1: none, or it is our child */
  bool suspended;
  bool replaced; /* the process has become another program */
  bool over;     /* the stream had its last frame          */
} TideMeasured;

/* The process runs, and the stream has its HELLO; its region is SHARED, which is taken.  USE_AGENT false: no
 * agent could be given to it.  */
void tide_measured_start (
    TideMeasured *self, pid_t pid, TideShared *shared, uint32_t instruments, bool use_agent, int64_t now_ns);
void tide_measured_finish (TideMeasured *self);

/* It is not our child, and its end is to be seen.  AT_NS: CLOCK_MONOTONIC of a time at which it was there.
 * False: the process of that number is another one, that started later.  */
bool tide_measured_watch (TideMeasured *self, int64_t at_ns);

/* Of one that is watched.  STATUS: its wait status; false when it cannot be known.  */
bool tide_measured_has_ended (TideMeasured *self);
bool tide_measured_get_status (TideMeasured *self, int *status);

/* Drains what its agent wrote, and looks at memory.  */
void tide_measured_tick (TideMeasured *self, int64_t now_ns);

/* Has instruments of its agent started and stopped.  */
void tide_measured_switch (TideMeasured *self, const TideSwitch *wish, int64_t now_ns);

/* Whether RSS moved, or calls came, in the last second.  */
bool tide_measured_is_moving (const TideMeasured *self, int64_t now_ns);

/* How long to wait till the next tick where INTERVAL_NS is asked for: less where calls come fast; more, if it
 * MAY_REST, once RSS has not moved for some time, see tide-pace.h.  */
int64_t
tide_measured_get_interval (const TideMeasured *self, int64_t now_ns, int64_t interval_ns, bool may_rest);

/* The same while it does not move, where IDLE_NS is asked for: longer still while the process sleeps, since
 * it can grow only when it runs, and that wakes us.  */
int64_t tide_measured_get_idle_interval (TideMeasured *self, int64_t now_ns, int64_t idle_ns);

/* Pauses, or goes on.  */
void tide_measured_suspend (TideMeasured *self, bool on, int64_t now_ns);

/* Nobody looks any more: the agent gives everything back as it was, as soon as it looks.  */
void tide_measured_let_go (TideMeasured *self);
bool tide_measured_has_let_go (const TideMeasured *self);

/* After it was let go: what its agent still said, and the last frame.  */
void tide_measured_put_detached (TideMeasured *self, int64_t now_ns);

/* It has ended, but for its entry in /proc: all that is still to be said, but for the last frame.  */
void tide_measured_put_rest (TideMeasured *self, int64_t now_ns);

/* So it said, and has not taken it back: when it is gone, then as another program.  */
bool tide_measured_is_executing (const TideMeasured *self);

/* It has become another program: all that is still to be said.  */
void tide_measured_put_replaced (TideMeasured *self, int64_t now_ns);

/* The last frame.  PEAK_BYTES: what is known of it elsewhere, or 0.  */
void tide_measured_put_bye (
    TideMeasured *self, int64_t now_ns, TideEndKind kind, uint32_t value, uint64_t peak_bytes);
