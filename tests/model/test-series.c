#include "tide-series.h"

#include <string.h>

/* The same by looking at every sample.  */
static gboolean
brute_extent (
    const gint64 *times, const gint64 *values, gsize n, gint64 begin, gint64 end, TideExtent *extent)
{
  gboolean any = FALSE;

  memset (extent, 0, sizeof *extent);
  if (begin >= end)
    return FALSE;
  for (gsize i = 0; i < n && times[i] < end; i++)
    {
      if (times[i] <= begin)
        extent->first = values[i];
      else if (!any)
        {
          if (i == 0)
            extent->first = values[i];
        }
      extent->last = values[i];
      /* Those inside the span, and the one that holds at its begin.  */
      if (times[i] >= begin || i + 1 == n || times[i + 1] > begin)
        {
          extent->min = any ? MIN (extent->min, values[i]) : values[i];
          extent->max = any ? MAX (extent->max, values[i]) : values[i];
          any = TRUE;
        }
      extent->n_samples += times[i] >= begin;
    }
  return any;
}

static void
assert_extents_equal (const TideExtent *a, const TideExtent *b)
{
  g_assert_cmpint (a->first, ==, b->first);
  g_assert_cmpint (a->last, ==, b->last);
  g_assert_cmpint (a->min, ==, b->min);
  g_assert_cmpint (a->max, ==, b->max);
  g_assert_cmpuint (a->n_samples, ==, b->n_samples);
}

static void
test_empty (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;
  gint64 time_ns, value;

  g_assert_cmpuint (tide_series_get_length (series), ==, 0);
  g_assert_false (tide_series_get (series, 0, &time_ns, &value));
  g_assert_cmpuint (tide_series_count_before (series, G_MAXINT64, TRUE), ==, 0);
  g_assert_false (tide_series_value_at (series, 0, &value));
  g_assert_false (tide_series_extent (series, G_MININT64, G_MAXINT64, &extent));
  g_assert_false (tide_series_peak (series, &time_ns, &value));
}

