#pragma once

#include "tide-timeline-view.h"

G_BEGIN_DECLS

/* What a pointer that is pressed and moved over a timeline means: plain arithmetic on px and times, without
 * events.  */

typedef enum
{
  TIDE_SPOT_NONE, /* outside of the plot */
  TIDE_SPOT_PLOT,
  TIDE_SPOT_BEGIN, /* on the selection's left handle */
  TIDE_SPOT_END,
} TideTimelineSpot;

typedef enum
{
  TIDE_DRAG_NONE,
  TIDE_DRAG_SELECT, /* makes or resizes the selection; the other edge stays at the anchor */
  TIDE_DRAG_PAN,
} TideDragKind;

typedef struct
{
  TideDragKind kind;
  gint64 anchor_ns; /* select: the edge that stays; pan: the time that stays under the pointer */
  double start_x;
  gboolean moved; /* far enough to be meant */
} TideTimelineDrag;

TideTimelineSpot
tide_timeline_spot_at (const TideTimelineLayout *layout, TideSpan selection, double x, double y);

void tide_timeline_drag_begin (TideTimelineDrag *self,
                               const TideTimelineLayout *layout,
                               TideSpan selection,
                               double x,
                               double y,
                               gboolean pan);
/* FALSE while it is still a click.  SELECTION: the new one, in order (of a select).  BY_NS: how far to pan
 * from what LAYOUT shows.  */
gboolean tide_timeline_drag_update (
    TideTimelineDrag *self, const TideTimelineLayout *layout, double x, TideSpan *selection, gint64 *by_ns);

/* Over the overview: the window is moved, or one of its edges; outside of it, it is first centred on the
 * pointer.  */
typedef enum
{
  TIDE_WINDOW_NONE,
  TIDE_WINDOW_MOVE,
  TIDE_WINDOW_BEGIN,
  TIDE_WINDOW_END,
} TideWindowPart;

typedef struct
{
  TideWindowPart part;
  TideSpan visible; /* when it began */
  double start_x;
} TideOverviewDrag;

TideWindowPart tide_overview_part_at (TideSpan whole, TideSpan visible, double width, double x);
/* Gives what is visible at once: the same, or centred on the pointer.  */
TideSpan
tide_overview_drag_begin (TideOverviewDrag *self, TideSpan whole, TideSpan visible, double width, double x);
TideSpan tide_overview_drag_update (const TideOverviewDrag *self, TideSpan whole, double width, double x);

G_END_DECLS
