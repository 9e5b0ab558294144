#include "tide-chart-fixture.h"
#include "tide-totals.h"

/* A process of a stream of its own, from START_NS on; END_NS: -1, it is still there.  */
static void
add_process (TideRecording *recording,
             guint stream,
             gint64 start_ns,
             const TideRssSample *samples,
             guint n,
             gint64 end_ns)
{
  TideBatch *batch = tide_batch_new (stream);

  batch->info = g_new0 (TideProcessInfo, 1);
  batch->info->pid = 100 + stream;
  batch->info->start_ns = start_ns;
  g_array_append_vals (batch->samples, samples, n);
  batch->last_time_ns = n > 0 ? samples[n - 1].time_ns : start_ns;
  if (end_ns >= 0)
    {
      batch->end = g_new0 (TideProcessEnd, 1);
      batch->end->time_ns = batch->last_time_ns = end_ns;
    }
  tide_recording_append (recording, batch);
}

/* A parent that is there all the time with 10 MiB, then 20; a child from 2 s to 5 s with 4 MiB.  */
static TideRecording *
make_family (void)
{
  static const TideRssSample parent[] = { { 0, 10 * TIDE_MIB },
                                          { 6 * TIDE_S, 20 * TIDE_MIB },
                                          { 9 * TIDE_S, 20 * TIDE_MIB } };
  static const TideRssSample child[] = { { 2 * TIDE_S, 4 * TIDE_MIB }, { 4 * TIDE_S, 4 * TIDE_MIB } };
  TideRecording *recording = tide_recording_new ();

  add_process (recording, 0, 0, parent, G_N_ELEMENTS (parent), -1);
  add_process (recording, 1, 2 * TIDE_S, child, G_N_ELEMENTS (child), 5 * TIDE_S);
  return recording;
}

static void
test_shown (void)
{
  static const TideRssSample sample = { 0, TIDE_MIB };
  g_autoptr (TideRecording) recording = tide_recording_new ();

  g_assert_false (tide_totals_are_shown (NULL));
  g_assert_false (tide_totals_are_shown (recording));
  add_process (recording, 0, 0, &sample, 1, -1);
  g_assert_false (tide_totals_are_shown (recording));
  add_process (recording, 1, 0, &sample, 1, -1);
  g_assert_true (tide_totals_are_shown (recording));
}

/* Each second: who is there counts, who is not yet or no more does not.  */
static void
test_sum (void)
{
  static const gint64 mib[] = { 10, 10, 14, 14, 14, 10, 20, 20, 20 };
  g_autoptr (TideRecording) recording = make_family ();
  g_auto (TideColumns) columns = { 0 };

  tide_totals_init (&columns, recording, (TideSpan){ 0, 9 * TIDE_S }, 9);
  g_assert_cmpuint (columns.n_columns, ==, 9);
  for (guint i = 0; i < 9; i++)
    {
      g_assert_true (columns.columns[i].known);
      g_assert_cmpint (columns.columns[i].last, >=, mib[i] * TIDE_MIB);
      g_assert_cmpint (columns.columns[i].max, >=, columns.columns[i].last);
      g_assert_cmpint (columns.columns[i].min, <=, columns.columns[i].last);
      /* In the column in which it came or went both are right.  */
      if (i != 2 && i != 5 && i != 6)
        g_assert_cmpint (columns.columns[i].last, ==, mib[i] * TIDE_MIB);
    }
  g_assert_cmpint (tide_totals_get_top (recording, (TideSpan){ 0, 9 * TIDE_S }), ==, 20 * TIDE_MIB);
  g_assert_cmpint (tide_totals_get_top (recording, (TideSpan){ 2 * TIDE_S, 4 * TIDE_S }), ==, 14 * TIDE_MIB);
}

/* Where nobody was, nothing is known, which is not nothing.  */
static void
test_nobody (void)
{
  g_autoptr (TideRecording) empty = tide_recording_new ();
  g_autoptr (TideRecording) recording = make_family ();
  const TideSpan spans[] = { { -9 * TIDE_S, -3 * TIDE_S }, { G_MAXINT64 - 9, G_MAXINT64 } };
  guint n_alive = 7;

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_auto (TideColumns) none = { 0 };
      g_auto (TideColumns) before = { 0 };

      tide_totals_init (&none, empty, spans[i], 3);
      tide_totals_init (&before, recording, spans[i], 3);
      for (guint j = 0; j < 3; j++)
        g_assert_false (none.columns[j].known || before.columns[j].known);
      g_assert_cmpint (tide_totals_get_top (empty, spans[i]), ==, 0);
      g_assert_cmpint (tide_totals_get_top (recording, spans[i]), ==, 0);
    }
  g_assert_cmpint (tide_totals_get_now (empty, &n_alive), ==, 0);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_now (void)
{
  static const TideRssSample sample = { 9 * TIDE_S, 3 * TIDE_MIB };
  g_autoptr (TideRecording) recording = make_family ();
  guint n_alive;

  g_assert_cmpint (tide_totals_get_now (recording, &n_alive), ==, 20 * TIDE_MIB);
  g_assert_cmpuint (n_alive, ==, 1);
  add_process (recording, 2, 0, &sample, 1, -1);
  /* One that is there, and of which nothing is known yet.  */
  add_process (recording, 3, 0, NULL, 0, -1);
  g_assert_cmpint (tide_totals_get_now (recording, &n_alive), ==, 23 * TIDE_MIB);
  g_assert_cmpuint (n_alive, ==, 3);
}

/* A recording may say of each of 300 processes that it has all the bytes that there are.  */
static void
test_hostile (void)
{
  static const TideRssSample samples[] = { { 0, G_MAXINT64 }, { TIDE_S, G_MAXINT64 } };
  g_autoptr (TideRecording) recording = tide_recording_new ();
  g_auto (TideColumns) columns = { 0 };
  guint n_alive;

  for (guint i = 0; i < 300; i++)
    add_process (recording, i, 0, samples, G_N_ELEMENTS (samples), -1);
  tide_totals_init (&columns, recording, (TideSpan){ 0, TIDE_S }, 4);
  for (guint i = 0; i < columns.n_columns; i++)
    if (columns.columns[i].known)
      {
        g_assert_cmpint (columns.columns[i].max, ==, G_MAXINT64);
        g_assert_cmpint (columns.columns[i].last, ==, G_MAXINT64);
      }
  g_assert_cmpint (tide_totals_get_top (recording, (TideSpan){ 0, TIDE_S }), ==, G_MAXINT64);
  g_assert_cmpint (tide_totals_get_now (recording, &n_alive), ==, G_MAXINT64);
  g_assert_cmpuint (n_alive, ==, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/totals/shown", test_shown);
  g_test_add_func ("/totals/sum", test_sum);
  g_test_add_func ("/totals/nobody", test_nobody);
  g_test_add_func ("/totals/now", test_now);
  g_test_add_func ("/totals/hostile", test_hostile);
  return g_test_run ();
}
