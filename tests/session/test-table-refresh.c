#include "session-fixture.h"

#include "tide-table-refresh.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
count (gpointer data)
{
  guint *n = data;

  ++*n;
}

static void
settle (TideTableRefresh *refresh)
{
  while (tide_table_refresh_is_computing (refresh))
    g_main_context_iteration (NULL, TRUE);
}

static gint64
get_net_mib (TideTableRefresh *refresh)
{
  return tide_function_table_get_net (tide_table_refresh_get_table (refresh)) >> 20;
}

static void
test_subject (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (10);
  g_autoptr (TideRecording) other = fixture_recording (5);
  TideProcess *process = tide_recording_get_process (recording, 0);
  guint n = 0;
  g_autoptr (TideTableRefresh) refresh = tide_table_refresh_new (3600000, count, &n);

  tide_table_refresh_demand (refresh);
  g_assert_false (tide_table_refresh_is_computing (refresh));
  g_assert_null (tide_table_refresh_get_table (refresh));

  tide_table_refresh_set_subject (refresh, process, TIDE_SPAN_ALL);
  g_assert_true (tide_table_refresh_is_computing (refresh));
  settle (refresh);
  g_assert_cmpint (get_net_mib (refresh), ==, 10);

  /* Another range at once, and the last wins.  */
  tide_table_refresh_set_subject (refresh, process, (TideSpan){ 0, 5 * MS });
  tide_table_refresh_set_subject (refresh, process, (TideSpan){ 0, 4 * MS });
  tide_table_refresh_set_subject (refresh, process, (TideSpan){ 0, 3 * MS });
  settle (refresh);
  g_assert_cmpint (get_net_mib (refresh), ==, 2);

  /* The same is no change.  */
  n = 0;
  tide_table_refresh_set_subject (refresh, process, (TideSpan){ 0, 3 * MS });
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (tide_table_refresh_is_computing (refresh));

  /* A table of another process is never shown.  */
  tide_table_refresh_demand (refresh);
  tide_table_refresh_set_subject (refresh, tide_recording_get_process (other, 0), TIDE_SPAN_ALL);
  g_assert_null (tide_table_refresh_get_table (refresh));
  settle (refresh);
  g_assert_cmpint (get_net_mib (refresh), ==, 5);
  tide_table_refresh_set_subject (refresh, NULL, TIDE_SPAN_ALL);
  g_assert_null (tide_table_refresh_get_table (refresh));
}

/* However often the data grows, the next computation waits for the interval.  */
static void
test_rate (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (10);
  guint n = 0, n_before;
  gint64 started_us;
  g_autoptr (TideTableRefresh) refresh = tide_table_refresh_new (60, count, &n);
  TideFunctionTable *first;

  started_us = g_get_monotonic_time ();
  tide_table_refresh_set_subject (refresh, tide_recording_get_process (recording, 0), TIDE_SPAN_ALL);
  settle (refresh);
  first = tide_table_refresh_get_table (refresh);
  n_before = n;
  for (guint i = 0; i < 1000; i++)
    tide_table_refresh_data_grew (refresh);
  while (tide_table_refresh_get_table (refresh) == first)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - started_us, >=, 50000);
  g_assert_cmpuint (n - n_before, ==, 1);
  g_assert_false (tide_table_refresh_is_computing (refresh));
}

static gboolean
is_alive (GWeakRef *weak)
{
  g_autoptr (GObject) object = g_weak_ref_get (weak);

  return object != NULL;
}

/* Freed while it computes: nobody is called.  */
static void
test_free (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (10);
  TideProcess *process = tide_recording_get_process (recording, 0);
  guint n = 0;
  TideTableRefresh *refresh = tide_table_refresh_new (0, count, &n);
  GWeakRef weak;

  g_weak_ref_init (&weak, process);
  tide_table_refresh_set_subject (refresh, process, TIDE_SPAN_ALL);
  n = 0;
  tide_table_refresh_free (refresh);
  g_clear_object (&recording);
  /* The computing thread may be the one that lets go of it last, and wakes nobody then.  */
  while (is_alive (&weak))
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  g_weak_ref_clear (&weak);
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-refresh/subject", test_subject);
  g_test_add_func ("/table-refresh/rate", test_rate);
  g_test_add_func ("/table-refresh/free", test_free);
  return g_test_run ();
}
