#include "tide-budget.h"

#include <string.h>

#define MS_NS 1000000ll
#define SECOND_NS 1000000000ll
/* A program that does less in a second is not slowed down by anything.  */
#define LEAST_CPU_NS 50000000u

/* Who is paid by the call, not by growth.  */
#define STEADY                                                                                               \
  (TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_LINES | TIDE_INSTRUMENT_BYTES | TIDE_INSTRUMENT_BYTES_SAMPLED)

#define DEFAULT_SAMPLE_BYTES (512u << 10)
#define MOST_SAMPLE_BYTES (64u << 20)

static const char *
switch_to (TideSwitch *wish, uint32_t off, uint32_t on, const char *sentence)
{
  wish->off = off;
  wish->on = on;
  return sentence;
}

static const char *
sample_less (TideRegion *region, TideSwitch *wish)
{
  uint64_t distance = atomic_load (&region->sample_bytes);

  if (distance == 0)
    distance = DEFAULT_SAMPLE_BYTES;
  if (distance >= MOST_SAMPLE_BYTES)
    return switch_to (wish, TIDE_INSTRUMENT_BYTES_SAMPLED, 0,
                      "To stay under the budget, Python bytes are no longer sampled.");
  wish->parts = TIDE_SWITCH_SAMPLE;
  wish->sample_bytes = distance * 4;
  /* Its distance is that of its start.  */
  return switch_to (wish, 0, TIDE_INSTRUMENT_BYTES_SAMPLED,
                    "To stay under the budget, samples of Python bytes are farther apart.");
}

/* Of faults or events, which go by the same measure.  */
static const char *
look_less (TideRegion *region, uint32_t instrument, TideSwitch *wish)
{
  uint32_t slower = atomic_load (&region->slower);

  if (slower < TIDE_MOST_SLOWER)
    {
      atomic_store (&region->slower, slower + 1);
      return "To stay under the budget, RSS is looked at half as often.";
    }
  /* The other one may be cheap.  */
  atomic_store (&region->slower, 0);
  if (instrument == TIDE_INSTRUMENT_FAULTS)
    return switch_to (wish, TIDE_INSTRUMENT_FAULTS, 0,
                      "To stay under the budget, page faults are no longer followed.");
  return switch_to (wish, TIDE_INSTRUMENT_EVENTS, 0,
                    "To stay under the budget, what Python takes and releases is no longer followed.");
}

static const char *
give_up (TideRegion *region, uint32_t instrument, TideSwitch *wish)
{
  switch ((TideInstrument)instrument)
    {
    case TIDE_INSTRUMENT_LINES:
      return switch_to (wish, TIDE_INSTRUMENT_LINES, TIDE_INSTRUMENT_CALLS,
                        "To stay under the budget, lines are no longer told, only calls.");
    case TIDE_INSTRUMENT_CALLS:
      return switch_to (wish, TIDE_INSTRUMENT_CALLS, 0,
                        "To stay under the budget, calls are no longer told.");
    case TIDE_INSTRUMENT_BYTES:
      return switch_to (wish, TIDE_INSTRUMENT_BYTES, TIDE_INSTRUMENT_BYTES_SAMPLED,
                        "To stay under the budget, Python bytes are sampled, no longer counted exactly.");
    case TIDE_INSTRUMENT_BYTES_SAMPLED:
      return sample_less (region, wish);
    case TIDE_INSTRUMENT_FAULTS:
    case TIDE_INSTRUMENT_EVENTS:
      return look_less (region, instrument, wish);
    case TIDE_INSTRUMENT_GC:
      return switch_to (wish, TIDE_INSTRUMENT_GC, 0,
                        "To stay under the budget, collections are no longer told.");
    case TIDE_INSTRUMENT_SAMPLER:
    default:
      return NULL;
    }
}

