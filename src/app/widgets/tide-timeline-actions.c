#include "config.h"

#include "tide-timeline-private.h"

#include <math.h>

/* One press of an arrow.  */
#define CURSOR_STEP_PX 8

/* One click of the wheel, as a share of what is seen; of a touchpad one px.  */
#define WHEEL_ZOOM 0.20
#define WHEEL_ZOOM_FINE 0.05
#define WHEEL_ZOOM_FAST 0.60
#define WHEEL_PAN 0.08
#define SMOOTH_ZOOM 0.006

void
tide_timeline_point_at (TideTimeline *self, double x, double y)
{
  TideTimelineLayout layout;
  TideTimelineSpot spot;
  const char *shape = NULL;

  /* GTK tells again where a resting pointer is when anything has moved: that must not take the cursor from
   * the keys.  */
  if (self->cursor == TIDE_CURSOR_KEYS && x == self->pointer_x && y == self->pointer_y)
    return;
  tide_timeline_get_layout (self, &layout);
  self->pointer_x = x;
  self->pointer_y = y;
  spot = tide_timeline_spot_at (&layout, tide_session_get_selection (self->session), x, y);
  if (self->drag.kind == TIDE_DRAG_PAN)
    shape = "grabbing";
  else if (spot == TIDE_SPOT_BEGIN || spot == TIDE_SPOT_END)
    shape = "ew-resize";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), shape);
  if (spot == TIDE_SPOT_NONE && self->drag.kind == TIDE_DRAG_NONE)
    tide_timeline_set_cursor (self, TIDE_CURSOR_NONE, 0);
  else
    tide_timeline_set_cursor (self, TIDE_CURSOR_POINTER,
                              tide_timeline_time_at (&layout, CLAMP (x, layout.left, layout.right)));
}

void
tide_timeline_point_away (TideTimeline *self)
{
  self->pointer_x = self->pointer_y = -1;
  if (self->cursor == TIDE_CURSOR_POINTER)
    tide_timeline_set_cursor (self, TIDE_CURSOR_NONE, 0);
}

void
tide_timeline_begin_drag (TideTimeline *self, double x, double y, gboolean pan)
{
  TideTimelineLayout layout;

  tide_timeline_get_layout (self, &layout);
  tide_timeline_drag_begin (&self->drag, &layout, tide_session_get_selection (self->session), x, y, pan);
}

void
tide_timeline_update_drag (TideTimeline *self, double x)
{
  TideTimelineLayout layout;
  TideSpan selection;
  gint64 by_ns;

  tide_timeline_get_layout (self, &layout);
  if (!tide_timeline_drag_update (&self->drag, &layout, x, &selection, &by_ns))
    return;
  if (self->drag.kind == TIDE_DRAG_PAN)
    tide_session_pan (self->session, by_ns);
  else
    tide_session_set_selection (self->session, selection);
}

void
tide_timeline_end_drag (TideTimeline *self, double x)
{
  TideDragKind kind = self->drag.kind;

  tide_timeline_update_drag (self, x);
  self->drag.kind = TIDE_DRAG_NONE;
  self->cleared = (TideSpan){ 0, 0 };
  if (kind != TIDE_DRAG_SELECT || self->drag.moved)
    return;
  self->cleared = tide_session_get_selection (self->session);
  tide_session_clear_selection (self->session);
}

void
tide_timeline_double_click (TideTimeline *self, double x)
{
  if (self->cleared.begin_ns < self->cleared.end_ns)
    tide_session_set_selection (self->session, self->cleared);
  self->drag.kind = TIDE_DRAG_NONE;
  if (tide_session_has_selection (self->session))
    tide_session_zoom_to_selection (self->session);
  else
    tide_session_fit (self->session);
}

