#include "config.h"

#include "tide-axis.h"

#include "tide-format.h"

#include <glib/gi18n-lib.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const gint64 clock_steps[] = {
  1 * SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  1 * HOUR,   2 * HOUR,   3 * HOUR,   6 * HOUR,    12 * HOUR,
};

static const int decade[] = { 1, 2, 5 };

/* How much must lie between two ticks so that they are MIN_PX apart.  */
static double
wanted_distance (gint64 span, double size_px, double min_px)
{
  return (double)MAX (span, 1) * MAX (min_px, 1) / MAX (size_px, 1);
}

/* The smallest 1-2-5 multiple of UNIT that is at least WANTED.  */
static gint64
decimal_step (gint64 unit, double wanted)
{
  for (gint64 power = unit;; power *= 10)
    {
      for (guint i = 0; i < G_N_ELEMENTS (decade); i++)
        if ((double)(power * decade[i]) >= wanted)
          return power * decade[i];
      if (power > G_MAXINT64 / 100)
        return power;
    }
}

gint64
tide_axis_time_step (gint64 span_ns, double width_px, double min_px)
{
  double wanted = wanted_distance (span_ns, width_px, min_px);

  if (wanted <= (double)SECOND / 2)
    return decimal_step (1, wanted);
  for (guint i = 0; i < G_N_ELEMENTS (clock_steps); i++)
    if ((double)clock_steps[i] >= wanted)
      return clock_steps[i];
  return decimal_step (DAY, wanted);
}

gint64
tide_axis_bytes_step (gint64 span_bytes, double height_px, double min_px)
{
  double wanted = wanted_distance (span_bytes, height_px, min_px);
  gint64 unit;

  for (unit = 1; unit < G_GINT64_CONSTANT (1) << 60; unit <<= 10)
    for (gint64 power = unit; power <= 100 * unit; power *= 10)
      for (guint i = 0; i < G_N_ELEMENTS (decade); i++)
        if ((double)(power * decade[i]) >= wanted)
          return power * decade[i];
  return unit;
}

gint64
tide_axis_floor (gint64 value, gint64 step)
{
  gint64 rest = value % step;

  if (rest < 0)
    rest += step;
  return value < G_MININT64 + rest ? G_MININT64 : value - rest;
}

gint64
tide_axis_ceil (gint64 value, gint64 step)
{
  gint64 below = tide_axis_floor (value, step);

  if (below == value)
    return value;
  return below > G_MAXINT64 - step ? G_MAXINT64 : below + step;
}

gint64
tide_axis_change (gint64 from, gint64 to)
{
  gint64 change;

  if (__builtin_sub_overflow (to, from, &change))
    return to > from ? G_MAXINT64 : G_MININT64;
  return change;
}

char *
tide_axis_bytes_label (gint64 bytes, gint64 step)
{
  static const char *const units[] = { N_ ("B"),   N_ ("KiB"), N_ ("MiB"), N_ ("GiB"),
                                       N_ ("TiB"), N_ ("PiB"), N_ ("EiB") };
  g_autofree char *count = NULL;
  guint unit = 0;

  while (unit + 1 < G_N_ELEMENTS (units) && step >= G_GINT64_CONSTANT (1) << (10 * (unit + 1)))
    unit++;
  count = tide_format_count ((guint64)MAX (bytes, 0) >> (10 * unit));
  /* TRANSLATORS: a number and its unit, as in "512 MiB".  */
  return g_strdup_printf (C_ ("axis", "%s\302\240%s"), count, _ (units[unit]));
}

gint64
tide_axis_readout_step (double px_ns)
{
  gint64 step = 1;

  while ((double)step < px_ns && step < SECOND)
    step *= 10;
  return step;
}
