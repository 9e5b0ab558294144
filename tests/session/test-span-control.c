#include "tide-span-control.h"

#include <math.h>

#define S G_GINT64_CONSTANT (1000000000)

static void
assert_visible (const TideSpanControl *control, gint64 begin_ns, gint64 end_ns)
{
  g_assert_cmpint (control->visible.begin_ns, ==, begin_ns);
  g_assert_cmpint (control->visible.end_ns, ==, end_ns);
}

static TideSpanControl
ended_at (gint64 end_ns)
{
  TideSpanControl control;

  tide_span_control_init (&control, FALSE);
  tide_span_control_grow (&control, end_ns);
  return control;
}

static void
test_live (void)
{
  TideSpanControl control;

  tide_span_control_init (&control, TRUE);
  g_assert_true (control.follow);
  assert_visible (&control, 0, TIDE_SPAN_MIN_LENGTH);
  tide_span_control_grow (&control, 2 * S);
  assert_visible (&control, 0, 2 * S);
  tide_span_control_grow (&control, 30 * S);
  assert_visible (&control, 0, 30 * S);
  tide_span_control_grow (&control, 31 * S);
  assert_visible (&control, 1 * S, 31 * S);
  /* Time does not go back.  */
  tide_span_control_grow (&control, 3 * S);
  assert_visible (&control, 1 * S, 31 * S);

  tide_span_control_pan (&control, -S);
  g_assert_false (control.follow);
  tide_span_control_grow (&control, 40 * S);
  assert_visible (&control, 0, 30 * S);
  tide_span_control_set_follow (&control, TRUE);
  assert_visible (&control, 10 * S, 40 * S);
  tide_span_control_grow (&control, 41 * S);
  assert_visible (&control, 11 * S, 41 * S);
  tide_span_control_stop (&control);
  g_assert_false (control.follow);
  assert_visible (&control, 11 * S, 41 * S);
  tide_span_control_set_follow (&control, TRUE);
  g_assert_false (control.follow);
}

static void
test_live_zoom (void)
{
  TideSpanControl control;

  tide_span_control_init (&control, TRUE);
  tide_span_control_grow (&control, 100 * S);
  /* At the edge: still followed, with another length.  */
  tide_span_control_zoom (&control, 100 * S, 0.5);
  g_assert_true (control.follow);
  assert_visible (&control, 85 * S, 100 * S);
  tide_span_control_grow (&control, 110 * S);
  assert_visible (&control, 95 * S, 110 * S);
  /* Elsewhere: the person looks at something.  */
  tide_span_control_zoom (&control, 100 * S, 0.5);
  g_assert_false (control.follow);
  tide_span_control_grow (&control, 120 * S);
  g_assert_cmpint (control.visible.end_ns, <, 110 * S);
}

static void
test_young_zoom_out (void)
{
  TideSpanControl control;

  tide_span_control_init (&control, TRUE);
  tide_span_control_grow (&control, 5 * S);
  tide_span_control_zoom (&control, 2 * S, 2.0);
  g_assert_true (control.follow);
  assert_visible (&control, 0, 5 * S);
  tide_span_control_grow (&control, 20 * S);
  assert_visible (&control, 0, 20 * S);
}

static void
test_live_fit (void)
{
  TideSpanControl control;

  tide_span_control_init (&control, TRUE);
  tide_span_control_grow (&control, 100 * S);
  tide_span_control_fit (&control);
  assert_visible (&control, 0, 100 * S);
  tide_span_control_grow (&control, 1000 * S);
  assert_visible (&control, 0, 1000 * S);
  tide_span_control_set_follow (&control, FALSE);
  tide_span_control_grow (&control, 1100 * S);
  assert_visible (&control, 0, 1000 * S);
  tide_span_control_set_follow (&control, TRUE);
  assert_visible (&control, 100 * S, 1100 * S);
}

/* The time under the pointer stays there.  */
static void
test_zoom (void)
{
  static const double shares[] = { 0.25, 0.5, 0.9 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      TideSpanControl control = ended_at (1000 * S);
      gint64 at_ns;
      double share;

      tide_span_control_set_visible (&control, (TideSpan){ 400 * S, 600 * S });
      at_ns = 400 * S + (gint64)(shares[i] * 200 * S);
      tide_span_control_zoom (&control, at_ns, 0.5);
      g_assert_cmpint (control.visible.end_ns - control.visible.begin_ns, ==, 100 * S);
      share = (double)(at_ns - control.visible.begin_ns) / (100.0 * S);
      g_assert_cmpfloat_with_epsilon (share, shares[i], 1e-6);
      tide_span_control_zoom (&control, at_ns, 2);
      assert_visible (&control, 400 * S, 600 * S);
    }
}

