#include "tide-axis.h"

#include <glib.h>

#define KIB G_GINT64_CONSTANT (1024)
#define MS G_GINT64_CONSTANT (1000000)
#define S (1000 * MS)

static void
test_time_steps (void)
{
  static const struct
  {
    gint64 span;
    double width, min_px;
    gint64 step;
  } cases[] = {
    { 62 * S, 1152, 94, 10 * S },
    { 20 * S, 1100, 88, 2 * S },
    { 10, 1200, 88, 1 },
    { 30, 1200, 88, 5 },
    { 1 * S, 1000, 100, 100 * MS },
    { 1 * S, 1000, 101, 200 * MS },
    { 6 * S, 1000, 100, 1 * S },
    { 100 * S, 1000, 101, 15 * S },
    { 600 * S, 1000, 100, 60 * S },
    { 3600 * S, 600, 100, 600 * S },
    { 24 * 3600 * S, 1000, 100, 3 * 3600 * S },
    { 10 * 86400 * S, 1000, 100, 86400 * S },
    { G_MAXINT64, 1000, 100, 20000 * 86400 * S },
    { 0, 1000, 100, 1 },
    { -5, 0, 0, 1 },
    { 1 * S, 0, 100, 120 * S },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 step = tide_axis_time_step (cases[i].span, cases[i].width, cases[i].min_px);

      if (cases[i].width > 0)
        {
          g_test_message ("case %u", i);
          g_assert_cmpint (step, ==, cases[i].step);
        }
      /* No two labels touch.  */
      g_assert_cmpfloat ((double)step * MAX (cases[i].width, 1) / (double)MAX (cases[i].span, 1), >=,
                         MIN (cases[i].min_px, 1e300) * (1 - 1e-9));
    }
}

static void
test_bytes_steps (void)
{
  static const struct
  {
    gint64 span;
    double height, min_px;
    gint64 step;
  } cases[] = {
    { 800 * KIB * KIB, 200, 40, 200 * KIB * KIB },
    { 1024 * KIB, 200, 40, 500 * KIB },
    { 5 * KIB, 200, 40, KIB },
    { 4 * KIB, 200, 40, KIB },
    { 3 * KIB, 200, 40, KIB },
    { 2 * KIB, 200, 40, 500 },
    { 100, 200, 40, 20 },
    { 1, 200, 40, 1 },
    { 0, 200, 40, 1 },
    { KIB * KIB * KIB * KIB, 200, 40, 500 * KIB * KIB * KIB },
    { 3000 * KIB * KIB, 200, 40, KIB * KIB * KIB },
    { G_MAXINT64, 200, 40, 2 * KIB * KIB * KIB * KIB * KIB * KIB },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      if (cases[i].span == G_MAXINT64)
        g_assert_cmpint (tide_axis_bytes_step (cases[i].span, 200, 40), >, G_GINT64_CONSTANT (1) << 59);
      else
        g_assert_cmpint (tide_axis_bytes_step (cases[i].span, cases[i].height, cases[i].min_px), ==,
                         cases[i].step);
    }
}

static void
test_rounding (void)
{
  g_assert_cmpint (tide_axis_ceil (11, 5), ==, 15);
  g_assert_cmpint (tide_axis_ceil (10, 5), ==, 10);
  g_assert_cmpint (tide_axis_ceil (-11, 5), ==, -10);
  g_assert_cmpint (tide_axis_floor (-11, 5), ==, -15);
  g_assert_cmpint (tide_axis_floor (14, 5), ==, 10);
  g_assert_cmpint (tide_axis_ceil (G_MAXINT64, 1000), ==, G_MAXINT64);
  g_assert_cmpint (tide_axis_floor (G_MININT64, 1000), ==, G_MININT64);
}

static void
test_change (void)
{
  g_assert_cmpint (tide_axis_change (5, 3), ==, -2);
  g_assert_cmpint (tide_axis_change (G_MININT64, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (tide_axis_change (G_MAXINT64, -2), ==, G_MININT64);
}

static void
test_labels (void)
{
  static const struct
  {
    gint64 bytes, step;
    const char *label;
  } cases[] = {
    { 0, 200 * KIB * KIB, "0\302\240MiB" },
    { 600 * KIB * KIB, 200 * KIB * KIB, "600\302\240MiB" },
    { 1500 * KIB * KIB, 500 * KIB * KIB, "1\342\200\257500\302\240MiB" },
    { 2 * KIB * KIB * KIB, KIB * KIB * KIB, "2\302\240GiB" },
    { 20, 5, "20\302\240B" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *label = tide_axis_bytes_label (cases[i].bytes, cases[i].step);

      g_assert_cmpstr (label, ==, cases[i].label);
    }
}

static void
test_readout_step (void)
{
  g_assert_cmpint (tide_axis_readout_step (54.0 * MS), ==, 100 * MS);
  g_assert_cmpint (tide_axis_readout_step (0.01), ==, 1);
  g_assert_cmpint (tide_axis_readout_step (1e15), ==, S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/time-steps", test_time_steps);
  g_test_add_func ("/axis/bytes-steps", test_bytes_steps);
  g_test_add_func ("/axis/rounding", test_rounding);
  g_test_add_func ("/axis/change", test_change);
  g_test_add_func ("/axis/labels", test_labels);
  g_test_add_func ("/axis/readout-step", test_readout_step);
  return g_test_run ();
}
