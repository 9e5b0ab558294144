#include "tide-columns.h"

static TideSeries *
make_series (guint n, gint64 distance, guint seed)
{
  TideSeries *series = tide_series_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  gint64 t = 1000;

  for (guint i = 0; i < n; i++)
    {
      tide_series_append (series, t, g_rand_int_range (random, 0, 1000000));
      t += g_rand_int_range (random, 1, (gint32)(2 * distance));
    }
  return series;
}

/* Each column against all samples, one by one.  */
static void
test_exact (void)
{
  g_autoptr (TideSeries) series = make_series (3000, 50, 1);

  for (gint64 begin = -5000; begin < 160000; begin += 7777)
    for (gint64 length = 10; length < 400000; length *= 7)
      {
        TideSpan visible = { begin, begin + length };
        g_auto (TideColumns) columns = { 0 };
        gint64 min = G_MAXINT64, max = G_MININT64, all_min = G_MAXINT64, all_max = G_MININT64;

        tide_columns_init (&columns, series, visible, 300, G_MAXINT64 / 4);
        for (guint i = 0; i < columns.n_columns; i++)
          if (columns.columns[i].known)
            {
              min = MIN (min, columns.columns[i].min);
              max = MAX (max, columns.columns[i].max);
              if (i > 0 && columns.columns[i - 1].known)
                g_assert_cmpint (columns.columns[i].first, ==, columns.columns[i - 1].last);
            }
        for (gsize i = 0; i < tide_series_get_length (series); i++)
          {
            gint64 time_ns, value, slack = length / 300 + 1;

            tide_series_get (series, i, &time_ns, &value);
            /* The last column may end one column before the view does.  */
            if (time_ns < begin || time_ns >= visible.end_ns - slack)
              continue;
            all_min = MIN (all_min, value);
            all_max = MAX (all_max, value);
          }
        if (all_max == G_MININT64)
          continue;
        g_assert_cmpint (max, >=, all_max);
        g_assert_cmpint (min, <=, all_min);
      }
}

/* While a view is panned, the same columns come back.  */
static void
test_anchored (void)
{
  g_autoptr (TideSeries) series = make_series (20000, 50, 2);
  TideSpan visible = { 100000, 100000 + 300000 };
  g_auto (TideColumns) before = { 0 };

  tide_columns_init (&before, series, visible, 300, G_MAXINT64 / 4);
  for (guint shift = 1; shift < 50; shift += 6)
    {
      TideSpan moved = { visible.begin_ns + shift * 1000, visible.end_ns + shift * 1000 };
      g_auto (TideColumns) after = { 0 };

      tide_columns_init (&after, series, moved, 300, G_MAXINT64 / 4);
      for (guint i = 0; i + shift < 300; i++)
        {
          g_assert_cmpint (after.columns[i].min, ==, before.columns[i + shift].min);
          g_assert_cmpint (after.columns[i].max, ==, before.columns[i + shift].max);
          g_assert_cmpuint (after.columns[i].n_samples, ==, before.columns[i + shift].n_samples);
        }
    }
}

static void
test_known (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  g_auto (TideColumns) columns = { 0 };
  TideSpan visible = { 0, 1000 };

  tide_series_append (series, 250, 7);
  tide_series_append (series, 500, 9);
  tide_columns_init (&columns, series, visible, 100, 700);
  g_assert_false (columns.columns[24].known);
  g_assert_true (columns.columns[25].known);
  g_assert_cmpint (columns.columns[30].last, ==, 7);
  g_assert_cmpuint (columns.columns[30].n_samples, ==, 0);
  /* The step at 500 stands at a column's very edge, and is seen as a step.  */
  g_assert_cmpint (columns.columns[50].first, ==, 7);
  g_assert_cmpint (columns.columns[50].last, ==, 9);
  g_assert_true (columns.columns[70].known);
  g_assert_false (columns.columns[71].known);

  tide_columns_forget (&columns, visible, (TideSpan){ 300, 400 });
  g_assert_true (columns.columns[29].known);
  g_assert_false (columns.columns[30].known);
  g_assert_false (columns.columns[39].known);
  g_assert_true (columns.columns[40].known);
  tide_columns_forget (&columns, visible, (TideSpan){ 5000, 6000 });
  tide_columns_forget (&columns, visible, (TideSpan){ 60, 50 });
  g_assert_true (columns.columns[40].known);
}

/* Ten nanoseconds, ten days in; more columns than nanoseconds.  */
static void
test_extremes (void)
{
  const gint64 late = G_GINT64_CONSTANT (864000) * 1000000000;
  g_autoptr (TideSeries) series = tide_series_new ();
  g_auto (TideColumns) columns = { 0 };
  g_auto (TideColumns) none = { 0 };

  tide_series_append (series, late + 5, G_MAXINT64);
  tide_columns_init (&columns, series, (TideSpan){ late, late + 10 }, 1000, G_MAXINT64 / 4);
  g_assert_false (columns.columns[499].known);
  g_assert_cmpuint (columns.columns[500].n_samples, ==, 1);
  g_assert_cmpint (columns.columns[999].last, ==, G_MAXINT64);
  tide_columns_init (&none, series, (TideSpan){ late, late + 10 }, 0, G_MAXINT64 / 4);
  g_assert_cmpuint (none.n_columns, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/columns/exact", test_exact);
  g_test_add_func ("/columns/anchored", test_anchored);
  g_test_add_func ("/columns/known", test_known);
  g_test_add_func ("/columns/extremes", test_extremes);
  return g_test_run ();
}