static void
test_zoom_bounds (void)
{
  TideSpanControl control = ended_at (1000 * S);

  tide_span_control_zoom (&control, 500 * S, 10);
  assert_visible (&control, 0, 1000 * S);
  for (guint i = 0; i < 200; i++)
    tide_span_control_zoom (&control, 500 * S, 0.5);
  g_assert_cmpint (control.visible.end_ns - control.visible.begin_ns, ==, TIDE_SPAN_MIN_LENGTH);
  g_assert_cmpint (ABS (control.visible.begin_ns - 500 * S), <=, TIDE_SPAN_MIN_LENGTH);
  tide_span_control_zoom (&control, 0, 1e300);
  assert_visible (&control, 0, 1000 * S);
  tide_span_control_zoom (&control, 500 * S, 0);
  tide_span_control_zoom (&control, 500 * S, -1);
  tide_span_control_zoom (&control, 500 * S, NAN);
  tide_span_control_zoom (&control, 500 * S, INFINITY);
  assert_visible (&control, 0, 1000 * S);
  tide_span_control_zoom (&control, G_MAXINT64, 0.5);
  assert_visible (&control, 500 * S, 1000 * S);
  tide_span_control_zoom (&control, G_MININT64, 0.5);
  assert_visible (&control, 500 * S, 750 * S);
}

static void
test_pan (void)
{
  TideSpanControl control = ended_at (100 * S);

  tide_span_control_pan (&control, 10 * S);
  assert_visible (&control, 0, 100 * S);
  tide_span_control_set_visible (&control, (TideSpan){ 40 * S, 60 * S });
  tide_span_control_pan (&control, 10 * S);
  assert_visible (&control, 50 * S, 70 * S);
  tide_span_control_pan (&control, G_MAXINT64);
  assert_visible (&control, 80 * S, 100 * S);
  tide_span_control_pan (&control, G_MININT64);
  assert_visible (&control, 0, 20 * S);
}

static void
test_set_visible (void)
{
  TideSpanControl control = ended_at (100 * S);

  tide_span_control_set_visible (&control, (TideSpan){ 60 * S, 40 * S });
  assert_visible (&control, 40 * S, 60 * S);
  tide_span_control_set_visible (&control, (TideSpan){ G_MININT64, G_MAXINT64 });
  assert_visible (&control, 0, 100 * S);
  tide_span_control_set_visible (&control, (TideSpan){ 50 * S, 50 * S });
  assert_visible (&control, 50 * S, 50 * S + TIDE_SPAN_MIN_LENGTH);
  tide_span_control_set_visible (&control, (TideSpan){ 500 * S, 600 * S });
  assert_visible (&control, 100 * S - TIDE_SPAN_MIN_LENGTH, 100 * S);
}

static void
test_empty (void)
{
  TideSpanControl control = ended_at (0);
  TideSpan clamped = tide_span_control_clamp (&control, (TideSpan){ -5, 5 });

  g_assert_cmpint (clamped.begin_ns, ==, 0);
  g_assert_cmpint (clamped.end_ns, ==, 0);
  tide_span_control_zoom (&control, 0, 0.5);
  tide_span_control_pan (&control, 5);
  tide_span_control_fit (&control);
  assert_visible (&control, 0, TIDE_SPAN_MIN_LENGTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/span-control/live", test_live);
  g_test_add_func ("/span-control/live-zoom", test_live_zoom);
  g_test_add_func ("/span-control/young-zoom-out", test_young_zoom_out);
  g_test_add_func ("/span-control/live-fit", test_live_fit);
  g_test_add_func ("/span-control/zoom", test_zoom);
  g_test_add_func ("/span-control/zoom-bounds", test_zoom_bounds);
  g_test_add_func ("/span-control/pan", test_pan);
  g_test_add_func ("/span-control/set-visible", test_set_visible);
  g_test_add_func ("/span-control/empty", test_empty);
  return g_test_run ();
}
