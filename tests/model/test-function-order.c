#include "model-fixture.h"
#include "tide-function-table.h"
#include "tide-wire.h"

/* The rows in that order, as "function:line function:line".  */
static void
assert_order (TideFunctionTable *table,
              TideFunctionColumn column,
              gboolean descending,
              const char *filter,
              const char *expected)
{
  g_autoptr (GArray) order = tide_function_table_order (table, column, descending, filter);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < order->len; i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, g_array_index (order, guint, i));

      g_string_append_printf (text, "%s%s:%u", i > 0 ? " " : "", row->function, row->line);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static TideFunctionTable *
make_table (void)
{
  static const struct
  {
    const char *file, *name;
    guint32 line;
    gint64 rise, fall;
  } rows[] = {
    { "/lib/zeta.py", "beta", 10, 500, 100 }, { "/srv/alpha.py", "Gamma", 9, 400, 0 },
    { "/srv/alpha.py", "alpha", 100, 0, 50 }, { "/app/alpha.py", "beta", 20, 400, 0 },
    { "/app/alpha.py", "beta", 3, 400, 0 },   { "/app/Größe.py", "Müller", 1, 1, 300 },
  };
  TideBatch *batch = tide_batch_new (0);
  TideRssEvent before = { .time_ns = 0, .delta_bytes = 9, .source = TIDE_SOURCE_START };
  g_autoptr (TideRecording) recording = NULL;
  gint64 time_ns = 1;

  g_array_append_val (batch->events, before);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint32 file = fixture_string (batch, rows[i].file);
      guint32 name = fixture_string (batch, rows[i].name);
      guint32 node = fixture_node (batch, 0, fixture_code (batch, file, name, rows[i].line), rows[i].line);

      fixture_event (batch, time_ns++, node, rows[i].rise);
      if (rows[i].fall > 0)
        fixture_event (batch, time_ns++, node, -rows[i].fall);
    }
  fixture_event (batch, time_ns, 0, -2);
  recording = fixture_recording (batch);
  return tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
}

#define BEFORE "[before measuring]:0"
#define OUTSIDE "[outside Python]:0"

static void
test_columns (void)
{
  g_autoptr (TideFunctionTable) table = make_table ();

  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, NULL,
                BEFORE " " OUTSIDE " alpha:100 beta:3 beta:20 beta:10 Gamma:9 Müller:1");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, TRUE, NULL,
                "Müller:1 Gamma:9 beta:10 beta:20 beta:3 alpha:100 " OUTSIDE " " BEFORE);
  assert_order (table, TIDE_FUNCTION_COLUMN_WHERE, FALSE, NULL,
                BEFORE " " OUTSIDE " beta:3 beta:20 Gamma:9 alpha:100 Müller:1 beta:10");
  /* Equal figures stand in the order of names whichever way the figures go.  */
  assert_order (table, TIDE_FUNCTION_COLUMN_SELF, TRUE, NULL,
                "beta:3 beta:20 beta:10 Gamma:9 " BEFORE " " OUTSIDE " alpha:100 Müller:1");
  assert_order (table, TIDE_FUNCTION_COLUMN_SELF, FALSE, NULL,
                "Müller:1 alpha:100 " OUTSIDE " " BEFORE " beta:3 beta:20 beta:10 Gamma:9");
  assert_order (table, TIDE_FUNCTION_COLUMN_TOTAL, FALSE, NULL,
                "Müller:1 alpha:100 " OUTSIDE " " BEFORE " beta:3 beta:20 beta:10 Gamma:9");
  assert_order (table, TIDE_FUNCTION_COLUMN_RISE, TRUE, NULL,
                "beta:10 beta:3 beta:20 Gamma:9 " BEFORE " Müller:1 " OUTSIDE " alpha:100");
  assert_order (table, TIDE_FUNCTION_COLUMN_FALL, TRUE, NULL,
                "Müller:1 beta:10 alpha:100 " OUTSIDE " " BEFORE " beta:3 beta:20 Gamma:9");
  assert_order (table, TIDE_FUNCTION_COLUMN_SAMPLES, TRUE, NULL,
                "alpha:100 beta:10 Müller:1 " BEFORE " " OUTSIDE " beta:3 beta:20 Gamma:9");
}

static void
test_filter (void)
{
  g_autoptr (TideFunctionTable) table = make_table ();

  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "",
                BEFORE " " OUTSIDE " alpha:100 beta:3 beta:20 beta:10 Gamma:9 Müller:1");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "GAM", "Gamma:9");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "/srv/", "alpha:100 Gamma:9");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "eta", "beta:3 beta:20 beta:10");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "mÜLL", "Müller:1");
  /* Case-folding takes the sharp s for two.  */
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "grÖSSe", "Müller:1");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "python", OUTSIDE);
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "no such thing", "");
  assert_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, "\xff", "");
}

/* Signs and sizes far apart: all eight bytes of the keys differ.  */
static void
test_extreme_figures (void)
{
  TideBatch *batch = tide_batch_new (0);
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideFunctionTable) table = NULL;
  gint64 last = G_MAXINT64;
  g_autoptr (GArray) order = NULL;

  for (guint i = 1; i <= 5000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", g_test_rand_int_range (0, 100));
      gint64 delta = (gint64)((guint64)(guint32)g_test_rand_int () << g_test_rand_int_range (0, 25));

      fixture_event (batch, i,
                     fixture_node (batch, 0, fixture_code (batch, 0, fixture_string (batch, name), i), i),
                     g_test_rand_bit () ? delta : -delta);
    }
  recording = fixture_recording (batch);
  table = tide_function_table_new (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, NULL);
  g_assert_cmpuint (tide_function_table_get_n_rows (table), ==, 5000);
  order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_SELF, TRUE, NULL);
  g_assert_cmpuint (order->len, ==, 5000);
  for (guint i = 0; i < order->len; i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, g_array_index (order, guint, i));

      g_assert_cmpint (TIDE_FUNCTION_ROW_SELF (row), <=, last);
      last = TIDE_FUNCTION_ROW_SELF (row);
    }
}

/* Names that come later find their place among those that were sorted before.  */
static void
test_growing (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  TideProcess *process = tide_recording_get_process (recording, 0);

  for (guint32 id = 1; id <= 60; id++)
    {
      TideBatch *batch = tide_batch_new (0);
      g_autofree char *name = g_strdup_printf ("n%02u", id * 37 % 60);
      g_autoptr (TideFunctionTable) table = NULL;
      g_autoptr (GArray) order = NULL;

      fixture_string (batch, name);
      fixture_code (batch, 0, id, 1);
      fixture_node (batch, 0, id, 1);
      fixture_event (batch, id, id, 1);
      tide_recording_append (recording, batch);

      table = tide_function_table_new (process, TIDE_SPAN_ALL, NULL);
      order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, NULL);
      g_assert_cmpuint (order->len, ==, id);
      for (guint i = 1; i < order->len; i++)
        g_assert_cmpstr (tide_function_table_get_row (table, g_array_index (order, guint, i - 1))->function,
                         <, tide_function_table_get_row (table, g_array_index (order, guint, i))->function);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/function-order/columns", test_columns);
  g_test_add_func ("/function-order/filter", test_filter);
  g_test_add_func ("/function-order/extreme-figures", test_extreme_figures);
  g_test_add_func ("/function-order/growing", test_growing);
  return g_test_run ();
}
