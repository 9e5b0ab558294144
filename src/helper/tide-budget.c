#include "tide-budget.h"

#define SECOND_NS 1000000000
/* A program that does less in a second is not slowed down by anything.  */
#define LEAST_CPU_NS 50000000u

#define DEFAULT_SAMPLE_BYTES (512u << 10)
#define MOST_SAMPLE_BYTES (64u << 20)
#define MOST_SLOWER 4u

static const char *
switch_to (TideSwitch *wish, uint32_t off, uint32_t on, const char *sentence)
{
  wish->off = off;
  wish->on = on;
  return sentence;
}

/* What is given up next.  */
static const char *
give_up (TideRegion *region, uint32_t wanted, TideSwitch *wish)
{
  uint64_t distance = atomic_load (&region->sample_bytes);
  uint32_t slower = atomic_load (&region->slower);

  if (wanted & TIDE_INSTRUMENT_LINES)
    return switch_to (wish, TIDE_INSTRUMENT_LINES, TIDE_INSTRUMENT_CALLS,
                      "To stay under the budget, lines are no longer told, only calls.");
  if (wanted & TIDE_INSTRUMENT_CALLS)
    return switch_to (wish, TIDE_INSTRUMENT_CALLS, 0, "To stay under the budget, calls are no longer told.");
  if (wanted & TIDE_INSTRUMENT_BYTES)
    return switch_to (wish, TIDE_INSTRUMENT_BYTES, TIDE_INSTRUMENT_BYTES_SAMPLED,
                      "To stay under the budget, Python bytes are sampled, no longer counted exactly.");
  if (distance == 0)
    distance = DEFAULT_SAMPLE_BYTES;
  if ((wanted & TIDE_INSTRUMENT_BYTES_SAMPLED) && distance < MOST_SAMPLE_BYTES)
    {
      wish->parts = TIDE_SWITCH_SAMPLE;
      wish->sample_bytes = distance * 4;
      /* Its distance is that of its start.  */
      return switch_to (wish, 0, TIDE_INSTRUMENT_BYTES_SAMPLED,
                        "To stay under the budget, samples of Python bytes are farther apart.");
    }
  if (wanted & TIDE_INSTRUMENT_GC)
    return switch_to (wish, TIDE_INSTRUMENT_GC, 0,
                      "To stay under the budget, collections are no longer told.");
  if ((wanted & (TIDE_INSTRUMENT_FAULTS | TIDE_INSTRUMENT_EVENTS)) && slower < MOST_SLOWER)
    {
      atomic_store (&region->slower, slower + 1);
      return "To stay under the budget, RSS is looked at half as often.";
    }
  return NULL;
}

const char *
tide_budget_look (TideBudget *self,
                  TideRegion *region,
                  uint32_t wanted,
                  uint64_t hook_ns,
                  uint64_t cpu_ns,
                  int64_t now_ns,
                  TideSwitch *wish)
{
  uint64_t budget = atomic_load (&region->budget);
  uint64_t agent = hook_ns - self->agent_ns, cpu = cpu_ns - self->cpu_ns;
  bool first = self->looked_ns == 0;

  *wish = (TideSwitch){ 0 };
  if (!first && now_ns - self->looked_ns < SECOND_NS)
    return NULL;
  self->agent_ns = hook_ns;
  self->cpu_ns = cpu_ns;
  self->looked_ns = now_ns;
  /* Counters that go back are the program's doing.  */
  if (first || budget == 0 || cpu < LEAST_CPU_NS || cpu > (uint64_t)1 << 62 || agent > cpu
      || agent * 1000 <= cpu * budget)
    return NULL;
  return give_up (region, wanted, wish);
}
