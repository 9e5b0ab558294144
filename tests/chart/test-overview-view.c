#include "tide-chart-fixture.h"

#include <math.h>

static void
test_round_trip (void)
{
  static const TideSpan wholes[] = { { 0, 20 * TIDE_S }, { 0, 1000 }, { 5, 864000 * TIDE_S } };

  for (guint i = 0; i < G_N_ELEMENTS (wholes); i++)
    for (double x = 5; x <= 995; x += 11)
      {
        gint64 time_ns = tide_overview_time_at (wholes[i], 1000, x);

        g_assert_cmpfloat_with_epsilon (tide_overview_x_at (wholes[i], 1000, time_ns), x, 0.5);
      }
  /* Outside is the nearest end.  */
  g_assert_cmpint (tide_overview_time_at (wholes[0], 1000, -100), ==, 0);
  g_assert_cmpint (tide_overview_time_at (wholes[0], 1000, 5000), ==, 20 * TIDE_S);
}

static void
test_window (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_batch_job ();
  TideTheme theme;
  TideTimelineView view = tide_fixture_view (recording, &theme);
  TideSpan whole = view.visible;
  cairo_surface_t *surface;
  cairo_t *cr;
  int begin, end;

  tide_theme_init (&theme, FALSE);
  view.visible = (TideSpan){ 5 * TIDE_S, 10 * TIDE_S };
  surface = tide_fixture_surface (&theme, 800, 40, 1);
  cr = cairo_create (surface);
  tide_overview_paint (cr, &view, whole, 800, 40);
  cairo_destroy (cr);
  begin = (int)tide_overview_x_at (whole, 800, view.visible.begin_ns);
  end = (int)tide_overview_x_at (whole, 800, view.visible.end_ns);
  g_assert_cmpuint (tide_fixture_distance (tide_fixture_pixel (surface, (begin + end) / 2, 2),
                                           tide_fixture_ink (&theme, TIDE_INK_ACCENT)),
                    <, 60);
  /* The past is darker inside of the window than outside.  */
  g_assert_cmpuint (tide_fixture_distance (tide_fixture_pixel (surface, end - 20, 33),
                                           tide_fixture_ink (&theme, TIDE_INK_BACKGROUND)),
                    >,
                    tide_fixture_distance (tide_fixture_pixel (surface, end + 200, 33),
                                           tide_fixture_ink (&theme, TIDE_INK_BACKGROUND)));
  g_assert_cmpuint (tide_fixture_distance (tide_fixture_pixel (surface, end + 200, 33),
                                           tide_fixture_ink (&theme, TIDE_INK_BACKGROUND)),
                    >, 10);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overview-view/round-trip", test_round_trip);
  g_test_add_func ("/overview-view/window", test_window);
  return g_test_run ();
}
