#include "model-fixture.h"
#include "tide-line-table.h"
#include "tide-wire.h"

static void
test_nothing (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (9));
  TideProcess *process = tide_recording_get_process (recording, 0);

  g_assert_cmpuint (tide_process_get_stream (process), ==, 9);
  g_assert_nonnull (tide_process_get_info (process));
  g_assert_null (tide_process_get_info (process)->python_version);
  g_assert_null (tide_process_get_end (process));
  g_assert_null (tide_process_get_cost (process));
  g_assert_cmpint (tide_process_get_last_time (process), ==, 0);
  g_assert_cmpuint (tide_series_get_length (tide_process_get_rss (process)), ==, 0);
  g_assert_cmpstr (tide_process_get_string (process, 0), ==, "");
  g_assert_cmpstr (tide_process_get_string (process, 1), ==, "");
  g_assert_cmpstr (tide_process_get_string (process, G_MAXUINT32), ==, "");
  g_assert_null (tide_process_get_code (process, 0));
  g_assert_null (tide_process_get_code (process, 1));
  g_assert_null (tide_process_get_node (process, G_MAXUINT32));
  g_assert_null (tide_process_get_thread (process, 1));
  g_assert_null (tide_process_get_event (process, 0));
  g_assert_null (tide_process_get_status (process, 0));
  g_assert_null (tide_process_get_note (process, 0));
  g_assert_null (tide_process_get_output (process, 0));
  g_assert_cmpuint (tide_process_count_events_before (process, G_MAXINT64), ==, 0);
}

static void
test_everything (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 file = fixture_string (batch, "a.py"), name = fixture_string (batch, "f");
  guint32 code = fixture_code (batch, file, name, 3);
  guint32 node = fixture_node (batch, 0, code, 4);
  TideStatus status = { 30, 4096, 5, 6, 7, 8 };
  TideOutputChunk output = { 31, 2, g_bytes_new_static ("hi\n", 3) };
  g_autoptr (TideRecording) recording = NULL;
  TideProcess *process;

  fixture_thread (batch, 4242, "MainThread");
  fixture_event (batch, 10, node, 100);
  fixture_event (batch, 20, 0, -50);
  fixture_sample (batch, 10, 1000);
  fixture_note (batch, 12, TIDE_NOTE_MESSAGE, 0, TIDE_SEVERITY_WARNING, "careful");
  fixture_note (batch, 13, TIDE_NOTE_LOST, TIDE_LOST_EVENTS, 5, NULL);
  fixture_note (batch, 14, TIDE_NOTE_LOST, TIDE_LOST_OUTPUT, 1000, NULL);
  g_array_append_val (batch->statuses, status);
  g_array_append_val (batch->outputs, output);
  batch->info = g_new0 (TideProcessInfo, 1);
  batch->info->pid = 77;
  batch->cost = g_new0 (TideCost, 1);
  batch->cost->agent_ns = 99;
  recording = fixture_recording (batch);
  process = tide_recording_get_process (recording, 0);

  g_assert_cmpstr (tide_process_get_string (process, name), ==, "f");
  g_assert_cmpuint (tide_process_get_code (process, code)->first_line, ==, 3);
  g_assert_cmpuint (tide_process_get_node (process, node)->line, ==, 4);
  g_assert_cmpuint (tide_process_get_thread (process, 1)->tid, ==, 4242);
  g_assert_cmpstr (tide_process_get_thread (process, 1)->name, ==, "MainThread");
  g_assert_cmpuint (tide_process_get_n_events (process), ==, 2);
  g_assert_cmpint (tide_process_get_event (process, 1)->delta_bytes, ==, -50);
  g_assert_cmpuint (tide_process_count_events_before (process, 10), ==, 0);
  g_assert_cmpuint (tide_process_count_events_before (process, 11), ==, 1);
  g_assert_cmpuint (tide_process_count_events_before (process, G_MAXINT64), ==, 2);
  g_assert_cmpuint (tide_series_get_length (tide_process_get_rss (process)), ==, 1);
  g_assert_cmpuint (tide_process_get_n_statuses (process), ==, 1);
  g_assert_cmpint (tide_process_get_status (process, 0)->n_threads, ==, 8);
  g_assert_cmpuint (tide_process_get_n_notes (process), ==, 3);
  g_assert_cmpstr (tide_process_get_note (process, 0)->text, ==, "careful");
  /* Bytes of output are no events.  */
  g_assert_cmpint (tide_process_get_n_lost (process), ==, 5);
  g_assert_cmpuint (tide_process_get_n_outputs (process), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (tide_process_get_output (process, 0)->bytes), ==, 3);
  g_assert_cmpuint (tide_process_get_info (process)->pid, ==, 77);
  g_assert_cmpint (tide_process_get_cost (process)->agent_ns, ==, 99);
  g_assert_cmpint (tide_process_get_last_time (process), ==, 30);

  batch = tide_batch_new (0);
  batch->info = g_new0 (TideProcessInfo, 1);
  batch->info->pid = 78;
  batch->end = g_new0 (TideProcessEnd, 1);
  batch->end->time_ns = 40;
  fixture_string (batch, "third");
  tide_recording_append (recording, batch);
  g_assert_cmpuint (tide_process_get_info (process)->pid, ==, 78);
  g_assert_cmpint (tide_process_get_end (process)->time_ns, ==, 40);
  g_assert_cmpint (tide_process_get_last_time (process), ==, 40);
  g_assert_cmpstr (tide_process_get_string (process, 3), ==, "third");
}

