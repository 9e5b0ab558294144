#include "tide-timeline-drag.h"

#include "tide-chart-fixture.h"

static TideTheme theme;
static TideTimelineLayout layout;

static const TideSpan none = { 0, 0 };
static const TideSpan selection = { 20 * TIDE_S, 44 * TIDE_S };

static void
test_spots (void)
{
  double begin = tide_timeline_x_at (&layout, selection.begin_ns),
         end = tide_timeline_x_at (&layout, selection.end_ns);
  const struct
  {
    double x, y;
    TideTimelineSpot spot;
  } cases[] = {
    { begin, 100, TIDE_SPOT_BEGIN },
    { begin - 5, 100, TIDE_SPOT_BEGIN },
    { begin + 5, 100, TIDE_SPOT_BEGIN },
    { begin + 20, 100, TIDE_SPOT_PLOT },
    { end + 5, 100, TIDE_SPOT_END },
    { end + 20, 100, TIDE_SPOT_PLOT },
    { begin, layout.bottom + 5, TIDE_SPOT_PLOT },
    { layout.left - 20, 100, TIDE_SPOT_NONE },
    { layout.right + 14, 100, TIDE_SPOT_NONE },
    { 500, -1, TIDE_SPOT_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_cmpint (tide_timeline_spot_at (&layout, selection, cases[i].x, cases[i].y), ==, cases[i].spot);
    }
  g_assert_cmpint (tide_timeline_spot_at (&layout, none, begin, 100), ==, TIDE_SPOT_PLOT);
  /* Of two handles at one place the right one is taken, so that the selection can be opened again.  */
  g_assert_cmpint (tide_timeline_spot_at (&layout, (TideSpan){ TIDE_S, TIDE_S + 1 },
                                          tide_timeline_x_at (&layout, TIDE_S) + 1, 100),
                   ==, TIDE_SPOT_END);
}

static void
test_click (void)
{
  TideTimelineDrag drag;
  TideSpan span;
  gint64 by_ns;

  tide_timeline_drag_begin (&drag, &layout, none, 500, 100, FALSE);
  g_assert_false (tide_timeline_drag_update (&drag, &layout, 502, &span, &by_ns));
  g_assert_false (drag.moved);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, 510, &span, &by_ns));
  /* Once it is a drag it stays one, also back where it began.  */
  g_assert_true (tide_timeline_drag_update (&drag, &layout, 501, &span, &by_ns));
}

static void
test_select (void)
{
  TideTimelineDrag drag;
  TideSpan span, back;
  gint64 by_ns;

  tide_timeline_drag_begin (&drag, &layout, none, 500, 100, FALSE);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, 700, &span, &by_ns));
  g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, span.begin_ns), 500, 0.6);
  g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, span.end_ns), 700, 0.6);
  /* No more digits than a pixel tells apart: one is 50 ms or more here.  */
  g_assert_cmpint (span.begin_ns % (10 * TIDE_MS), ==, 0);
  g_assert_cmpint (span.end_ns % (10 * TIDE_MS), ==, 0);
  /* To the left of the start, and beyond the edge.  */
  g_assert_true (tide_timeline_drag_update (&drag, &layout, -300, &back, &by_ns));
  g_assert_cmpint (back.begin_ns, ==, 0);
  g_assert_cmpint (back.end_ns, ==, span.begin_ns);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, 1e6, &back, &by_ns));
  g_assert_cmpint (back.end_ns, ==, layout.visible.end_ns);
}

static void
test_handles (void)
{
  TideTimelineDrag drag;
  TideSpan span;
  gint64 by_ns;
  double begin = tide_timeline_x_at (&layout, selection.begin_ns),
         end = tide_timeline_x_at (&layout, selection.end_ns);

  tide_timeline_drag_begin (&drag, &layout, selection, begin + 3, 100, FALSE);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, begin - 50, &span, &by_ns));
  g_assert_cmpint (span.end_ns, ==, selection.end_ns);
  g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, span.begin_ns), begin - 50, 0.6);
  /* Over the other edge they change places.  */
  g_assert_true (tide_timeline_drag_update (&drag, &layout, end + 50, &span, &by_ns));
  g_assert_cmpint (span.begin_ns, ==, selection.end_ns);
  tide_timeline_drag_begin (&drag, &layout, selection, end, 100, FALSE);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, end + 30, &span, &by_ns));
  g_assert_cmpint (span.begin_ns, ==, selection.begin_ns);
}

