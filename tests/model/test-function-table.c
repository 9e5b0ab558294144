#include "config.h"

#include "model-fixture.h"
#include "tide-function-table.h"
#include "tide-wire.h"

#include <string.h>

static const TideFunctionRow *
find_row (TideFunctionTable *table, const char *function)
{
  for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, i);

      if (strcmp (row->function, function) == 0)
        return row;
    }
  return NULL;
}

static void
assert_row (TideFunctionTable *table,
            const char *function,
            gint64 self_rise,
            gint64 self_fall,
            gint64 total_rise,
            gint64 total_fall,
            guint64 n_samples,
            guint32 hot_line)
{
  const TideFunctionRow *row = find_row (table, function);

  g_assert_nonnull (row);
  g_assert_cmpint (row->self_rise, ==, self_rise);
  g_assert_cmpint (row->self_fall, ==, self_fall);
  g_assert_cmpint (row->total_rise, ==, total_rise);
  g_assert_cmpint (row->total_fall, ==, total_fall);
  g_assert_cmpuint (row->n_samples, ==, n_samples);
  g_assert_cmpuint (row->hot_line, ==, hot_line);
}

static void
test_empty (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  g_autoptr (TideFunctionTable) table =
      tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_autoptr (GArray) order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_SELF, TRUE, "x");

  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 0);
  g_assert_null (tide_function_table_get_row (table, 0));
  g_assert_cmpint (tide_function_table_get_net (table), ==, 0);
  g_assert_cmpuint (order->len, ==, 0);
}

/* main calls load, which calls itself; main grows by itself on two lines, too.  */
static void
test_self_and_total (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 file = fixture_string (batch, "/srv/job.py");
  guint32 main_code = fixture_code (batch, file, fixture_string (batch, "main"), 1);
  guint32 load_code = fixture_code (batch, file, fixture_string (batch, "load"), 20);
  guint32 main_a = fixture_node (batch, 0, main_code, 3);
  guint32 main_b = fixture_node (batch, 0, main_code, 5);
  guint32 load = fixture_node (batch, main_a, load_code, 22);
  guint32 load_again = fixture_node (batch, load, load_code, 24);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;
  TideProcess *process;
  TideRssEvent before = { .time_ns = 0, .delta_bytes = 5000, .source = TIDE_SOURCE_START };

  g_array_append_val (batch->events, before);
  fixture_event (batch, 10, main_a, 100);
  fixture_event (batch, 20, load, 1000);
  fixture_event (batch, 30, load_again, 300);
  fixture_event (batch, 40, load_again, -200);
  fixture_event (batch, 50, main_b, 150);
  fixture_event (batch, 60, 0, -7);
  recording = fixture_recording (batch);
  process = tide_recording_get_process (recording, 0);

  table = tide_function_table_new (process, TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 4);
  assert_row (table, "main", 250, 0, 1550, 200, 2, 5);
  assert_row (table, "load", 1300, 200, 1300, 200, 3, 22);
  assert_row (table, "[outside Python]", 0, 7, 0, 7, 1, 0);
  assert_row (table, "[before measuring]", 5000, 0, 5000, 0, 1, 0);
  g_assert_cmpint (tide_function_table_get_net (table), ==, 5000 + 100 + 1000 + 300 - 200 + 150 - 7);
  g_assert_cmpstr (find_row (table, "load")->file, ==, "/srv/job.py");
  g_assert_cmpuint (find_row (table, "load")->line, ==, 20);
  g_assert_cmpuint (find_row (table, "[outside Python]")->code, ==, 0);
  g_assert_cmpuint (find_row (table, "[before measuring]")->code, ==, TIDE_CODE_BEFORE);
  g_clear_pointer (&table, tide_function_table_unref);

  /* Half-open: with the one at 20, without the one at 40.  */
  table = tide_function_table_new (process, (TideSpan){ 20, 40 }, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 2);
  assert_row (table, "main", 0, 0, 1300, 0, 0, 0);
  assert_row (table, "load", 1300, 0, 1300, 0, 2, 22);
  g_assert_cmpint (tide_function_table_get_net (table), ==, 1300);
  g_assert_cmpint (tide_function_table_get_span (table).begin_ns, ==, 20);
}

/* The same function under three ids: one whose strings are the same ids, one whose strings are only equal. */
static void
test_reloaded_code (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 file = fixture_string (batch, "a.py"), name = fixture_string (batch, "f");
  guint32 first = fixture_code (batch, file, name, 7);
  guint32 second = fixture_code (batch, file, name, 7);
  guint32 third = fixture_code (batch, fixture_string (batch, "a.py"), fixture_string (batch, "f"), 7);
  guint32 other = fixture_code (batch, file, name, 8);
  guint32 node = fixture_node (batch, 0, second, 9);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;
  const TideFunctionRow *row;

  node = fixture_node (batch, node, third, 10);
  fixture_event (batch, 1, node, 64);
  fixture_event (batch, 2, fixture_node (batch, 0, other, 8), 3);
  recording = fixture_recording (batch);
  table = tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 2);
  row = tide_function_table_get_row (table, 0);
  if (row->code != first)
    row = tide_function_table_get_row (table, 1);
  g_assert_cmpuint (row->code, ==, first);
  g_assert_cmpint (row->self_rise, ==, 64);
  /* Once, though it is on the stack twice.  */
  g_assert_cmpint (row->total_rise, ==, 64);
  g_assert_cmpuint (row->hot_line, ==, 10);
}

