#include "tide-budget.h"

#include <glib.h>
#include <string.h>

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
#define MS_NS G_GUINT64_CONSTANT (1000000)

/* A process that works all the time, of which so many thousandths may be ours.  */
typedef struct
{
  TideRegion *region;
  TideBudget budget;
  guint64 cost_ns[TIDE_N_INSTRUMENTS];
  guint64 cpu_ns;
  gint64 now_ns;
  guint32 wanted;
  TideSwitch wish;
} Life;

static void
life_init (Life *self, guint32 wanted, guint32 thousandths)
{
  *self = (Life){ .region = g_new0 (TideRegion, 1), .now_ns = SECOND_NS, .wanted = wanted };
  self->region->budget = thousandths;
}

static void
life_clear (Life *self)
{
  g_free (self->region);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Life, life_clear)

static const char *
look (Life *self)
{
  return tide_budget_look (&self->budget, self->region, self->wanted, self->cost_ns, self->cpu_ns,
                           self->now_ns, &self->wish);
}

/* One second passes, in which INSTRUMENT takes MS of it; what is wished is done.  */
static const char *
live (Life *self, guint32 instrument, guint64 ms)
{
  const char *sentence;

  self->now_ns += SECOND_NS;
  self->cpu_ns += 1000 * MS_NS;
  if (instrument != 0)
    self->cost_ns[g_bit_nth_lsf (instrument, -1)] += ms * MS_NS;
  sentence = look (self);
  self->wanted = (self->wanted & ~self->wish.off) | self->wish.on;
  if (self->wish.parts & TIDE_SWITCH_SAMPLE)
    self->region->sample_bytes = self->wish.sample_bytes;
  return sentence;
}

static void
assert_says (const char *sentence, const char *part)
{
  g_assert_nonnull (sentence);
  g_assert_true (g_str_has_prefix (sentence, "To stay under the budget, "));
  if (strstr (sentence, part) == NULL)
    g_error ("“%s” is not in “%s”", part, sentence);
}

static void
assert_nothing (Life *self, const char *sentence)
{
  g_assert_null (sentence);
  g_assert_cmpuint (self->wish.on | self->wish.off | self->wish.parts, ==, 0);
}

static void
test_within (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_LINES, 50);
  /* What came before the first look is not of any second.  */
  life.cost_ns[4] = 900 * MS_NS;
  assert_nothing (&life, live (&life, 0, 0));
  assert_nothing (&life, live (&life, TIDE_INSTRUMENT_LINES, 50));
  assert_says (live (&life, TIDE_INSTRUMENT_LINES, 51), "lines");

  /* Without a budget nothing is too dear.  */
  life.region->budget = 0;
  assert_nothing (&life, live (&life, TIDE_INSTRUMENT_CALLS, 1000));
}

static void
test_once_a_second (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_GC, 1);
  look (&life);
  life.now_ns += SECOND_NS - 1;
  life.cpu_ns += 1000 * MS_NS;
  life.cost_ns[7] += 500 * MS_NS;
  assert_nothing (&life, look (&life));
  life.now_ns++;
  assert_says (look (&life), "collections");
}

/* AFTER_MS of a second passed, all of which the process worked on N_PROCESSORS, and INSTRUMENT took MS.  */
static const char *
live_a_part (Life *self, gint64 after_ms, guint n_processors, guint32 instrument, guint64 ms)
{
  self->now_ns += after_ms * (gint64)MS_NS;
  self->cpu_ns += (guint64)after_ms * n_processors * MS_NS;
  self->cost_ns[g_bit_nth_lsf (instrument, -1)] += ms * MS_NS;
  return look (self);
}

static gboolean
is_due (Life *self)
{
  return tide_budget_is_due (&self->budget, self->region, self->wanted, self->cost_ns, self->now_ns);
}

/* What is allowed of a second has been taken before it is over.  */
static void
test_early (void)
{
  static const struct
  {
    guint32 instrument;
    const char *part;
  } steady[] = {
    { TIDE_INSTRUMENT_CALLS, "calls are no longer told" },
    { TIDE_INSTRUMENT_LINES, "lines are no longer told" },
    { TIDE_INSTRUMENT_BYTES, "sampled, no longer counted exactly" },
    { TIDE_INSTRUMENT_BYTES_SAMPLED, "farther apart" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steady); i++)
    {
      g_auto (Life) life;

      life_init (&life, steady[i].instrument, 50);
      look (&life);
      assert_nothing (&life, live_a_part (&life, 80, 1, steady[i].instrument, 50));
      g_assert_false (is_due (&life));
      assert_says (live_a_part (&life, 20, 1, steady[i].instrument, 1), steady[i].part);
      /* The next second has begun.  */
      g_assert_false (is_due (&life));
      assert_nothing (&life, live_a_part (&life, 900, 1, steady[i].instrument, 0));
      life.now_ns += 100 * MS_NS;
      g_assert_true (is_due (&life));
    }
}