/* What no reader should let through does no harm, and ids stay dense.  */
static void
test_nonsense (void)
{
  TideBatch *batch = tide_batch_new (0);
  TideRssEvent event = {
    .time_ns = 50, .delta_bytes = G_MININT64, .rss_bytes = -1, .node = 999, .thread = 9, .source = 200
  };
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;
  TideProcess *process;
  TideStatus status = { .time_ns = G_MAXINT64 };
  TideOutputChunk output = { 0 };
  gint64 value;

  g_ptr_array_add (batch->strings, NULL);
  fixture_string (batch, "not \xff UTF-8");
  fixture_thread (batch, 1, NULL);
  fixture_thread (batch, 2, "\xc3");
  fixture_code (batch, 77, G_MAXUINT32, G_MAXUINT32);
  fixture_node (batch, 1, 1, 1);           /* its own parent */
  fixture_node (batch, 3, 1, 1);           /* a later one    */
  fixture_node (batch, G_MAXUINT32, 5, 1); /* none           */
  fixture_node (batch, 3, 1, G_MAXUINT32);
  for (guint i = 0; i < 300; i++)
    g_array_append_val (batch->events, event);
  event.time_ns = 20;
  event.delta_bytes = G_MAXINT64;
  event.node = 4;
  for (guint i = 0; i < 300; i++)
    g_array_append_val (batch->events, event);
  fixture_sample (batch, 9, G_MININT64);
  fixture_note (batch, 100, TIDE_NOTE_LOST, TIDE_LOST_EVENTS, G_MAXINT64, "\xff");
  fixture_note (batch, 50, TIDE_NOTE_LOST, TIDE_LOST_EVENTS, G_MAXINT64, NULL);
  fixture_note (batch, 50, TIDE_NOTE_LOST, TIDE_LOST_EVENTS, -5, NULL);
  fixture_note (batch, G_MININT64, 1000, 0, 0, NULL);
  g_array_append_val (batch->statuses, status);
  g_array_append_val (batch->outputs, output);
  recording = fixture_recording (batch);
  process = tide_recording_get_process (recording, 0);

  g_assert_cmpuint (tide_process_get_n_strings (process), ==, 2);
  g_assert_cmpstr (tide_process_get_string (process, 1), ==, "");
  g_assert_true (g_utf8_validate (tide_process_get_string (process, 2), -1, NULL));
  g_assert_true (g_utf8_validate (tide_process_get_thread (process, 2)->name, -1, NULL));
  g_assert_cmpuint (tide_process_get_code (process, 1)->file, ==, 0);
  g_assert_cmpuint (tide_process_get_code (process, 1)->name, ==, 0);
  g_assert_cmpuint (tide_process_get_n_nodes (process), ==, 4);
  for (guint id = 1; id <= 4; id++)
    {
      g_assert_cmpuint (tide_process_get_node (process, id)->parent, <, id);
      g_assert_cmpuint (tide_process_get_node (process, id)->code, <=, 1);
    }
  g_assert_cmpuint (tide_process_get_node (process, 4)->parent, ==, 3);
  for (gsize i = 0; i < 600; i++)
    {
      const TideRssEvent *e = tide_process_get_event (process, i);

      g_assert_cmpint (e->time_ns, ==, 50);
      g_assert_cmpuint (e->node, ==, i < 300 ? 0 : 4);
      g_assert_cmpuint (e->thread, ==, 0);
      g_assert_cmpint (e->rss_bytes, ==, 0);
    }
  g_assert_true (tide_series_value_at (tide_process_get_rss (process), 9, &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_cmpint (tide_process_get_n_lost (process), ==, G_MAXINT64);
  for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
    g_assert_cmpint (tide_process_get_note (process, i)->time_ns, ==, 100);
  g_assert_cmpuint (tide_process_get_n_outputs (process), ==, 0);
  g_assert_cmpint (tide_process_get_last_time (process), ==, G_MAXINT64);

  /* Its sums stop at what a gint64 holds.  */
  table = tide_function_table_new (process, TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 2);
  g_assert_cmpint (tide_function_table_get_net (table), ==, 0);
}

#define N_BATCHES 300
#define EVENTS_A_BATCH 1000
#define CALLS_A_BATCH 7
#define BYTES_A_BATCH 100

/* Says how many tables were made so far, so that the one who appends can wait for some in between.  */
typedef struct
{
  TideProcess *process;
  GMutex lock;
  GCond made;
  guint n_tables;
} Shared;

/* SUM is that of what each batch brings EACH of at its end.  Of the batch that brought the newest event the
 * rest may still be on its way.  */
static void
check_rest (gint64 sum, gint64 each, gsize n_events)
{
  gint64 most = (gint64)(n_events / EVENTS_A_BATCH) * each;

  g_assert_true (sum == most || sum == MAX (most - each, 0));
}

static void
check_lines (TideProcess *process, gsize n)
{
  g_autoptr (TideLineTable) table = tide_line_table_new (process, (TideSpan){ 0, n }, NULL);
  gint64 self = 0, allocated = 0;

  for (guint i = 0; i < tide_line_table_get_n_rows (table); i++)
    {
      const TideLineRow *row = tide_line_table_get_row (table, i);

      self += TIDE_LINE_ROW_SELF (row);
      allocated += row->bytes.allocated;
    }
  g_assert_cmpint (self, ==, n);
  check_rest (allocated, BYTES_A_BATCH, n);
}

/* Tables are made while the process grows; each must add up in itself, and all that an event refers to must
 * be there.  */
static gpointer
query_while_it_grows (gpointer data)
{
  Shared *shared = data;
  TideProcess *process = shared->process;
  gsize n;

  do
    {
      g_autoptr (TideFunctionTable) table = NULL;
      gint64 self = 0, n_calls = 0, allocated = 0, rss_bytes = 0;
      guint64 n_samples = 0;

      n = tide_process_get_n_events (process);
      table = tide_function_table_new (process, (TideSpan){ 0, n }, NULL);
      for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
        {
          const TideFunctionRow *row = tide_function_table_get_row (table, i);
          g_autofree char *name = g_strdup_printf ("f%u", row->code);

          g_assert_cmpstr (row->function, ==, name);
          g_assert_cmpint (row->total_rise, >=, row->self_rise);
          self += TIDE_FUNCTION_ROW_SELF (row);
          n_samples += row->n_samples;
          n_calls += MAX (row->n_calls, 0);
          allocated += row->bytes.allocated;
        }
      /* Event i stands at time i and is 1 byte.  */
      g_assert_cmpint (self, ==, n);
      g_assert_cmpuint (n_samples, ==, n);
      g_assert_cmpint (tide_function_table_get_net (table), ==, n);
      check_rest (n_calls, CALLS_A_BATCH, n);
      check_rest (allocated, BYTES_A_BATCH, n);
      check_lines (process, n);
      tide_series_value_at (tide_process_get_rss (process), (gint64)n - 1, &rss_bytes);
      check_rest (rss_bytes, 1, n);

      g_mutex_lock (&shared->lock);
      shared->n_tables++;
      g_cond_signal (&shared->made);
      g_mutex_unlock (&shared->lock);
    }
  while (n < N_BATCHES * EVENTS_A_BATCH);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  Shared shared = { .process = tide_recording_get_process (recording, 0) };
  GThread *readers[2];
  gint64 time_ns = 0;

  g_mutex_init (&shared.lock);
  g_cond_init (&shared.made);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("query", query_while_it_grows, &shared);
  for (guint32 b = 1; b <= N_BATCHES; b++)
    {
      TideBatch *batch = tide_batch_new (0);
      g_autofree char *name = g_strdup_printf ("f%u", b);
      TideSite site = { b, 1, TIDE_SITE_SCOPE_LINE };
      TideSiteState state = { .site = b, .allocated_bytes = BYTES_A_BATCH, .n_allocated = 1 };
      TideCallCount count = { .code = b, .count = CALLS_A_BATCH };

      /* Batch b brings function b, and node b, which calls it from node b / 2.  */
      fixture_string (batch, name);
      fixture_code (batch, 0, b, b);
      fixture_node (batch, b / 2, b, 1);
      for (guint i = 0; i < EVENTS_A_BATCH; i++)
        fixture_event (batch, time_ns++, 1 + i % b, 1);
      state.time_ns = count.time_ns = time_ns - 1;
      g_array_append_val (batch->sites, site);
      g_array_append_val (batch->site_states, state);
      g_array_append_val (batch->call_counts, count);
      fixture_sample (batch, time_ns - 1, b);
      tide_recording_append (recording, batch);

      if (b % 10 == 0 && b < N_BATCHES)
        {
          guint before;

          g_mutex_lock (&shared.lock);
          for (before = shared.n_tables; shared.n_tables == before;)
            g_cond_wait (&shared.made, &shared.lock);
          g_mutex_unlock (&shared.lock);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
  g_assert_cmpuint (shared.n_tables, >=, N_BATCHES / 10 - 1);
  g_cond_clear (&shared.made);
  g_mutex_clear (&shared.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process/nothing", test_nothing);
  g_test_add_func ("/process/everything", test_everything);
  g_test_add_func ("/process/nonsense", test_nonsense);
  g_test_add_func ("/process/threads", test_threads);
  return g_test_run ();
}