static void
test_one (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;
  gint64 time_ns, value;

  tide_series_append (series, 10, 7);
  g_assert_false (tide_series_value_at (series, 9, &value));
  g_assert_true (tide_series_value_at (series, 10, &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (tide_series_value_at (series, G_MAXINT64, &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_cmpuint (tide_series_count_before (series, 10, FALSE), ==, 0);
  g_assert_cmpuint (tide_series_count_before (series, 10, TRUE), ==, 1);

  g_assert_false (tide_series_extent (series, 0, 10, &extent));
  g_assert_false (tide_series_extent (series, 10, 10, &extent));
  g_assert_false (tide_series_extent (series, 11, 10, &extent));
  g_assert_true (tide_series_extent (series, 0, 11, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 7, 7, 7, 7, 1 });
  g_assert_true (tide_series_extent (series, 11, 12, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 7, 7, 7, 7, 0 });
  g_assert_true (tide_series_peak (series, &time_ns, &value));
  g_assert_cmpint (time_ns, ==, 10);
}

static void
test_held_value (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;

  tide_series_append (series, 0, 100);
  tide_series_append (series, 10, 20);
  tide_series_append (series, 20, 30);

  /* 100 holds until just before 10.  */
  g_assert_true (tide_series_extent (series, 5, 25, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 100, 30, 20, 100, 2 });
  /* At 10 it does not hold any more.  */
  g_assert_true (tide_series_extent (series, 10, 25, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 20, 30, 20, 30, 2 });
  g_assert_true (tide_series_extent (series, 11, 20, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 20, 20, 20, 20, 0 });
}

static void
test_time_that_goes_back (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  gint64 time_ns, value;

  tide_series_append (series, 100, 1);
  tide_series_append (series, 50, 2);
  tide_series_append (series, G_MAXINT64, 3);
  tide_series_append (series, G_MININT64, 4);
  g_assert_true (tide_series_get (series, 1, &time_ns, &value));
  g_assert_cmpint (time_ns, ==, 100);
  g_assert_cmpint (value, ==, 2);
  g_assert_true (tide_series_get (series, 3, &time_ns, NULL));
  g_assert_cmpint (time_ns, ==, G_MAXINT64);
  g_assert_cmpuint (tide_series_count_before (series, 100, TRUE), ==, 2);
}

static void
test_extreme_values (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;

  tide_series_append (series, G_MININT64, G_MAXINT64);
  tide_series_append (series, 0, G_MININT64);
  g_assert_true (tide_series_extent (series, G_MININT64, G_MAXINT64, &extent));
  assert_extents_equal (&extent, &(TideExtent){ G_MAXINT64, G_MININT64, G_MININT64, G_MAXINT64, 2 });
}

/* Random walks of the lengths at which blocks and chunks begin and end, with runs of equal times.  */
static void
test_brute_force (void)
{
  static const gsize lengths[] = { 2, 63, 64, 65, 127, 4095, 4096, 4097, 65535, 65536, 65537, 70000, 262145 };

  for (gsize l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      gsize n = lengths[l];
      g_autoptr (TideSeries) series = tide_series_new ();
      g_autofree gint64 *times = g_new (gint64, n);
      g_autofree gint64 *values = g_new (gint64, n);
      gint64 time_ns = 1000, value = 0, top = G_MININT64, top_time = 0;
      guint n_ranges = n > 10000 ? 300 : 6000;

      for (gsize i = 0; i < n; i++)
        {
          if (g_test_rand_int_range (0, 3) > 0)
            time_ns += g_test_rand_int_range (1, 20);
          value += g_test_rand_int_range (-1000, 1001);
          times[i] = time_ns;
          values[i] = value;
          if (value > top)
            {
              top = value;
              top_time = time_ns;
            }
          tide_series_append (series, time_ns, value);
        }
      g_assert_cmpuint (tide_series_get_length (series), ==, n);

      for (guint i = 0; i < n_ranges; i++)
        {
          gint64 begin = g_test_rand_int_range (900, time_ns + 100);
          gint64 length =
              g_test_rand_bit () ? g_test_rand_int_range (0, 200) : g_test_rand_int_range (0, time_ns + 100);
          TideExtent extent = { 0 }, expected;
          gboolean is_there = brute_extent (times, values, n, begin, begin + length, &expected);

          g_assert_cmpint (tide_series_extent (series, begin, begin + length, &extent), ==, is_there);
          if (is_there)
            assert_extents_equal (&extent, &expected);
        }

      g_assert_true (tide_series_peak (series, &time_ns, &value));
      g_assert_cmpint (value, ==, top);
      g_assert_cmpint (time_ns, ==, top_time);
    }
}

/* Wherever the peak is, and whichever of two equal ones is the first.  */
static void
test_peak (void)
{
  for (gsize at = 0; at < 9000; at += 37)
    {
      g_autoptr (TideSeries) series = tide_series_new ();
      gint64 time_ns, value;

      for (gsize i = 0; i < 9000; i++)
        tide_series_append (series, i, i == at || i == 8999 ? 5 : -(gint64)i);
      g_assert_true (tide_series_peak (series, &time_ns, &value));
      g_assert_cmpint (time_ns, ==, at);
      g_assert_cmpint (value, ==, 5);
    }
}

/* Many samples at one time must not make a query slow, let alone wrong.  */
static void
test_all_at_once (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;

  for (gint64 i = 0; i < 200000; i++)
    tide_series_append (series, 7, i);
  for (guint i = 0; i < 10000; i++)
    {
      g_assert_true (tide_series_extent (series, 7, 8, &extent));
      assert_extents_equal (&extent, &(TideExtent){ 199999, 199999, 0, 199999, 200000 });
    }
}

static void
test_ten_million (void)
{
  const gint64 n = g_test_quick () ? 10 * 1000 * 1000 : 100 * 1000 * 1000;
  g_autoptr (TideSeries) series = tide_series_new ();
  TideExtent extent;
  gint64 time_ns, value;

  /* A saw whose teeth are 1000 samples long; its top is reached first at sample 999.  */
  for (gint64 i = 0; i < n; i++)
    tide_series_append (series, i * 10, i % 1000);
  g_assert_cmpuint (tide_series_get_length (series), ==, n);
  for (gint64 column = 0; column < 1000; column++)
    {
      gint64 begin = n / 1000 * 10 * column, end = begin + n / 1000 * 10;

      g_assert_true (tide_series_extent (series, begin, end, &extent));
      assert_extents_equal (&extent, &(TideExtent){ 0, 999, 0, 999, n / 1000 });
    }
  g_assert_true (tide_series_extent (series, 5000 * 10, 5003 * 10, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 0, 2, 0, 2, 3 });
  g_assert_true (tide_series_peak (series, &time_ns, &value));
  g_assert_cmpint (time_ns, ==, 9990);
  g_assert_cmpint (value, ==, 999);
}

#define N_SHARED 400000

/* Reads what is there while it grows.  Value i stands at time i, but each 1000th is 10^6 higher.  */
static gpointer
read_while_it_grows (gpointer data)
{
  TideSeries *series = data;
  GRand *rand = g_rand_new_with_seed (1);
  guint n_checked = 0;
  gsize n;

  do
    {
      gint64 begin, end, time_ns, value;
      TideExtent extent;

      n = tide_series_get_length (series);
      if (n < 2)
        continue;
      begin = g_rand_int_range (rand, 0, n - 1);
      end = g_rand_int_range (rand, begin + 1, n);
      g_assert_true (tide_series_extent (series, begin, end, &extent));
      g_assert_cmpuint (extent.n_samples, ==, end - begin);
      g_assert_cmpint (extent.first, ==, begin + (begin % 1000 == 0 ? 1000000 : 0));
      g_assert_cmpint (extent.last, ==, end - 1 + ((end - 1) % 1000 == 0 ? 1000000 : 0));
      if (end - begin >= 1000)
        g_assert_cmpint (extent.max, ==, (end - 1) / 1000 * 1000 + 1000000);
      g_assert_cmpint (extent.min, >=, begin);
      g_assert_cmpint (extent.min, <=, begin + 1000000);
      g_assert_true (tide_series_peak (series, &time_ns, &value));
      g_assert_cmpint (time_ns % 1000, ==, 0);
      g_assert_cmpint (value, ==, time_ns + 1000000);
      g_assert_true (tide_series_value_at (series, n - 1, &value));
      g_assert_cmpint (value % 1000000, ==, (n - 1) % 1000000);
      n_checked++;
    }
  while (n < N_SHARED);

  g_rand_free (rand);
  return GUINT_TO_POINTER (n_checked);
}

static void
test_threads (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  GThread *readers[3];
  guint n_checked = 0;

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", read_while_it_grows, series);
  for (gint64 i = 0; i < N_SHARED; i++)
    tide_series_append (series, i, i + (i % 1000 == 0 ? 1000000 : 0));
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    n_checked += GPOINTER_TO_UINT (g_thread_join (readers[i]));
  g_assert_cmpuint (n_checked, >, 0);
}

/* Spans of all lengths, also with crowds and deserts, give what the extent of each gives.  */
static void
test_walk (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 t = 1000;

  for (guint i = 0; i < 20000; i++)
    {
      t += g_rand_int_range (rand, 0, 100) == 0 ? g_rand_int_range (rand, 0, 20000)
                                                : g_rand_int_range (rand, 0, 3);
      tide_series_append (series, t, g_rand_int_range (rand, -1000, 1000));
    }
  for (gint64 length = 1; length < 10 * t; length = length * 5 + 1)
    for (gint64 begin = -length; begin < t; begin += MAX (t / 3, 1))
      {
        TideSeriesWalk walk;
        guint n_found = 0;

        tide_series_walk_begin (&walk, series, begin);
        for (gint64 at = begin, n = 0; at < t + 2 * length && n < 500; at += length, n++)
          {
            TideExtent walked = { 0 }, extent = { 0 };
            gboolean found = tide_series_walk_to (&walk, at + length, &walked);

            g_assert_cmpint (found, ==, tide_series_extent (series, at, at + length, &extent));
            assert_extents_equal (&walked, &extent);
            n_found += found;
          }
        if (begin + 500 * length > t)
          g_assert_cmpuint (n_found, >, 0);
      }
}

/* What comes after the begin of a walk is not in it.  */
static void
test_walk_while_it_grows (void)
{
  g_autoptr (TideSeries) series = tide_series_new ();
  TideSeriesWalk walk;
  TideExtent extent;

  tide_series_append (series, 10, 1);
  tide_series_walk_begin (&walk, series, 0);
  tide_series_append (series, 20, 2);
  g_assert_false (tide_series_walk_to (&walk, 5, &extent));
  g_assert_true (tide_series_walk_to (&walk, 100, &extent));
  assert_extents_equal (&extent, &(TideExtent){ 1, 1, 1, 1, 1 });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/empty", test_empty);
  g_test_add_func ("/series/one", test_one);
  g_test_add_func ("/series/held-value", test_held_value);
  g_test_add_func ("/series/time-that-goes-back", test_time_that_goes_back);
  g_test_add_func ("/series/extreme-values", test_extreme_values);
  g_test_add_func ("/series/brute-force", test_brute_force);
  g_test_add_func ("/series/walk", test_walk);
  g_test_add_func ("/series/walk-while-it-grows", test_walk_while_it_grows);
  g_test_add_func ("/series/peak", test_peak);
  g_test_add_func ("/series/all-at-once", test_all_at_once);
  g_test_add_func ("/series/ten-million", test_ten_million);
  g_test_add_func ("/series/threads", test_threads);
  return g_test_run ();
}
