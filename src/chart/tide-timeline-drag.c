#include "config.h"

#include "tide-timeline-drag.h"

#include <math.h>

/* How near to a handle takes it.  */
#define REACH_PX 7

/* Less is a hand that shook.  */
#define CLICK_PX 4

TideTimelineSpot
tide_timeline_spot_at (const TideTimelineLayout *layout, TideSpan selection, double x, double y)
{
  double to_begin, to_end;

  if (x < layout->left - REACH_PX || x > layout->right + REACH_PX || y < 0 || y > layout->height)
    return TIDE_SPOT_NONE;
  if (selection.begin_ns < selection.end_ns && y <= layout->bottom)
    {
      to_begin = fabs (tide_timeline_x_at (layout, selection.begin_ns) - x);
      to_end = fabs (tide_timeline_x_at (layout, selection.end_ns) - x);
      if (MIN (to_begin, to_end) <= REACH_PX)
        return to_begin < to_end ? TIDE_SPOT_BEGIN : TIDE_SPOT_END;
    }
  return x < layout->left || x > layout->right ? TIDE_SPOT_NONE : TIDE_SPOT_PLOT;
}

/* The time at X, within what is seen, with as few digits as a pixel can tell apart: edges read "0:20.01", not
 * "0:20.013427".  */
static gint64
round_time_at (const TideTimelineLayout *layout, double x)
{
  double px_ns = tide_timeline_px_ns (layout);
  gint64 time_ns = tide_timeline_time_at (layout, CLAMP (x, layout->left, layout->right));
  gint64 step = 1, rest;

  while (step < G_GINT64_CONSTANT (1000000000) && (double)step * 10 <= px_ns)
    step *= 10;
  rest = time_ns % step;
  if (rest < 0)
    rest += step;
  time_ns += rest * 2 >= step ? step - rest : -rest;
  return CLAMP (time_ns, layout->visible.begin_ns, layout->visible.end_ns);
}

void
tide_timeline_drag_begin (TideTimelineDrag *self,
                          const TideTimelineLayout *layout,
                          TideSpan selection,
                          double x,
                          double y,
                          gboolean pan)
{
  TideTimelineSpot spot = tide_timeline_spot_at (layout, selection, x, y);

  *self = (TideTimelineDrag){ .kind = TIDE_DRAG_SELECT, .start_x = x };
  if (pan)
    {
      self->kind = TIDE_DRAG_PAN;
      self->anchor_ns = tide_timeline_time_at (layout, x);
    }
  else if (spot == TIDE_SPOT_NONE)
    self->kind = TIDE_DRAG_NONE;
  else if (spot == TIDE_SPOT_BEGIN)
    self->anchor_ns = selection.end_ns;
  else if (spot == TIDE_SPOT_END)
    self->anchor_ns = selection.begin_ns;
  else
    self->anchor_ns = round_time_at (layout, x);
}

gboolean
tide_timeline_drag_update (
    TideTimelineDrag *self, const TideTimelineLayout *layout, double x, TideSpan *selection, gint64 *by_ns)
{
  if (self->kind == TIDE_DRAG_NONE || (!self->moved && fabs (x - self->start_x) < CLICK_PX))
    return FALSE;
  self->moved = TRUE;
  if (self->kind == TIDE_DRAG_PAN)
    *by_ns = self->anchor_ns - tide_timeline_time_at (layout, x);
  else
    {
      gint64 other = round_time_at (layout, x);

      *selection = (TideSpan){ MIN (self->anchor_ns, other), MAX (self->anchor_ns, other) };
    }
  return TRUE;
}

TideWindowPart
tide_overview_part_at (TideSpan whole, TideSpan visible, double width, double x)
{
  double begin = tide_overview_x_at (whole, width, visible.begin_ns);
  double end = tide_overview_x_at (whole, width, visible.end_ns);
  /* Of a narrow window the middle third stays for moving it.  */
  double inside = MIN (REACH_PX, (end - begin) / 3);

  if (x < begin - REACH_PX || x > end + REACH_PX)
    return TIDE_WINDOW_NONE;
  if (x <= begin + inside)
    return TIDE_WINDOW_BEGIN;
  if (x >= end - inside)
    return TIDE_WINDOW_END;
  return TIDE_WINDOW_MOVE;
}

/* SPAN moved by BY_NS, as far as WHOLE lets it.  */
static TideSpan
move_within (TideSpan whole, TideSpan span, gint64 by_ns)
{
  by_ns = MIN (by_ns, whole.end_ns - span.end_ns);
  by_ns = MAX (by_ns, whole.begin_ns - span.begin_ns);
  return (TideSpan){ span.begin_ns + by_ns, span.end_ns + by_ns };
}

TideSpan
tide_overview_drag_begin (TideOverviewDrag *self, TideSpan whole, TideSpan visible, double width, double x)
{
  self->part = tide_overview_part_at (whole, visible, width, x);
  self->start_x = x;
  if (self->part == TIDE_WINDOW_NONE)
    {
      gint64 middle = visible.begin_ns + (visible.end_ns - visible.begin_ns) / 2;

      self->part = TIDE_WINDOW_MOVE;
      visible = move_within (whole, visible, tide_overview_time_at (whole, width, x) - middle);
    }
  self->visible = visible;
  return visible;
}

TideSpan
tide_overview_drag_update (const TideOverviewDrag *self, TideSpan whole, double width, double x)
{
  gint64 by_ns =
      tide_overview_time_at (whole, width, x) - tide_overview_time_at (whole, width, self->start_x);
  TideSpan span = self->visible;

  if (self->part == TIDE_WINDOW_MOVE)
    return move_within (whole, span, by_ns);
  if (self->part == TIDE_WINDOW_BEGIN)
    span.begin_ns = CLAMP (span.begin_ns + by_ns, whole.begin_ns, span.end_ns - 1);
  else if (self->part == TIDE_WINDOW_END)
    span.end_ns = CLAMP (span.end_ns + by_ns, span.begin_ns + 1, MAX (whole.end_ns, span.begin_ns + 1));
  return span;
}
