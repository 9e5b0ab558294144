#include "tide-column.h"

static void
test_places (void)
{
  /* Past the first page of chunks would take 64 Mi elements: the second level is seen at the second chunk
   * already.  */
  const gsize n = 3 * TIDE_CHUNK_SIZE + 5;
  g_autofree gpointer *places = g_new (gpointer, n);
  TideColumn column;

  tide_column_init (&column, sizeof (guint32), G_MAXSIZE);
  g_assert_cmpuint (tide_column_get_length (&column), ==, 0);
  for (gsize i = 0; i < n; i++)
    {
      places[i] = tide_column_push (&column);
      *(guint32 *)places[i] = i;
      g_assert_cmpuint (tide_column_get_length (&column), ==, i);
      tide_column_publish (&column);
    }
  g_assert_cmpuint (tide_column_get_length (&column), ==, n);

  for (gsize i = 0; i < n; i++)
    {
      gsize run;

      /* Still where it was, and still what it was.  */
      g_assert_true (tide_column_at (&column, i) == places[i]);
      g_assert_cmpuint (*(guint32 *)places[i], ==, i);

      g_assert_true (tide_column_run (&column, i, &run) == places[i]);
      g_assert_cmpuint (run, >=, 1);
      if (i + run <= n)
        g_assert_true (tide_column_at (&column, i + run - 1) == (guint32 *)places[i] + run - 1);
      if (i % 64 == 0)
        g_assert_cmpuint (run, >=, 64);
    }
  tide_column_clear (&column);
  g_assert_cmpuint (tide_column_get_length (&column), ==, 0);
}

static void
test_limit (void)
{
  TideColumn column;

  tide_column_init (&column, 1, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_nonnull (tide_column_push (&column));
  g_assert_null (tide_column_push (&column));
  g_assert_null (tide_column_push (&column));
  tide_column_publish (&column);
  g_assert_cmpuint (tide_column_get_length (&column), ==, 100);
  tide_column_clear (&column);
}

static void
test_unpublished (void)
{
  TideColumn column;

  tide_column_init (&column, 8, G_MAXSIZE);
  for (guint i = 0; i < 70; i++)
    tide_column_push (&column);
  g_assert_cmpuint (tide_column_get_length (&column), ==, 0);
  tide_column_publish (&column);
  g_assert_cmpuint (tide_column_get_length (&column), ==, 70);
  tide_column_clear (&column);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/column/places", test_places);
  g_test_add_func ("/column/limit", test_limit);
  g_test_add_func ("/column/unpublished", test_unpublished);
  return g_test_run ();
}