/* The helper gives what was resident before a code of its own; it is the same row.  A function of that name
 * in a file is a function.  */
static void
test_before_measuring (void)
{
  TideBatch *batch = tide_batch_new (0);
  TideRssEvent before = { .time_ns = 0, .delta_bytes = 5000, .source = TIDE_SOURCE_START };
  guint32 name = fixture_string (batch, "[before measuring]");
  guint32 pseudo = fixture_code (batch, 0, name, 0);
  guint32 empty_file = fixture_code (batch, fixture_string (batch, ""), name, 0);
  guint32 pseudo_node = fixture_node (batch, 0, pseudo, 0);
  guint32 real = fixture_code (batch, fixture_string (batch, "a.py"), name, 1);
  guint32 other = fixture_code (batch, 0, fixture_string (batch, "[while paused]"), 0);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;
  const TideFunctionRow *row;

  g_array_append_val (batch->events, before);
  fixture_event (batch, 1, pseudo_node, 70);
  fixture_event (batch, 1, fixture_node (batch, 0, empty_file, 0), 300);
  fixture_event (batch, 2, fixture_node (batch, 0, real, 1), 8);
  fixture_event (batch, 3, fixture_node (batch, 0, other, 0), 1);
  recording = fixture_recording (batch);
  table = tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 3);
  row = tide_function_table_get_row (table, 0);
  g_assert_cmpuint (row->code, ==, real);
  g_assert_cmpint (row->self_rise, ==, 8);
  assert_row (table, "[while paused]", 1, 0, 1, 0, 1, 0);
  row = tide_function_table_get_row (table, 2);
  g_assert_cmpuint (row->code, ==, TIDE_CODE_BEFORE);
  g_assert_cmpint (row->self_rise, ==, 5370);
  g_assert_cmpint (row->total_rise, ==, 5370);
  g_assert_cmpuint (row->n_samples, ==, 3);
  g_assert_cmpstr (row->file, ==, "");
}

#define N_FUNCTIONS 40
#define N_NODES 600

typedef struct
{
  gint64 self_rise, self_fall, total_rise, total_fall;
  guint64 n_samples;
  gint64 by_line[20];
  guint lines_seen;
} Expected;

/* Random events on a random tree, against sums made event by event up each stack.  More than three chunks, so
 * that the digests of whole chunks and the two ends of a range come together in every way.  */
static void
test_brute_force (void)
{
  const gsize n_events = 3 * 65536 + 777;
  TideBatch *batch = tide_batch_new (0);
  g_autoptr (TideRecording) recording = NULL;
  TideProcess *process;
  guint32 file = fixture_string (batch, "x.py");

  for (guint i = 0; i < N_FUNCTIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);

      fixture_code (batch, file, fixture_string (batch, name), i + 1);
    }
  for (guint i = 1; i <= N_NODES; i++)
    fixture_node (batch, g_test_rand_int_range (MAX (0, (int)i - 30), i),
                  g_test_rand_int_range (0, N_FUNCTIONS + 1), g_test_rand_int_range (1, 20));
  for (gsize i = 0; i < n_events; i++)
    fixture_event (batch, i / 2, g_test_rand_int_range (0, N_NODES + 1), g_test_rand_int_range (-900, 1000));
  recording = fixture_recording (batch);
  process = tide_recording_get_process (recording, 0);

  for (guint round = 0; round < 40; round++)
    {
      TideSpan span = TIDE_SPAN_ALL;
      Expected expected[N_FUNCTIONS + 1] = { 0 };
      g_autoptr (TideFunctionTable) table = NULL;
      gint64 net = 0, self_net = 0;
      guint n_rows = 0;

      if (round > 0)
        {
          span.begin_ns = g_test_rand_int_range (-10, n_events / 2);
          span.end_ns = g_test_rand_int_range (span.begin_ns, n_events / 2 + 10);
        }
      if (round == 1)
        span = (TideSpan){ 65536 / 2, 3 * 65536 / 2 }; /* exactly two chunks */

      for (gsize i = 0; i < n_events; i++)
        {
          const TideRssEvent *event = tide_process_get_event (process, i);
          const TideNode *leaf = tide_process_get_node (process, event->node);
          gboolean seen[N_FUNCTIONS + 1] = { FALSE };
          gint64 rise = MAX (event->delta_bytes, 0), fall = MAX (-event->delta_bytes, 0);
          Expected *self = &expected[leaf != NULL ? leaf->code : 0];

          if (event->time_ns < span.begin_ns || event->time_ns >= span.end_ns)
            continue;
          net += event->delta_bytes;
          self->self_rise += rise;
          self->self_fall += fall;
          self->n_samples++;
          if (leaf == NULL || leaf->code == 0)
            seen[0] = TRUE;
          if (leaf != NULL && leaf->code != 0)
            {
              self->by_line[leaf->line] += event->delta_bytes;
              self->lines_seen |= 1u << leaf->line;
            }
          for (const TideNode *node = leaf; node != NULL;
               node = tide_process_get_node (process, node->parent))
            seen[node->code] = TRUE;
          for (guint f = 0; f <= N_FUNCTIONS; f++)
            if (seen[f])
              {
                expected[f].total_rise += rise;
                expected[f].total_fall += fall;
              }
        }

      table = tide_function_table_new (process, span, NULL);
      g_assert_cmpint (tide_function_table_get_net (table), ==, net);
      for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
        {
          const TideFunctionRow *row = tide_function_table_get_row (table, i);
          const Expected *e = &expected[row->code];

          g_assert_cmpint (row->self_rise, ==, e->self_rise);
          g_assert_cmpint (row->self_fall, ==, e->self_fall);
          g_assert_cmpint (row->total_rise, ==, e->total_rise);
          g_assert_cmpint (row->total_fall, ==, e->total_fall);
          g_assert_cmpuint (row->n_samples, ==, e->n_samples);
          if (e->lines_seen == 0)
            g_assert_cmpuint (row->hot_line, ==, 0);
          else
            {
              g_assert_true (e->lines_seen & (1u << row->hot_line));
              for (guint line = 1; line < 20; line++)
                if (e->lines_seen & (1u << line))
                  g_assert_cmpint (e->by_line[line], <=, e->by_line[row->hot_line]);
            }
          self_net += TIDE_FUNCTION_ROW_SELF (row);
        }
      g_assert_cmpint (self_net, ==, net);
      for (guint f = 0; f <= N_FUNCTIONS; f++)
        n_rows += expected[f].n_samples > 0 || expected[f].total_rise > 0 || expected[f].total_fall > 0;
      g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, n_rows);
    }
}