/* What would not be too much at the end of the second is none before.  */
static void
test_no_false_alarm (void)
{
  g_auto (Life) life;
  g_auto (Life) busy;

  /* It has not worked enough to be slowed down.  */
  life_init (&life, TIDE_INSTRUMENT_BYTES, 10);
  look (&life);
  assert_nothing (&life, live_a_part (&life, 49, 1, TIDE_INSTRUMENT_BYTES, 40));
  g_assert_true (is_due (&life));
  assert_says (live_a_part (&life, 1, 1, TIDE_INSTRUMENT_BYTES, 0), "sampled");

  /* On four processors four times as much is allowed.  */
  life_init (&busy, TIDE_INSTRUMENT_BYTES, 50);
  look (&busy);
  assert_nothing (&busy, live_a_part (&busy, 100, 4, TIDE_INSTRUMENT_BYTES, 200));
  assert_says (live_a_part (&busy, 100, 4, TIDE_INSTRUMENT_BYTES, 1), "sampled");
}

/* What growth costs comes in bursts: it gets its second, in company too.  */
static void
test_bursts (void)
{
  static const guint32 patient[] = { TIDE_INSTRUMENT_EVENTS, TIDE_INSTRUMENT_FAULTS, TIDE_INSTRUMENT_GC };

  for (guint i = 0; i < G_N_ELEMENTS (patient); i++)
    {
      g_auto (Life) life;

      life_init (&life, patient[i] | TIDE_INSTRUMENT_BYTES, 50);
      look (&life);
      assert_nothing (&life, live_a_part (&life, 500, 1, patient[i], 400));
      g_assert_false (is_due (&life));
      assert_nothing (&life, live_a_part (&life, 100, 1, TIDE_INSTRUMENT_BYTES, 399));
      assert_says (live_a_part (&life, 0, 1, TIDE_INSTRUMENT_BYTES, 2), "sampled");
    }
}

/* One that sleeps is not slowed down by what we do meanwhile.  */
static void
test_resting (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_EVENTS, 1);
  look (&life);
  life.now_ns += SECOND_NS;
  life.cpu_ns += 49 * MS_NS;
  life.cost_ns[1] += 40 * MS_NS;
  assert_nothing (&life, look (&life));
  g_assert_cmpuint (life.region->slower, ==, 0);
}

static void
test_calls_and_lines (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_LINES, 10);
  look (&life);
  /* Calls that come with lines: these go first, whichever is the dearer.  */
  assert_says (live (&life, TIDE_INSTRUMENT_CALLS, 300), "lines are no longer told");
  g_assert_cmpuint (life.wanted, ==, TIDE_INSTRUMENT_CALLS);
  assert_says (live (&life, TIDE_INSTRUMENT_CALLS, 200), "calls are no longer told");
  g_assert_cmpuint (life.wanted, ==, 0);
  assert_nothing (&life, live (&life, TIDE_INSTRUMENT_CALLS, 200));
}

static void
test_bytes (void)
{
  g_auto (Life) life;
  guint n_farther = 0;

  life_init (&life, TIDE_INSTRUMENT_BYTES, 10);
  look (&life);
  assert_says (live (&life, TIDE_INSTRUMENT_BYTES, 100), "sampled, no longer counted exactly");
  g_assert_cmpuint (life.wanted, ==, TIDE_INSTRUMENT_BYTES_SAMPLED);
  while (life.wanted != 0)
    {
      guint64 before = life.region->sample_bytes;
      const char *sentence = live (&life, TIDE_INSTRUMENT_BYTES_SAMPLED, 100);

      if (life.wanted == 0)
        {
          assert_says (sentence, "no longer sampled");
          break;
        }
      assert_says (sentence, "farther apart");
      g_assert_cmpuint (life.region->sample_bytes, >, before);
      g_assert_cmpuint (++n_farther, <, 10);
    }
  g_assert_cmpuint (n_farther, >, 1);
}

