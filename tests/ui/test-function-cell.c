#include "tide-function-cell.h"

#include <string.h>

#define MIB (G_GINT64_CONSTANT (1) << 20)

static const TideFunctionRow grow = {
  .code = 5,
  .line = 10,
  .hot_line = 14,
  .function = "Cache.grow",
  .file = "/src/cache.py",
  .n_samples = 12,
  .n_calls = 345,
  .self_rise = 5 * MIB,
  .self_fall = 7 * MIB,
  .total_rise = 9 * MIB,
  .total_fall = 1 * MIB,
  .bytes = { .allocated = 8 * MIB,
             .freed = 6 * MIB,
             .live = 2 * MIB,
             .peak = 3 * MIB,
             .n_allocated = 80,
             .n_live = 20,
             .n_temporary = 7 },
};

static void
assert_cell (const TideFunctionRow *row, TideFunctionColumn column, gboolean has_bytes, const char *expected)
{
  char buffer[256];

  g_assert_cmpstr (tide_function_cell_format (row, column, has_bytes, buffer, sizeof buffer), ==, expected);
}

static void
test_columns (void)
{
  static const char *const cells[TIDE_N_FUNCTION_COLUMNS] = {
    [TIDE_FUNCTION_COLUMN_NAME] = "Cache.grow", [TIDE_FUNCTION_COLUMN_WHERE] = "cache.py:14",
    [TIDE_FUNCTION_COLUMN_SELF] = "−2 MiB",     [TIDE_FUNCTION_COLUMN_TOTAL] = "+8 MiB",
    [TIDE_FUNCTION_COLUMN_RISE] = "+5 MiB",     [TIDE_FUNCTION_COLUMN_FALL] = "−7 MiB",
    [TIDE_FUNCTION_COLUMN_SAMPLES] = "12",      [TIDE_FUNCTION_COLUMN_ALLOCATED] = "8 MiB",
    [TIDE_FUNCTION_COLUMN_FREED] = "6 MiB",     [TIDE_FUNCTION_COLUMN_LIVE] = "2 MiB",
    [TIDE_FUNCTION_COLUMN_PEAK] = "3 MiB",      [TIDE_FUNCTION_COLUMN_CALLS] = "345",
  };

  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    {
      assert_cell (&grow, (TideFunctionColumn)i, TRUE, cells[i]);
      g_assert_cmpstr (tide_function_cell_title ((TideFunctionColumn)i), !=, "");
      g_assert_cmpstr (tide_function_cell_definition ((TideFunctionColumn)i), !=, "");
      /* No two columns are told by the same words.  */
      for (guint k = 0; k < i; k++)
        {
          g_assert_cmpstr (tide_function_cell_title ((TideFunctionColumn)i), !=,
                           tide_function_cell_title ((TideFunctionColumn)k));
          g_assert_cmpstr (tide_function_cell_definition ((TideFunctionColumn)i), !=,
                           tide_function_cell_definition ((TideFunctionColumn)k));
        }
    }
}

/* What was not measured is a dash, not a nought, and says how to measure it.  */
static void
test_not_measured (void)
{
  TideFunctionRow row = grow;
  g_autofree char *bytes = NULL, *calls = NULL;

  row.n_calls = -1;
  for (guint i = TIDE_FUNCTION_COLUMN_ALLOCATED; i <= TIDE_FUNCTION_COLUMN_PEAK; i++)
    assert_cell (&row, (TideFunctionColumn)i, FALSE, "–");
  assert_cell (&row, TIDE_FUNCTION_COLUMN_CALLS, TRUE, "–");
  bytes = tide_function_cell_dup_tooltip (&row, TIDE_FUNCTION_COLUMN_PEAK, FALSE);
  calls = tide_function_cell_dup_tooltip (&row, TIDE_FUNCTION_COLUMN_CALLS, FALSE);
  g_assert_nonnull (strstr (bytes, "“bytes”"));
  g_assert_nonnull (strstr (calls, "“calls”"));
}