/* With lines there is no telling calls apart: these go with them.  */
static uint32_t
find_dearest (const uint64_t taken_ns[TIDE_N_INSTRUMENTS], uint32_t wanted)
{
  uint32_t dearest = 0;
  uint64_t most_ns = 0;

  for (uint32_t i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (wanted & 1u << i && taken_ns[i] > most_ns)
      {
        dearest = 1u << i;
        most_ns = taken_ns[i];
      }
  return dearest == TIDE_INSTRUMENT_CALLS && wanted & TIDE_INSTRUMENT_LINES ? TIDE_INSTRUMENT_LINES : dearest;
}

/* What each has taken since the last look, and, returned, all of them.  */
static uint64_t
subtract (const TideBudget *self,
          const uint64_t cost_ns[TIDE_N_INSTRUMENTS],
          uint64_t taken_ns[TIDE_N_INSTRUMENTS])
{
  uint64_t all_ns = 0;

  for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
    {
      taken_ns[i] = cost_ns[i] - self->cost_ns[i];
      /* Counters that go back, or run away, are the program's doing.  */
      if (taken_ns[i] > 1000 * SECOND_NS)
        taken_ns[i] = 0;
      all_ns += taken_ns[i];
    }
  return all_ns;
}

/* More than is allowed of CPU_NS.  */
static bool
is_too_much (uint64_t all_ns, uint64_t cpu_ns, uint64_t budget)
{
  return all_ns * 1000 > cpu_ns * budget;
}

bool
tide_budget_is_due (const TideBudget *self,
                    const TideRegion *region,
                    uint32_t wanted,
                    const uint64_t cost_ns[TIDE_N_INSTRUMENTS],
                    int64_t now_ns)
{
  uint64_t budget = atomic_load_explicit (&region->budget, memory_order_relaxed);
  uint64_t taken_ns[TIDE_N_INSTRUMENTS];

  if (self->looked_ns == 0 || now_ns - self->looked_ns >= SECOND_NS)
    return true;
  return budget != 0 && now_ns - self->looked_ns >= MS_NS
         && is_too_much (subtract (self, cost_ns, taken_ns), SECOND_NS, budget)
         && (find_dearest (taken_ns, wanted) & STEADY) != 0;
}

/* What the process can take in a second that has begun with CPU_NS: all of a processor, or of several, if it
 * goes on so.  What is too much of that is too much whatever comes.  */
static uint64_t
get_second (uint64_t cpu_ns, int64_t elapsed_ns)
{
  uint64_t going_on_ns = cpu_ns * 1000 / (uint64_t)(elapsed_ns / MS_NS);

  return going_on_ns > SECOND_NS ? going_on_ns : SECOND_NS;
}

const char *
tide_budget_look (TideBudget *self,
                  TideRegion *region,
                  uint32_t wanted,
                  const uint64_t cost_ns[TIDE_N_INSTRUMENTS],
                  uint64_t cpu_ns,
                  int64_t now_ns,
                  TideSwitch *wish)
{
  uint64_t budget = atomic_load (&region->budget), cpu = cpu_ns - self->cpu_ns;
  uint64_t taken_ns[TIDE_N_INSTRUMENTS], all_ns = subtract (self, cost_ns, taken_ns);
  int64_t elapsed_ns = now_ns - self->looked_ns;
  bool first = self->looked_ns == 0, early = !first && elapsed_ns < SECOND_NS;
  bool too_much = !first && budget != 0 && cpu >= LEAST_CPU_NS && cpu <= (uint64_t)1 << 50;

  *wish = (TideSwitch){ 0 };
  if (early && !tide_budget_is_due (self, region, wanted, cost_ns, now_ns))
    return NULL;
  too_much = too_much && is_too_much (all_ns, early ? get_second (cpu, elapsed_ns) : cpu, budget);
  if (early && !too_much)
    return NULL;
  memcpy (self->cost_ns, cost_ns, sizeof self->cost_ns);
  self->cpu_ns = cpu_ns;
  self->looked_ns = now_ns;
  return too_much ? give_up (region, find_dearest (taken_ns, wanted), wish) : NULL;
}
