#pragma once

#include "tide-region.h"
#include "tide-switch-frames.h"

/* Keeps what measuring takes of a process's time below the region's `budget`: looks once a second at what the
 * agent's hooks took of the processor time of that second, and gives up the dearest first.
 *
 *   every line ─▶ every call ─▶ nothing │ exact bytes ─▶ sampled bytes, farther and farther apart
 *   collections ─▶ nothing              │ page faults and events: fewer and fewer looks
 */
typedef struct
{
  uint64_t agent_ns, cpu_ns; /* at the last look */
  int64_t looked_ns;         /* when that was; 0: never */
} TideBudget;

/* HOOK_NS and CPU_NS: of the agent and of the process, so far.  WANTED: TideInstrument bits.  NULL: all is
 * well, or nothing more can be given up; else a sentence for the person, and in WISH what to switch (may be
 * nothing).  */
const char *tide_budget_look (TideBudget *self,
                              TideRegion *region,
                              uint32_t wanted,
                              uint64_t hook_ns,
                              uint64_t cpu_ns,
                              int64_t now_ns,
                              TideSwitch *wish);