/* Rows that are no functions are named for people.  */
static void
test_other_rows (void)
{
  TideFunctionRow before = { .code = TIDE_CODE_BEFORE, .function = "", .file = "" };
  TideFunctionRow outside = { .code = 0, .function = "", .file = "" };
  g_autofree char *name = NULL, *where = NULL;

  assert_cell (&before, TIDE_FUNCTION_COLUMN_NAME, FALSE, "[before measuring]");
  assert_cell (&outside, TIDE_FUNCTION_COLUMN_NAME, FALSE, "[outside Python]");
  assert_cell (&outside, TIDE_FUNCTION_COLUMN_WHERE, FALSE, "");
  name = tide_function_cell_dup_tooltip (&before, TIDE_FUNCTION_COLUMN_NAME, FALSE);
  g_assert_nonnull (strstr (name, "already resident"));
  where = tide_function_cell_dup_tooltip (&before, TIDE_FUNCTION_COLUMN_WHERE, FALSE);
  g_assert_null (where);
}

/* Whatever a program calls its files, a label gets valid UTF-8 of a bounded length.  */
static void
test_hostile_names (void)
{
  static const char *const pieces[] = { "a", "ä", "€", "𝄞", " ", "\n" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      for (guint n = 190; n < 210; n++)
        {
          g_autoptr (GString) file = g_string_new ("/src/");
          TideFunctionRow row = grow;
          char buffer[256];
          const char *text;

          for (guint k = 0; k < n; k++)
            g_string_append (file, pieces[i]);
          row.file = file->str;
          text = tide_function_cell_format (&row, TIDE_FUNCTION_COLUMN_WHERE, FALSE, buffer, sizeof buffer);
          g_assert_true (g_utf8_validate (text, -1, NULL));
          g_assert_true (g_str_has_prefix (text, pieces[i]));
        }
    }
}

static void
test_tooltips (void)
{
  TideFunctionRow sampled = grow, called = grow;
  g_autofree char *begins = NULL, *nowhere = NULL;
  g_autofree char *self = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_SELF, TRUE);
  g_autofree char *fall = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_FALL, TRUE);
  g_autofree char *where = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_WHERE, TRUE);
  g_autofree char *live = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_LIVE, TRUE);
  g_autofree char *allocated = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_ALLOCATED, TRUE);
  g_autofree char *samples = tide_function_cell_dup_tooltip (&grow, TIDE_FUNCTION_COLUMN_SAMPLES, TRUE);
  g_autofree char *estimate = NULL;

  g_assert_cmpstr (self, ==, "−2 097 152 bytes");
  g_assert_cmpstr (fall, ==, "−7 340 032 bytes");
  g_assert_cmpstr (where, ==, "/src/cache.py\nfunction begins in line 10, grew most in line 14");
  g_assert_cmpstr (live, ==, "2 097 152 bytes\nin 20 blocks");
  g_assert_cmpstr (allocated, ==, "8 388 608 bytes\nin 80 blocks, 7 of them temporary");
  g_assert_null (samples);
  called.hot_line = 0;
  assert_cell (&called, TIDE_FUNCTION_COLUMN_WHERE, TRUE, "cache.py:10");
  begins = tide_function_cell_dup_tooltip (&called, TIDE_FUNCTION_COLUMN_WHERE, TRUE);
  g_assert_cmpstr (begins, ==, "/src/cache.py\nfunction begins in line 10");
  called.line = 0;
  nowhere = tide_function_cell_dup_tooltip (&called, TIDE_FUNCTION_COLUMN_WHERE, TRUE);
  g_assert_cmpstr (nowhere, ==, "/src/cache.py");
  sampled.bytes.allocated_variance = sampled.bytes.live_variance = 4096.0 * 4096.0;
  estimate = tide_function_cell_dup_tooltip (&sampled, TIDE_FUNCTION_COLUMN_LIVE, TRUE);
  g_assert_cmpstr (estimate, ==,
                   "2 097 152 bytes ± 4 KiB (standard error: estimated from a sample)\nin about 20 blocks");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/function-cell/columns", test_columns);
  g_test_add_func ("/function-cell/not-measured", test_not_measured);
  g_test_add_func ("/function-cell/other-rows", test_other_rows);
  g_test_add_func ("/function-cell/hostile-names", test_hostile_names);
  g_test_add_func ("/function-cell/tooltips", test_tooltips);
  return g_test_run ();
}
