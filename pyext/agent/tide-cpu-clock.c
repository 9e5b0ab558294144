#include "tide-cpu-clock.h"
#include "tide-clock.h"

#define TOLD_NS 1000000u

#define MOST_READINGS 4
#define LONG_READING_NS 20000u

static const volatile uint32_t no_switches;

void
tide_cpu_clock_open (TideCpuClock *self, const volatile uint32_t *switches)
{
  *self = (TideCpuClock){ .switches = switches ? switches : &no_switches,
                          .interval_ns = switches ? TOLD_NS : TIDE_CPU_CLOCK_NS };
}

/* Kernels that do not write into the page, or whose host takes the processor away, leave the thread behind
 * although it seems to have run: what is to be asked more often.  */
static void
judge (TideCpuClock *self, uint32_t switches, uint64_t before_ns)
{
  if (self->ask_ns && switches == self->switches_seen && self->true_idle_ns > before_ns + TIDE_CPU_CLOCK_NS)
    self->interval_ns = TIDE_CPU_CLOCK_NS;
}

/* Both clocks as of one moment: a thread that was put off between them tries again.  */
static uint64_t
read_both (uint64_t *now_ns)
{
  uint64_t cpu_ns;

  for (int i = 0; i < MOST_READINGS; i++)
    {
      *now_ns = tide_clock_ns (CLOCK_MONOTONIC);
      cpu_ns = tide_clock_ns (CLOCK_THREAD_CPUTIME_ID);
      if (tide_clock_ns (CLOCK_MONOTONIC) - *now_ns < LONG_READING_NS)
        break;
    }
  return *now_ns - cpu_ns;
}

uint64_t
tide_cpu_clock_ask (TideCpuClock *self, uint64_t *now_ns)
{
  uint64_t cpu_ns = self->last_ns - self->idle_ns;
  uint32_t switches = *self->switches;

  if (*now_ns >= self->ask_ns || switches != self->switches_seen)
    {
      uint64_t before_ns = self->true_idle_ns;

      self->true_idle_ns = read_both (now_ns);
      judge (self, switches, before_ns);
      self->switches_seen = switches;
      self->ask_ns = *now_ns + self->interval_ns;
    }
  /* Where more was given than there was, it stands until the thread has caught up.  */
  self->idle_ns = *now_ns - self->true_idle_ns < cpu_ns ? *now_ns - cpu_ns : self->true_idle_ns;
  self->until_ns = self->idle_ns == self->true_idle_ns ? self->ask_ns : 0;
  self->last_ns = *now_ns;
  return self->idle_ns;
}
