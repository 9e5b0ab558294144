#include "tide-row-order.h"

#include <string.h>

/* A source of four columns over a fixed table.  */
static const struct
{
  const char *name;
  gint64 number;
  gboolean has_number;
} table[] = {
  { "beta", 5, TRUE },     { "Alpha", -7, TRUE },      { "gamma", 0, FALSE },
  { "alphabet", 5, TRUE }, { NULL, G_MAXINT64, TRUE },
};

static const char *const words[] = { "one",
                                     "Stra\xc3\x9f"
                                     "e",
                                     NULL };

static const TideExportColumn columns[] = {
  { "name", "Name", TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  { "number", "Number", TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  { "words", NULL, TIDE_CELLS_LIST, TIDE_FOR_PROGRAMS },
  { "shown", "Shown", TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
};

static void
fill (TideRowSource *self, gsize row, TideCell *cells)
{
  tide_cell_set_text (&cells[0], table[row].name);
  if (table[row].has_number)
    tide_cell_set_number (&cells[1], table[row].number);
  if (row == 2)
    cells[2] = (TideCell){ .list = words };
}

static void
keep (TideRowSource *self)
{
}

static TideRowSource source = {
  columns, G_N_ELEMENTS (columns), G_N_ELEMENTS (table), NULL, FALSE, fill, keep
};

static const struct
{
  const char *filter;
  gint column;
  const char *expected; /* row numbers */
} cases[] = {
  { NULL, 0, "2 0 3 1 4" }, /* strings as their bytes are; null last */
  { NULL, 1, "4 0 3 1 2" }, /* equal ones as they come               */
  { "", -1, "0 1 2 3" },    /* a row without a text has none         */
  { "ALPHA", -1, "1 3" },   { "alpha", 1, "3 1" }, { "ONE", -1, "2" },
  { "STRASSE", -1, "2" },   { "delta", 1, "" },
};

static void
test_order (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gsize *order = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      gsize n;

      g_assert_true (tide_row_order (&source, cases[i].filter, cases[i].column, &order, &n, NULL, NULL));
      g_assert_nonnull (order);
      for (gsize k = 0; k < n; k++)
        g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, k > 0 ? " " : "", order[k]);
      g_assert_cmpstr (text->str, ==, cases[i].expected);
    }
}

/* Nothing asked for: no array at all, so that ten million rows cost nothing.  */
static void
test_as_they_come (void)
{
  g_autofree gsize *order = NULL;
  gsize n;

  g_assert_true (tide_row_order (&source, NULL, -1, &order, &n, NULL, NULL));
  g_assert_null (order);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (table));
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gsize *order;
  gsize n;

  g_cancellable_cancel (cancellable);
  g_assert_false (tide_row_order (&source, NULL, 1, &order, &n, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_sortable (void)
{
  g_assert_cmpint (tide_row_source_find_sortable (&source, "name"), ==, 0);
  g_assert_cmpint (tide_row_source_find_sortable (&source, "number"), ==, 1);
  g_assert_cmpint (tide_row_source_find_sortable (&source, "words"), ==, -1);
  g_assert_cmpint (tide_row_source_find_sortable (&source, "shown"), ==, -1);
  g_assert_cmpint (tide_row_source_find_sortable (&source, "Name"), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-order/order", test_order);
  g_test_add_func ("/row-order/as-they-come", test_as_they_come);
  g_test_add_func ("/row-order/cancelled", test_cancelled);
  g_test_add_func ("/row-order/sortable", test_sortable);
  return g_test_run ();
}
