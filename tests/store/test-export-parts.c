#include "tide-export-parts.h"

/* As a view has it: its own fields behind those that all have.  */
typedef struct
{
  TideExportPart part;
  char name;
  guint64 more[3];
} Part;

static char
find (GArray *parts, gsize row)
{
  return ((const Part *)tide_export_find_part (parts, row))->name;
}

/* Each row is that of the last part that begins at or before it: a process without rows has none.  */
static void
test_find_part (void)
{
  static const struct
  {
    gsize rows[6];
    guint n;
    const char *expected; /* of rows 0, 1, … */
  } cases[] = {
    { { 0 }, 1, "aaaa" },          { { 0, 1, 2, 3, 4, 5 }, 6, "abcdef" },
    { { 0, 3 }, 2, "aaabbb" },     { { 0, 2, 2, 2, 5 }, 5, "aadddee" },
    { { 0, 0, 0, 1 }, 4, "cddd" }, { { 0, 4, 4 }, 3, "aaaaccc" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));

      for (guint k = 0; k < cases[i].n; k++)
        {
          Part part = { .part = { .row = cases[i].rows[k] }, .name = (char)('a' + k) };

          g_array_append_val (parts, part);
        }
      for (gsize row = 0; cases[i].expected[row] != '\0'; row++)
        g_assert_cmpint (find (parts, row), ==, cases[i].expected[row]);
    }
}

static void
test_find_part_of_many (void)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (TideExportPart));
  gsize row = 0;

  for (guint i = 0; i < 4096; i++)
    {
      TideExportPart part = { .row = row };

      g_array_append_val (parts, part);
      row += i % 3 + 1;
    }
  for (gsize at = 0, i = 0; at < row; at++)
    {
      while (i + 1 < parts->len && g_array_index (parts, TideExportPart, i + 1).row <= at)
        i++;
      g_assert_true (tide_export_find_part (parts, at) == &g_array_index (parts, TideExportPart, i));
    }
}

static void
test_fill_bytes (void)
{
  static const TideSiteFigures exact = { .allocated = 8,
                                         .freed = 6,
                                         .live = 2,
                                         .peak = 7,
                                         .n_allocated = 40,
                                         .n_freed = 30,
                                         .n_live = 10,
                                         .n_temporary = 5 };
  TideSiteFigures sampled = exact;
  static const gint64 first_expected[] = { 8, 6, 2, 7 }, second_expected[] = { 40, 10, 5, 0, 0 };
  TideCell first[5], second[6];

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    first[i] = (TideCell){ .is_null = TRUE };
  for (guint i = 0; i < G_N_ELEMENTS (second); i++)
    second[i] = (TideCell){ .is_null = TRUE };
  tide_export_fill_bytes (&exact, first, second);
  for (guint i = 0; i < G_N_ELEMENTS (first_expected); i++)
    {
      g_assert_false (first[i].is_null);
      g_assert_cmpint (first[i].number, ==, first_expected[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (second_expected); i++)
    {
      g_assert_false (second[i].is_null);
      g_assert_cmpint (second[i].number, ==, second_expected[i]);
    }
  /* The cells behind them are others'.  */
  g_assert_true (first[4].is_null);
  g_assert_true (second[5].is_null);

  sampled.allocated_variance = 300.0 * 300.0;
  sampled.live_variance = 40.0 * 40.0;
  tide_export_fill_bytes (&sampled, first, second);
  g_assert_cmpint (second[3].number, ==, 300);
  g_assert_cmpint (second[4].number, ==, 40);
}

static void
test_names (void)
{
  g_assert_cmpstr (tide_export_get_name (0, ""), ==, "[outside Python]");
  g_assert_cmpstr (tide_export_get_name (TIDE_CODE_BEFORE, ""), ==, "[before measuring]");
  g_assert_cmpstr (tide_export_get_name (1, "load"), ==, "load");
  /* A function may be called what it likes.  */
  g_assert_cmpstr (tide_export_get_name (1, "[outside Python]"), ==, "[outside Python]");
  g_assert_cmpstr (tide_export_get_name (1, ""), ==, "");
}

static void
test_where (void)
{
  g_autoptr (GString) where = g_string_new ("what stood there");
  g_autofree char *file = g_strnfill (3000, 'x');
  g_autofree char *expected = g_strconcat (file, ":4294967295", NULL);
  TideCell cell = { .is_null = TRUE };

  tide_export_fill_where ("a b\n:c.py", 7, where, &cell);
  g_assert_false (cell.is_null);
  g_assert_cmpstr (cell.text, ==, "a b\n:c.py:7");
  tide_export_fill_where ("a.py", 0, where, &cell);
  g_assert_cmpstr (cell.text, ==, "a.py");
  tide_export_fill_where ("", 0, where, &cell);
  g_assert_cmpstr (cell.text, ==, "");
  tide_export_fill_where (file, G_MAXUINT32, where, &cell);
  g_assert_cmpstr (cell.text, ==, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export-parts/find-part", test_find_part);
  g_test_add_func ("/export-parts/find-part-of-many", test_find_part_of_many);
  g_test_add_func ("/export-parts/fill-bytes", test_fill_bytes);
  g_test_add_func ("/export-parts/names", test_names);
  g_test_add_func ("/export-parts/where", test_where);
  return g_test_run ();
}
