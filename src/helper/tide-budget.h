#pragma once

#include "tide-region.h"
#include "tide-switch-frames.h"

/* Keeps what measuring takes of a process's time below the region's `budget`: judges each second by what the
 * instruments took of its processor time, and has the dearest of them do less, or nothing:
 *
 *   every line  ─▶ every call ─▶ nothing
 *   exact bytes ─▶ sampled ─▶ farther and farther apart ─▶ nothing
 *   page faults ─▶ fewer and fewer ─▶ nothing
 *   events      ─▶ fewer and fewer ─▶ nothing
 *   collections ─▶ nothing
 *
 * Calls, lines and bytes are given up before the second is over, as soon as they have taken more than they
 * may in all of it, so that none is needed to find out.  What is paid for growth alone comes in bursts, and
 * gets its second.  The sampler, which costs the process nothing, remains.  */
typedef struct
{
  uint64_t cost_ns[TIDE_N_INSTRUMENTS], cpu_ns; /* at the last look */
  int64_t looked_ns;                            /* when that was; 0: never */
} TideBudget;

/* Whether tide_budget_look() is to be asked: costs no call of the kernel.  The arguments are its.  */
bool tide_budget_is_due (const TideBudget *self,
                         const TideRegion *region,
                         uint32_t wanted,
                         const uint64_t cost_ns[TIDE_N_INSTRUMENTS],
                         int64_t now_ns);

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
