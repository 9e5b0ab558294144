#include "ui-fixture.h"

#include "tide-facts.h"
#include "tide-row-kind.h"

#include <string.h>

static void
test_instruments (void)
{
  g_autoptr (TideRecording) recording = ui_recording (3);
  TideProcess *process = tide_recording_get_process (recording, 0);
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];
  g_autofree char *state = NULL;
  g_autofree char *method = tide_facts_method (process);
  g_autofree char *end = tide_facts_end (process);
  g_autofree char *cost = tide_facts_cost (process);

  tide_facts_instruments (process, facts);
  g_assert_cmpint (facts[0].instrument, ==, TIDE_INSTRUMENT_EVENTS);
  g_assert_cmpint (facts[0].state, ==, TIDE_STATE_ON);
  g_assert_cmpint (facts[0].unit_bytes, ==, 65536);
  g_assert_cmpint (facts[1].state, ==, TIDE_STATE_REFUSED);
  state = tide_facts_instrument_state (&facts[1]);
  g_assert_cmpstr (state, ==, "refused: perf_event_paranoid is 4");
  /* Asked for, and never heard of: it is on, but that is not known.  */
  g_assert_cmpint (facts[2].state, ==, TIDE_STATE_ON);
  g_assert_false (facts[2].known);
  g_assert_cmpstr (method, ==, "RSS by events, ± 64 KiB");
  g_assert_cmpstr (end, ==, "exited with status 3");
  g_assert_null (cost);
}

static void
test_cost (void)
{
  TideCost cost = { .agent_ns = 30000000, .target_cpu_ns = 1030000000 };
  TideCost young = { .agent_ns = 10, .target_cpu_ns = 1000 };

  g_assert_cmpfloat_with_epsilon (tide_facts_cost_factor (&cost), 1.03, 1e-9);
  g_assert_cmpfloat (tide_facts_cost_factor (&young), ==, 0.0);
  g_assert_cmpfloat (tide_facts_cost_factor (NULL), ==, 0.0);
}

/* What an instrument took of the time between the two times at which it was told last.  */
static void
test_share (void)
{
  static const struct
  {
    gint64 before_ns, now_ns, cpu_ns;
    double share;
  } cases[] = {
    { 1000000, 21000000, 1000000000, 0.02 },
    { 5, 5, 1000000000, 0 },
    /* Not told, as of older writers; a program that rests; counters that go back.  */
    { -1, 5, 1000000000, -1 },
    { 5, -1, 1000000000, -1 },
    { 0, 5, 1000000, -1 },
    { 9, 5, 1000000000, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideRecording) recording = ui_recording (3);
      TideProcess *process = tide_recording_get_process (recording, 0);
      TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];

      for (guint j = 0; j < 2; j++)
        {
          TideBatch *batch = tide_batch_new (0);

          tide_facts_instruments (process, facts);
          g_assert_cmpfloat (facts[1].share, ==, -1);
          batch->cost = g_new0 (TideCost, 1);
          batch->cost->target_cpu_ns = j * cases[i].cpu_ns;
          batch->cost->instrument_ns[2] = j == 0 ? cases[i].before_ns : cases[i].now_ns;
          tide_recording_append (recording, batch);
        }
      tide_facts_instruments (process, facts);
      g_assert_cmpint (facts[1].instrument, ==, TIDE_INSTRUMENT_FAULTS);
      g_assert_cmpfloat_with_epsilon (facts[1].share, cases[i].share, 1e-9);
      g_assert_cmpint (facts[2].instrument, ==, TIDE_INSTRUMENT_SAMPLER);
      g_assert_cmpfloat (facts[2].share, ==, -1);
    }
}

static void
test_trend (void)
{
  g_autoptr (TideRecording) recording = ui_recording (100);
  TideProcess *process = tide_recording_get_process (recording, 0);
  TideTrend all, range;
  gint64 net = 0;

  for (guint i = 0; i < 100; i++)
    net += ui_net (i);
  g_assert_true (tide_facts_trend (process, TIDE_SPAN_ALL, &all));
  g_assert_cmpint (all.growth, ==, net);
  /* Growth that speeds up: the line's slope lies near the mean, and does not fit exactly.  */
  g_assert_cmpfloat (all.slope, >, 0.5 * (double)net);
  g_assert_cmpfloat (all.slope, <, 1.5 * (double)net);
  g_assert_cmpfloat (all.slope_error, >, 0.0);
  g_assert_true (tide_facts_trend (process, (TideSpan){ 15 * UI_MS, 35 * UI_MS }, &range));
  g_assert_cmpint (range.growth, ==, (2 + 3) * UI_MIB);
  g_assert_false (tide_facts_trend (process, (TideSpan){ 5, 5 }, &range));
}

