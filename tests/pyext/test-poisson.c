#include "tide-poisson.h"

#include <glib.h>
#include <math.h>

static void
test_chance (void)
{
  static const guint64 sizes[] = {
    1, 16, 500, 65536, 524288, 1000000, 20000000, G_GUINT64_CONSTANT (1) << 44
  };
  static const guint64 means[] = { 1024, 524288, G_GUINT64_CONSTANT (1) << 40 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (means); k++)
      {
        double expected = -expm1 (-(double)sizes[i] / (double)means[k]);

        g_assert_cmpfloat_with_epsilon (tide_poisson_chance (sizes[i], means[k]) / expected, 1, 1e-12);
      }
}

/* Mean and variance of an exponential; of 400,000 draws each is off by more than 7 standard deviations once
 * in 10^11 runs.  */
static void
test_distance (void)
{
  const guint n = 400000;
  const double mean = 524288;
  guint64 random = 88172645463325252;
  double sum = 0, squares = 0;

  for (guint i = 0; i < n; i++)
    {
      double distance = (double)tide_poisson_distance (&random, (guint64)mean);

      g_assert_cmpfloat (distance, >=, 0);
      sum += distance;
      squares += distance * distance;
    }
  g_assert_cmpfloat (fabs (sum / n / mean - 1), <, 7 / sqrt (n));
  /* The square of an exponential has the variance 20 mean^4.  */
  g_assert_cmpfloat (fabs (squares / n / (2 * mean * mean) - 1), <, 7 * sqrt (20. / 4 / n));
}

/* Blocks of all sizes, sampled and weighed as the sampler does: the estimates of many runs do not lean to one
 * side, and are off as far as their own variances say.  */
static void
test_unbiased (void)
{
  const guint n_runs = 200, n_blocks = 20000;
  const guint64 mean = 65536;
  g_autoptr (GRand) sizes = g_rand_new ();
  guint64 random = 1;
  double sum = 0, variance = 0, estimated = 0, truth = 0;

  for (guint run = 0; run < n_runs; run++)
    {
      gint64 left = tide_poisson_distance (&random, mean);

      g_rand_set_seed (sizes, 7);
      for (guint i = 0; i < n_blocks; i++)
        {
          guint64 size = (guint64)exp (g_rand_double_range (sizes, 0, 14));
          double p = tide_poisson_chance (size, mean), s = (double)size;

          if (run == 0)
            {
              truth += s;
              variance += s * s * (1 - p) / p;
            }
          left -= (gint64)size;
          if (left >= 0)
            continue;
          sum += s / p;
          estimated += s * s * (1 - p) / (p * p);
          left = tide_poisson_distance (&random, mean);
        }
    }
  g_assert_cmpfloat (fabs (sum / n_runs - truth), <, 7 * sqrt (variance / n_runs));
  g_assert_cmpfloat (fabs (estimated / n_runs / variance - 1), <, 0.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/poisson/chance", test_chance);
  g_test_add_func ("/poisson/distance", test_distance);
  g_test_add_func ("/poisson/unbiased", test_unbiased);
  return g_test_run ();
}