/* A chain as deep as the tree is large, which no walk may follow by recursion nor up from each node.  */
static void
test_deep_tree (void)
{
  const guint32 depth = 300000;
  TideBatch *batch = tide_batch_new (0);
  guint32 codes[3];
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;

  for (guint i = 0; i < 3; i++)
    codes[i] = fixture_code (batch, 0, fixture_string (batch, i == 0 ? "a" : i == 1 ? "b" : "c"), i + 1);
  for (guint32 node = 1; node <= depth; node++)
    {
      fixture_node (batch, node - 1, codes[node == 1 ? 0 : 1 + node % 2], node);
      fixture_event (batch, node, node, 2);
    }
  recording = fixture_recording (batch);
  table = tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  assert_row (table, "a", 2, 0, 2 * depth, 0, 1, 1);
  /* The others are called from the first, and each event below is counted once.  */
  assert_row (table, "b", depth, 0, 2 * depth - 2, 0, depth / 2, 2);
  assert_row (table, "c", depth - 2, 0, 2 * depth - 4, 0, depth / 2 - 1, 3);
}

static void
test_cancelled (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TideProcess *process = tide_recording_get_process (recording, 0);

  g_object_add_weak_pointer (G_OBJECT (process), (gpointer *)&process);
  g_cancellable_cancel (cancellable);
  g_assert_null (tide_function_table_new (process, TIDE_SPAN_ALL, cancellable));
  g_clear_object (&recording);
  g_assert_null (process);
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
test_async (void)
{
  for (guint cancel = 0; cancel < 2; cancel++)
    {
      TideBatch *batch = tide_batch_new (0);
      g_autoptr (TideRecording) recording = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (TideFunctionTable) table = NULL;
      g_autoptr (GError) error = NULL;

      fixture_event (batch, 1, 0, 4096);
      recording = fixture_recording (batch);
      if (cancel)
        g_cancellable_cancel (cancellable);
      tide_function_table_new_async (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, cancellable,
                                     store_result, &result);
      /* The table keeps what it needs.  */
      g_clear_object (&recording);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      table = tide_function_table_new_finish (result, &error);
      if (cancel)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_null (table);
        }
      else
        {
          g_assert_no_error (error);
          assert_row (table, "[outside Python]", 4096, 0, 4096, 0, 1, 0);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/function-table/empty", test_empty);
  g_test_add_func ("/function-table/self-and-total", test_self_and_total);
  g_test_add_func ("/function-table/reloaded-code", test_reloaded_code);
  g_test_add_func ("/function-table/before-measuring", test_before_measuring);
  g_test_add_func ("/function-table/brute-force", test_brute_force);
  g_test_add_func ("/function-table/deep-tree", test_deep_tree);
  g_test_add_func ("/function-table/cancelled", test_cancelled);
  g_test_add_func ("/function-table/async", test_async);
  return g_test_run ();
}
