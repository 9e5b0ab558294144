#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A thread's CPU time at each of many million events.  Asking the kernel takes longer than the rest of an
 * event; but while a thread runs its CPU time is behind the clock by the same: what is asked for is this
 * difference, and only when it may be another.
 *
 * Where the thread has a perf event with a page (tide-rss-gate.h) the kernel writes into that page each time
 * it lets the thread run again: the difference is asked for then, and each ms because of what interrupts
 * took. Else it is asked for TIDE_CPU_CLOCK_NS after the last time: what a thread waited for less than that
 * is in its CPU time until then.  CPU time never goes backwards.  One thread's.  */

#define TIDE_CPU_CLOCK_NS 100000u

typedef struct
{
  const volatile uint32_t *switches; /* another number when the thread was away; or never */
  uint32_t switches_seen;
  uint32_t interval_ns;
  uint64_t until_ns; /* the difference is good as long, if the thread was not away */
  uint64_t ask_ns;   /* then it is asked for again                                 */
  uint64_t last_ns;  /* when it was taken last                                     */
  uint64_t idle_ns;  /* as it was given                                            */
  uint64_t true_idle_ns;
} TideCpuClock;

/* SWITCHES: in a page of a perf event of the calling thread, as long as the clock is used; NULL: there is
 * none. */
void tide_cpu_clock_open (TideCpuClock *self, const volatile uint32_t *switches);

/* How much less the thread's CPU time is than *NOW_NS, of CLOCK_MONOTONIC and just taken; where the kernel
 * was asked it is when it was.  May change errno.  */
static inline uint64_t tide_cpu_clock_idle (TideCpuClock *self, uint64_t *now_ns);

/* The slow way.  */
uint64_t tide_cpu_clock_ask (TideCpuClock *self, uint64_t *now_ns);

static inline uint64_t
tide_cpu_clock_idle (TideCpuClock *self, uint64_t *now_ns)
{
  if (__builtin_expect (*now_ns >= self->until_ns || *self->switches != self->switches_seen, 0))
    return tide_cpu_clock_ask (self, now_ns);
  self->last_ns = *now_ns;
  return self->idle_ns;
}
