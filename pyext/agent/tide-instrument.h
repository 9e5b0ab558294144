#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* One instrument of the agent: what can be started, stopped and started again while the program runs.
 *
 * start and stop are called in the main thread with the GIL held, and never from inside an allocator or a
 * signal handler.  start may allocate only by mmap (tell it with tide_account_own()), must leave nothing
 * behind when it refuses, and looks for what stands in its way (its "probe") before it touches anything.  */
typedef struct
{
  uint64_t unit_bytes; /* how coarse its figures are: the error of one of them; 0: unknown   */
  char reason[240];    /* why not, a sentence; after a success a remark, or empty            */
} TideInstrumentReport;

typedef struct
{
  TideInstrument bit;
  bool free_threaded; /* safe where several threads run Python code at the same time */
  /* PY_VERSION_HEX from which on it sees nothing of what other interpreters of the process do than the main
   * one; 0: it sees them in all versions.  */
  uint32_t main_only_since;

  /* False: REPORT says why not.  */
  bool (*start) (TideRegion *region, TideInstrumentReport *report);

  /* Everything is as before; false: others have put their hooks above ours, which stay and pass through.  */
  bool (*stop) (TideRegion *region);

  /* Now and then, at a look: NULL, or a sentence why it can go on no longer; it is told to be off then, and
   * stop is called as soon as that is safe.  May be NULL itself.  */
  const char *(*check) (void);

  /* The interpreter has taken itself apart, or the process ends: without the GIL, hooks stay where they are.
   * What is not told yet is told now.  May be NULL.  */
  void (*end) (void);

  /* In a forked child, before anything else runs there: nothing of the parent's may be written or closed
   * for it.  After that stop must still be safe.  May be NULL.  */
  void (*drop) (void);

  /* In a forked child that is followed, after drop, with the GIL: goes on there, with a region of its own.
   * False, or NULL: stop and start do that.  */
  bool (*go_on) (TideRegion *region, TideInstrumentReport *report);
} TideAgentInstrument;

extern const TideAgentInstrument tide_instrument_events;
extern const TideAgentInstrument tide_instrument_faults;
extern const TideAgentInstrument tide_instrument_calls;
extern const TideAgentInstrument tide_instrument_lines;
extern const TideAgentInstrument tide_instrument_bytes;
extern const TideAgentInstrument tide_instrument_bytes_sampled;
extern const TideAgentInstrument tide_instrument_gc;
