#include "tide-chart-fixture.h"

#include <math.h>

static TideTheme theme;

static void
test_round_trip (void)
{
  static const TideSpan spans[] = {
    { 0, 10 },
    { 0, 20 * TIDE_S },
    { 864000 * TIDE_S, 864000 * TIDE_S + 10 },
    { 0, 864000 * TIDE_S },
    { 123456789, 987654321 },
    { -5 * TIDE_S, 5 * TIDE_S },
  };
  static const double widths[] = { 100, 640, 1200, 3840 };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    for (guint j = 0; j < G_N_ELEMENTS (widths); j++)
      {
        TideTimelineView view = { .visible = spans[i], .y_from_zero = TRUE, .theme = &theme };
        TideTimelineLayout layout;
        double px_ns;

        /* Without data a span this short would be widened.  */
        g_autoptr (TideRecording) recording = tide_fixture_batch_job ();
        view.process = tide_recording_get_process (recording, 0);
        tide_timeline_layout (&view, widths[j], 300, &layout);
        px_ns = tide_timeline_px_ns (&layout);
        g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, spans[i].begin_ns), layout.left, 1e-6);
        g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, spans[i].end_ns), layout.right, 1e-6);
        for (double x = layout.left; x <= layout.right; x += 13.37)
          {
            gint64 time_ns = tide_timeline_time_at (&layout, x);

            g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, time_ns), x, 0.51 / px_ns + 1e-6);
            /* A time that a pixel stands for comes back as itself, to the nanosecond or to what a double
             * tells apart.  */
            g_assert_cmpfloat (
                (double)ABS (tide_timeline_time_at (&layout, tide_timeline_x_at (&layout, time_ns))
                             - time_ns),
                <=, 1 + px_ns * 1e-9);
          }
      }
}

static void
test_sane (void)
{
  static const TideSpan spans[] = {
    { G_MININT64, G_MAXINT64 },     { G_MAXINT64, G_MININT64 }, { 5, 5 },
    { G_MAXINT64 - 1, G_MAXINT64 }, { 0, G_MAXINT64 },
  };
  static const double sizes[] = { 0, 1, 7, 50, 200, 1200 };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
        {
          TideTimelineView view = { .visible = spans[i], .theme = &theme };
          TideTimelineLayout layout;

          tide_timeline_layout (&view, sizes[j], sizes[k], &layout);
          g_assert_cmpfloat (layout.left, <, layout.right);
          g_assert_cmpfloat (layout.top, <, layout.bottom);
          g_assert_cmpint (layout.y_min, <, layout.y_max);
          g_assert_cmpint (layout.visible.begin_ns, <, layout.visible.end_ns);
          g_assert_cmpint (layout.time_step, >, 0);
          g_assert_cmpint (layout.y_step, >, 0);
          g_assert_true (isfinite (tide_timeline_x_at (&layout, G_MAXINT64)));
          g_assert_true (isfinite (tide_timeline_y_at (&layout, G_MAXINT64)));
          tide_timeline_time_at (&layout, NAN);
          tide_timeline_time_at (&layout, 1e300);
          tide_timeline_time_at (&layout, -1e300);
        }
}

static void
test_range (void)
{
  static const gint64 values[] = {
    0, 1, 4096, 100 * TIDE_MIB, 1 << 20, G_GINT64_CONSTANT (1) << 40, G_MAXINT64, -4096
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (gboolean zero = FALSE; zero <= TRUE; zero++)
      {
        g_autoptr (TideRecording) recording = tide_fixture_recording ();
        TideRssSample samples[] = { { 0, values[i] }, { TIDE_S, values[i] } };
        TideTimelineView view;
        TideTimelineLayout layout;

        tide_fixture_add_samples (recording, samples, 2);
        view = tide_fixture_view (recording, &theme);
        view.y_from_zero = zero;
        tide_timeline_layout (&view, 1000, 300, &layout);
        g_assert_cmpint (layout.y_min, <, layout.y_max);
        g_assert_cmpint (layout.y_min, >=, 0);
        if (values[i] >= 0 && values[i] < G_MAXINT64)
          {
            g_assert_cmpint (layout.y_min, <=, values[i]);
            g_assert_cmpint (layout.y_max, >=, values[i]);
          }
        if (zero)
          g_assert_cmpint (layout.y_min, ==, 0);
      }
}

static void
test_y_max (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_batch_job ();
  TideTimelineView view = tide_fixture_view (recording, &theme);
  TideTimelineLayout layout;

  view.y_max = 1234 * TIDE_MIB;
  tide_timeline_layout (&view, 1000, 300, &layout);
  g_assert_cmpint (layout.y_max, ==, 1234 * TIDE_MIB);
  g_assert_cmpfloat_with_epsilon (tide_timeline_y_at (&layout, layout.y_max), layout.top, 1e-6);
  g_assert_cmpfloat_with_epsilon (tide_timeline_y_at (&layout, 0), layout.bottom, 1e-6);
}

/* Grows at once, shrinks late.  */
static void
test_fit_y (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_recording ();
  TideRssSample samples[] = { { 0, 100 * TIDE_MIB },
                              { TIDE_S, 1000 * TIDE_MIB },
                              { 2 * TIDE_S, 700 * TIDE_MIB },
                              { 3 * TIDE_S, 100 * TIDE_MIB } };
  TideTimelineView view;
  gint64 first, high, after, low;

  tide_fixture_add_samples (recording, samples, 4);
  view = tide_fixture_view (recording, &theme);
  view.visible = (TideSpan){ 0, TIDE_S / 2 };
  first = tide_timeline_fit_y (&view, 300, 0);
  g_assert_cmpint (first, >=, 110 * TIDE_MIB);
  view.visible = (TideSpan){ 0, 2 * TIDE_S };
  high = tide_timeline_fit_y (&view, 300, first);
  g_assert_cmpint (high, >=, 1100 * TIDE_MIB);
  view.visible = (TideSpan){ 2 * TIDE_S + 1, 3 * TIDE_S };
  after = tide_timeline_fit_y (&view, 300, high);
  g_assert_cmpint (after, ==, high);
  view.visible = (TideSpan){ 3 * TIDE_S, 3 * TIDE_S + 1 };
  low = tide_timeline_fit_y (&view, 300, high);
  g_assert_cmpint (low, <, high / 2);
  view.process = NULL;
  g_assert_cmpint (tide_timeline_fit_y (&view, 300, 0), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tide_theme_init (&theme, FALSE);
  g_test_add_func ("/timeline-layout/round-trip", test_round_trip);
  g_test_add_func ("/timeline-layout/sane", test_sane);
  g_test_add_func ("/timeline-layout/range", test_range);
  g_test_add_func ("/timeline-layout/y-max", test_y_max);
  g_test_add_func ("/timeline-layout/fit-y", test_fit_y);
  return g_test_run ();
}