/* Fewer looks first; then they are given up, and the other has its full measure again.  */
static void
test_faults_and_events (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS, 10);
  look (&life);
  for (guint i = 1; i <= 4; i++)
    {
      assert_says (live (&life, TIDE_INSTRUMENT_FAULTS, 100), "half as often");
      g_assert_cmpuint (life.region->slower, ==, i);
      g_assert_cmpuint (life.wish.off | life.wish.on, ==, 0);
    }
  assert_says (live (&life, TIDE_INSTRUMENT_FAULTS, 100), "page faults");
  g_assert_cmpuint (life.wanted, ==, TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS);
  g_assert_cmpuint (life.region->slower, ==, 0);
  for (guint i = 0; i < 4; i++)
    assert_says (live (&life, TIDE_INSTRUMENT_EVENTS, 100), "half as often");
  assert_says (live (&life, TIDE_INSTRUMENT_EVENTS, 100),
               "what Python takes and releases is no longer followed");
  /* Nothing but the sampler is left, which is never given up.  */
  g_assert_cmpuint (life.wanted, ==, TIDE_INSTRUMENT_SAMPLER);
  life.cost_ns[0] += 900 * MS_NS;
  assert_nothing (&life, live (&life, TIDE_INSTRUMENT_EVENTS, 900));
}

static void
test_dearest_first (void)
{
  static const struct
  {
    guint32 instrument;
    const char *part;
  } order[] = {
    { TIDE_INSTRUMENT_GC, "collections" },
    { TIDE_INSTRUMENT_BYTES, "sampled" },
    { TIDE_INSTRUMENT_LINES, "lines" },
    { TIDE_INSTRUMENT_CALLS, "calls" },
  };
  g_auto (Life) life;

  life_init (&life,
             TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC | TIDE_INSTRUMENT_BYTES | TIDE_INSTRUMENT_LINES, 10);
  look (&life);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      /* The others take less, and stay.  */
      for (guint bit = 0; bit < TIDE_N_INSTRUMENTS; bit++)
        life.cost_ns[bit] += 20 * MS_NS;
      assert_says (live (&life, order[i].instrument, 30), order[i].part);
      g_assert_false (life.wanted & order[i].instrument);
    }
}

/* The region is the program's as well: it may write anything into it.  */
static void
test_hostile (void)
{
  g_auto (Life) life;

  life_init (&life, TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS | TIDE_INSTRUMENT_BYTES_SAMPLED, 10);
  look (&life);
  live (&life, 0, 0);
  /* Counters that run away, and go back.  */
  memset (life.cost_ns, 0xff, sizeof life.cost_ns);
  assert_nothing (&life, live (&life, 0, 0));
  memset (life.cost_ns, 0, sizeof life.cost_ns);
  life.cpu_ns = 0;
  assert_nothing (&life, live (&life, 0, 0));
  /* More than all of the time is told of, which is too much in any case.  */
  assert_says (live (&life, TIDE_INSTRUMENT_FAULTS, 5000), "half as often");
  life.region->slower = G_MAXUINT32;
  assert_says (live (&life, TIDE_INSTRUMENT_FAULTS, 500), "page faults");
  g_assert_cmpuint (life.region->slower, ==, 0);
  life.region->sample_bytes = G_MAXUINT64;
  assert_says (live (&life, TIDE_INSTRUMENT_BYTES_SAMPLED, 500), "no longer sampled");
  life.region->budget = G_MAXUINT32;
  assert_nothing (&life, live (&life, TIDE_INSTRUMENT_EVENTS, 500));
  /* Before the second is over, too.  */
  life.region->budget = 10;
  memset (life.cost_ns, 0xff, sizeof life.cost_ns);
  life.cpu_ns = G_MAXUINT64;
  assert_nothing (&life, live_a_part (&life, 0, 1, TIDE_INSTRUMENT_BYTES_SAMPLED, 0));
  assert_nothing (&life, live_a_part (&life, 1, 1, TIDE_INSTRUMENT_BYTES_SAMPLED, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget/within", test_within);
  g_test_add_func ("/budget/once-a-second", test_once_a_second);
  g_test_add_func ("/budget/early", test_early);
  g_test_add_func ("/budget/no-false-alarm", test_no_false_alarm);
  g_test_add_func ("/budget/bursts", test_bursts);
  g_test_add_func ("/budget/resting", test_resting);
  g_test_add_func ("/budget/calls-and-lines", test_calls_and_lines);
  g_test_add_func ("/budget/bytes", test_bytes);
  g_test_add_func ("/budget/faults-and-events", test_faults_and_events);
  g_test_add_func ("/budget/dearest-first", test_dearest_first);
  g_test_add_func ("/budget/hostile", test_hostile);
  return g_test_run ();
}
