#pragma once

#include "tide-region.h"
#include "tide-switch-frames.h"

/* Keeps what measuring takes of a process's time below the region's `budget`: looks once a second at what the
 * instruments took of the processor time of that second, and has the dearest of them do less, or nothing:
 *
 *   every line ─▶ every call ─▶ nothing         exact bytes ─▶ sampled bytes, farther and farther apart ─▶
 * nothing page faults ─▶ fewer and fewer ─▶ nothing   events ─▶ fewer and fewer ─▶ nothing collections ─▶
 * nothing
 *
 * The sampler, which costs the process nothing, remains.  */
typedef struct
{
  uint64_t cost_ns[TIDE_N_INSTRUMENTS], cpu_ns; /* at the last look */
  int64_t looked_ns;                            /* when that was; 0: never */
} TideBudget;

/* COST_NS, by bit number, and CPU_NS: of the instruments and of the process, so far.  WANTED: TideInstrument
 * bits.  NULL: all is well, or there is nothing to be given up; else a sentence for the person, and in WISH
 * what to switch (may be nothing).  */
const char *tide_budget_look (TideBudget *self,
                              TideRegion *region,
                              uint32_t wanted,
                              const uint64_t cost_ns[TIDE_N_INSTRUMENTS],
                              uint64_t cpu_ns,
                              int64_t now_ns,
                              TideSwitch *wish);