void
tide_timeline_zoom_at (TideTimeline *self, double x, double factor)
{
  TideTimelineLayout layout;
  gint64 at_ns;

  tide_timeline_get_layout (self, &layout);
  if (x >= 0)
    at_ns = tide_timeline_time_at (&layout, CLAMP (x, layout.left, layout.right));
  else if (self->cursor != TIDE_CURSOR_NONE && self->cursor_ns >= layout.visible.begin_ns
           && self->cursor_ns <= layout.visible.end_ns)
    at_ns = self->cursor_ns;
  else if (tide_session_get_follow (self->session))
    at_ns = layout.visible.end_ns;
  else
    at_ns = layout.visible.begin_ns + (layout.visible.end_ns - layout.visible.begin_ns) / 2;
  tide_session_zoom (self->session, at_ns, factor);
}

void
tide_timeline_scroll (TideTimeline *self, double dx, double dy, gboolean smooth, GdkModifierType state)
{
  TideTimelineLayout layout;
  double speed = WHEEL_ZOOM;

  tide_timeline_get_layout (self, &layout);
  if (dx != 0)
    {
      double px = smooth ? dx : dx * WHEEL_PAN * (layout.right - layout.left);

      tide_session_pan (self->session, (gint64)(px * tide_timeline_px_ns (&layout)));
    }
  if ((state & GDK_CONTROL_MASK) != 0)
    speed = WHEEL_ZOOM_FINE;
  else if ((state & GDK_SHIFT_MASK) != 0)
    speed = WHEEL_ZOOM_FAST;
  if (dy != 0)
    tide_timeline_zoom_at (self, self->pointer_x, exp (dy * speed * (smooth ? SMOOTH_ZOOM / WHEEL_ZOOM : 1)));
}

/* Pans so that TIME_NS is seen, if it is not.  */
static void
reveal (TideTimeline *self, gint64 time_ns)
{
  TideSpan visible = tide_session_get_visible (self->session);
  gint64 margin = (visible.end_ns - visible.begin_ns) / 20;

  if (time_ns < visible.begin_ns)
    tide_session_pan (self->session, time_ns - visible.begin_ns - margin);
  else if (time_ns > visible.end_ns)
    tide_session_pan (self->session, time_ns - visible.end_ns + margin);
}

void
tide_timeline_set_cursor_time (TideTimeline *self, gint64 time_ns)
{
  TideSpan whole = tide_session_get_whole (self->session);

  time_ns = CLAMP (time_ns, whole.begin_ns, whole.end_ns);
  self->cursor_anchor_ns = time_ns;
  reveal (self, time_ns);
  tide_timeline_set_cursor (self, TIDE_CURSOR_KEYS, time_ns);
}

void
tide_timeline_move_cursor (TideTimeline *self, int steps, gboolean select)
{
  TideTimelineLayout layout;
  gint64 from, to, anchor;

  tide_timeline_get_layout (self, &layout);
  from = layout.visible.begin_ns + (layout.visible.end_ns - layout.visible.begin_ns) / 2;
  if (self->cursor != TIDE_CURSOR_NONE && self->cursor_ns >= layout.visible.begin_ns
      && self->cursor_ns <= layout.visible.end_ns)
    from = self->cursor_ns;
  if (self->cursor != TIDE_CURSOR_KEYS)
    self->cursor_anchor_ns = from;
  anchor = select ? self->cursor_anchor_ns : 0;
  to = from + (gint64)(steps * CURSOR_STEP_PX * tide_timeline_px_ns (&layout));
  if (to == from)
    to += steps;
  tide_timeline_set_cursor_time (self, to);
  if (!select)
    return;
  self->cursor_anchor_ns = anchor;
  tide_session_set_selection (self->session,
                              (TideSpan){ MIN (anchor, self->cursor_ns), MAX (anchor, self->cursor_ns) });
}

void
tide_timeline_go_to_peak (TideTimeline *self)
{
  TideProcess *process = tide_session_get_process (self->session);
  gint64 time_ns, value;

  if (process != NULL && tide_series_peak (tide_process_get_rss (process), &time_ns, &value))
    tide_timeline_set_cursor_time (self, time_ns);
}