static void
test_pan (void)
{
  TideTimelineDrag drag;
  TideSpan span;
  gint64 by_ns;

  tide_timeline_drag_begin (&drag, &layout, selection, 500, 100, TRUE);
  g_assert_true (tide_timeline_drag_update (&drag, &layout, 600, &span, &by_ns));
  g_assert_cmpfloat_with_epsilon ((double)by_ns, -100 * tide_timeline_px_ns (&layout), 2);
  tide_timeline_drag_begin (&drag, &layout, selection, layout.left - 30, 100, FALSE);
  g_assert_false (tide_timeline_drag_update (&drag, &layout, 600, &span, &by_ns));
}

static void
test_overview (void)
{
  const TideSpan whole = { 0, 100 * TIDE_S }, visible = { 40 * TIDE_S, 60 * TIDE_S };
  TideOverviewDrag drag;
  TideSpan span;
  double begin = tide_overview_x_at (whole, 1000, visible.begin_ns),
         end = tide_overview_x_at (whole, 1000, visible.end_ns);

  g_assert_cmpint (tide_overview_part_at (whole, visible, 1000, begin), ==, TIDE_WINDOW_BEGIN);
  g_assert_cmpint (tide_overview_part_at (whole, visible, 1000, end), ==, TIDE_WINDOW_END);
  g_assert_cmpint (tide_overview_part_at (whole, visible, 1000, (begin + end) / 2), ==, TIDE_WINDOW_MOVE);
  g_assert_cmpint (tide_overview_part_at (whole, visible, 1000, end + 50), ==, TIDE_WINDOW_NONE);

  span = tide_overview_drag_begin (&drag, whole, visible, 1000, (begin + end) / 2);
  g_assert_cmpint (span.begin_ns, ==, visible.begin_ns);
  span = tide_overview_drag_update (&drag, whole, 1000, (begin + end) / 2 + 99);
  g_assert_cmpint (span.begin_ns, ==, 50 * TIDE_S);
  g_assert_cmpint (span.end_ns, ==, 70 * TIDE_S);
  /* Up to the edge, as long as it was.  */
  span = tide_overview_drag_update (&drag, whole, 1000, 1e6);
  g_assert_cmpint (span.begin_ns, ==, 80 * TIDE_S);
  g_assert_cmpint (span.end_ns, ==, 100 * TIDE_S);

  tide_overview_drag_begin (&drag, whole, visible, 1000, begin);
  span = tide_overview_drag_update (&drag, whole, 1000, begin - 99);
  g_assert_cmpint (span.begin_ns, ==, 30 * TIDE_S);
  g_assert_cmpint (span.end_ns, ==, 60 * TIDE_S);
  span = tide_overview_drag_update (&drag, whole, 1000, 1e6);
  g_assert_cmpint (span.begin_ns, <, span.end_ns);
  tide_overview_drag_begin (&drag, whole, visible, 1000, end);
  span = tide_overview_drag_update (&drag, whole, 1000, -1e6);
  g_assert_cmpint (span.begin_ns, <, span.end_ns);

  span =
      tide_overview_drag_begin (&drag, whole, visible, 1000, tide_overview_x_at (whole, 1000, 80 * TIDE_S));
  g_assert_cmpint (span.begin_ns, ==, 70 * TIDE_S);
  g_assert_cmpint (drag.part, ==, TIDE_WINDOW_MOVE);
}

int
main (int argc, char **argv)
{
  TideTimelineView view = { .visible = { 0, 62 * TIDE_S }, .theme = &theme };

  g_test_init (&argc, &argv, NULL);
  tide_theme_init (&theme, FALSE);
  tide_timeline_layout (&view, 1200, 300, &layout);
  g_test_add_func ("/timeline-drag/spots", test_spots);
  g_test_add_func ("/timeline-drag/click", test_click);
  g_test_add_func ("/timeline-drag/select", test_select);
  g_test_add_func ("/timeline-drag/handles", test_handles);
  g_test_add_func ("/timeline-drag/pan", test_pan);
  g_test_add_func ("/timeline-drag/overview", test_overview);
  return g_test_run ();
}
