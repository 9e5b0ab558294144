#include "tide-record-summary.h"
#include "tide-wire.h"

/* A batch that defines load() in a.py at 10, parse() at 20, and a pseudo function without a file, with a node
 * for each.  */
static TideBatch *
definitions (guint stream)
{
  TideBatch *batch = tide_batch_new (stream);
  const char *strings[] = { "/src/a.py", "load", "parse", "[before measuring]", "" };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_ptr_array_add (batch->strings, g_strdup (strings[i]));
  for (guint i = 1; i <= 3; i++)
    {
      TideCode code = { i < 3 ? 1 : 5, 1 + i, i < 3 ? 10 * i : 0 };
      TideNode node = { 0, i, 1 };

      g_array_append_val (batch->codes, code);
      g_array_append_val (batch->nodes, node);
    }
  return batch;
}

static void
add_event (TideBatch *batch, guint32 node, gint64 delta)
{
  TideRssEvent event = { .delta_bytes = delta, .rss_bytes = 5000, .node = node };
  TideRssSample sample = { 0, 5000 };

  g_array_append_val (batch->events, event);
  g_array_append_val (batch->samples, sample);
}

static void
test_top (void)
{
  g_autoptr (TideRecordSummary) summary = tide_record_summary_new ();
  g_autoptr (TideBatch) first = definitions (0);
  g_autoptr (TideBatch) second = tide_batch_new (0);
  g_autoptr (TideBatch) other = definitions (1);
  g_autofree char *none = NULL;
  g_autofree char *top = NULL;
  g_autofree char *top_of_all = NULL;
  gint64 bytes;

  g_assert_true (tide_record_summary_is_empty (summary));
  none = tide_record_summary_dup_top (summary, &bytes);
  g_assert_null (none);
  g_assert_cmpint (bytes, ==, 0);

  add_event (first, 3, 1000000);
  add_event (first, 0, 1000000);
  add_event (first, 1, 500);
  add_event (first, 99, 500);
  tide_record_summary_add (summary, first);
  add_event (second, 1, -400);
  add_event (second, 2, 300);
  tide_record_summary_add (summary, second);
  top = tide_record_summary_dup_top (summary, &bytes);
  g_assert_cmpstr (top, ==, "parse (a.py:20)");
  g_assert_false (tide_record_summary_is_empty (summary));
  g_assert_cmpint (bytes, ==, 300);
  g_assert_cmpint (tide_record_summary_get_peak (summary), ==, 5000);

  /* Ids of another process are others.  */
  add_event (other, 1, 700);
  tide_record_summary_add (summary, other);
  top_of_all = tide_record_summary_dup_top (summary, &bytes);
  g_assert_cmpstr (top_of_all, ==, "load (a.py:10)");
  g_assert_cmpint (bytes, ==, 700);
}

static void
test_end (void)
{
  g_autoptr (TideRecordSummary) summary = tide_record_summary_new ();
  g_autoptr (TideBatch) batch = tide_batch_new (0);
  g_autoptr (TideBatch) other = tide_batch_new (1);
  TideNote note = { .kind = TIDE_NOTE_MESSAGE, .value = TIDE_SEVERITY_NOTE, .text = g_strdup ("by the way") };
  TideNote trouble = { .kind = TIDE_NOTE_MESSAGE,
                       .value = TIDE_SEVERITY_ERROR,
                       .text = g_strdup ("Cannot run it") };

  other->end = g_new0 (TideProcessEnd, 1);
  tide_record_summary_add (summary, other);
  g_assert_null (tide_record_summary_get_end (summary));
  g_assert_null (tide_record_summary_get_error (summary));
  g_array_append_val (batch->notes, trouble);
  g_array_append_val (batch->notes, note);
  batch->end = g_new0 (TideProcessEnd, 1);
  batch->end->kind = TIDE_END_SIGNALLED;
  batch->end->value = 9;
  batch->end->peak_rss_bytes = 7000;
  tide_record_summary_add (summary, batch);
  g_assert_cmpuint (tide_record_summary_get_end (summary)->value, ==, 9);
  g_assert_cmpint (tide_record_summary_get_peak (summary), ==, 7000);
  g_assert_cmpstr (tide_record_summary_get_error (summary), ==, "Cannot run it");
}

static void
tell (TideRecordSummary *summary, guint stream, guint32 instrument, gint64 state, const char *why)
{
  g_autoptr (TideBatch) batch = tide_batch_new (stream);
  TideNote note = {
    .kind = TIDE_NOTE_INSTRUMENT, .detail = instrument, .value = state, .text = g_strdup (why)
  };

  g_array_append_val (batch->notes, note);
  tide_record_summary_add (summary, batch);
}

/* What was said last of each instrument of the first process.  */
static void
test_refusals (void)
{
  const guint calls = (guint)g_bit_nth_lsf (TIDE_INSTRUMENT_CALLS, -1);
  g_autoptr (TideRecordSummary) summary = tide_record_summary_new ();

  tell (summary, 0, TIDE_INSTRUMENT_CALLS, TIDE_STATE_REFUSED, "Not here.");
  tell (summary, 0, TIDE_INSTRUMENT_GC, TIDE_STATE_ON, "A remark.");
  tell (summary, 0, TIDE_INSTRUMENT_EVENTS, TIDE_STATE_OFF, NULL);
  tell (summary, 0, TIDE_INSTRUMENT_FAULTS, TIDE_STATE_OFF, "");
  tell (summary, 1, TIDE_INSTRUMENT_BYTES, TIDE_STATE_REFUSED, "Of another process.");
  tell (summary, 0, 0, TIDE_STATE_REFUSED, "No instrument.");
  tell (summary, 0, 1u << 31, TIDE_STATE_REFUSED, "One of the future.");
  for (guint i = 0; i < 40; i++)
    g_assert_cmpstr (tide_record_summary_get_refusal (summary, i), ==, i == calls ? "Not here." : NULL);
  tell (summary, 0, TIDE_INSTRUMENT_CALLS, TIDE_STATE_OFF, "Given up.");
  g_assert_cmpstr (tide_record_summary_get_refusal (summary, calls), ==, "Given up.");
  tell (summary, 0, TIDE_INSTRUMENT_CALLS, TIDE_STATE_ON, "");
  g_assert_null (tide_record_summary_get_refusal (summary, calls));
}

/* Of the first process alone, and only once there is enough of it.  */
static void
test_cost (void)
{
  static const struct
  {
    guint stream;
    TideCost cost;
    double factor;
  } cases[] = {
    { 0, { .agent_ns = 50000000, .target_cpu_ns = 1050000000 }, 1.05 },
    { 1, { .agent_ns = 50000000, .target_cpu_ns = 1050000000 }, 0 },
    { 0, { .agent_ns = 1000, .target_cpu_ns = 90000000 }, 0 },
    { 0, { .agent_ns = 2000000000, .target_cpu_ns = 1000000000 }, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideRecordSummary) summary = tide_record_summary_new ();
      g_autoptr (TideBatch) batch = tide_batch_new (cases[i].stream);

      batch->cost = g_memdup2 (&cases[i].cost, sizeof cases[i].cost);
      tide_record_summary_add (summary, batch);
      g_assert_cmpfloat_with_epsilon (tide_record_summary_get_cost (summary), cases[i].factor, 1e-9);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-summary/top", test_top);
  g_test_add_func ("/record-summary/end", test_end);
  g_test_add_func ("/record-summary/refusals", test_refusals);
  g_test_add_func ("/record-summary/cost", test_cost);
  return g_test_run ();
}