static void
test_concentration (void)
{
  g_autoptr (TideRecording) recording = ui_recording (4);
  g_autoptr (TideFunctionTable) table =
      tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_autoptr (TideFunctionTable) none =
      tide_function_table_new (tide_recording_get_process (recording, 0), (TideSpan){ 1, 2 }, NULL);
  double share;
  guint count;

  /* 4 + 3 + 2 of 1 + 2 + 3 + 4 MiB.  */
  g_assert_true (tide_facts_concentration (table, &share, &count));
  g_assert_cmpuint (count, ==, 3);
  g_assert_cmpfloat_with_epsilon (share, 0.9, 1e-9);
  g_assert_false (tide_facts_concentration (none, &share, &count));
}

/* The interpreter's own start and end are not the program's doing.  */
static void
test_concentration_of_life (void)
{
  g_autoptr (TideRecording) recording = ui_recording_of_life ();
  g_autoptr (TideFunctionTable) table =
      tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  double share;
  guint count;

  /* 60 of 60 + 4: what came before, while paused and at the end does not count.  */
  g_assert_true (tide_facts_concentration (table, &share, &count));
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpfloat_with_epsilon (share, 60.0 / 64.0, 1e-9);
}

static void
test_span (void)
{
  static const struct
  {
    TideSpan span;
    const char *begin, *end;
  } cases[] = {
    { { 16 * UI_MS, 50 * UI_MS }, "0:00.02", "0:00.05" },
    { { 3 * UI_MS, 6 * UI_MS }, "0:00.003", "0:00.006" },
    { { 12400 * UI_MS, 18000 * UI_MS }, "0:12.4", "0:18.0" },
    { { 0, 7200000 * UI_MS }, "0:00.0", "2:00:00.0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *begin = NULL, *end = NULL;

      tide_facts_span (cases[i].span, &begin, &end);
      g_assert_cmpstr (begin, ==, cases[i].begin);
      g_assert_cmpstr (end, ==, cases[i].end);
    }
}

static void
test_row_kinds (void)
{
  TideFunctionRow function = { .code = 1, .function = "[while paused]", .file = "a.py" };
  TideFunctionRow paused = { .code = 2, .function = "[while paused]", .file = "" };
  TideFunctionRow unknown = { .code = 3, .function = "[something new]", .file = "" };
  TideFunctionRow outside = { .code = 0, .function = "[translated]", .file = "" };

  g_assert_cmpint (tide_row_kind_of (&function), ==, TIDE_ROW_FUNCTION);
  g_assert_cmpint (tide_row_kind_of (&paused), ==, TIDE_ROW_PAUSED);
  g_assert_cmpint (tide_row_kind_of (&unknown), ==, TIDE_ROW_FUNCTION);
  g_assert_cmpint (tide_row_kind_of (&outside), ==, TIDE_ROW_OUTSIDE);
  g_assert_cmpstr (tide_row_kind_get_key (&outside), ==, "[outside Python]");
  g_assert_cmpstr (tide_row_kind_get_key (&unknown), ==, "[something new]");
  g_assert_null (tide_row_kind_explain (TIDE_ROW_FUNCTION));
  for (TideRowKind kind = TIDE_ROW_BEFORE; kind <= TIDE_ROW_SHUTDOWN; kind++)
    g_assert_cmpuint (strlen (tide_row_kind_explain (kind)), >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/instruments", test_instruments);
  g_test_add_func ("/facts/cost", test_cost);
  g_test_add_func ("/facts/share", test_share);
  g_test_add_func ("/facts/trend", test_trend);
  g_test_add_func ("/facts/concentration", test_concentration);
  g_test_add_func ("/facts/concentration-of-life", test_concentration_of_life);
  g_test_add_func ("/facts/span", test_span);
  g_test_add_func ("/facts/row-kinds", test_row_kinds);
  return g_test_run ();
}
