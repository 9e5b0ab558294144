#pragma once

#include "tide-recording.h"
#include "tide-function-table.h"
#include "tide-theme.h"

G_BEGIN_DECLS

/* Everything that decides what the timeline looks like, and nothing else; cheap to copy, filled anew for each
 * frame.  All functions here belong to the main thread, or to whoever owns the recording.  */
typedef struct
{
  TideProcess *process;     /* borrowed; NULL: an empty chart with its axes */
  TideRecording *recording; /* borrowed; of several processes the sum is drawn as well; may be NULL */
  TideSpan visible;         /* what is seen, begin < end */
  TideSpan selection;       /* filters the tables; begin >= end: none */
  gint64 y_max;             /* bytes at the top; 0: from the visible data, rounded up */
  gboolean y_from_zero;
  gboolean live; /* draws the "now" edge */
  const TideTheme *theme;
} TideTimelineView;

/* Where things are, in px of the widget.  */
typedef struct
{
  double width, height;
  double left, right, top, bottom; /* the plot area's edges */
  gint64 y_min, y_max;             /* bytes at bottom and top */
  gint64 y_step, time_step;        /* between labels */
  TideSpan visible;                /* never empty, however strange the view's is */
} TideTimelineLayout;

void
tide_timeline_layout (const TideTimelineView *view, double width, double height, TideTimelineLayout *layout);
double tide_timeline_x_at (const TideTimelineLayout *layout, gint64 time_ns);
gint64 tide_timeline_time_at (const TideTimelineLayout *layout, double x);
double tide_timeline_y_at (const TideTimelineLayout *layout, gint64 bytes);
/* Nanoseconds in one px.  */
double tide_timeline_px_ns (const TideTimelineLayout *layout);

/* The y_max for the next frame of a view that showed PREVIOUS (0: nothing yet): grows at once, shrinks only
 * when more than half of the height would be empty, so that a live axis does not flutter.  HEIGHT: of the
 * widget.  */
gint64 tide_timeline_fit_y (const TideTimelineView *view, double height, gint64 previous);

/* Paints axes, data, gaps and marks; the selection with its handles; not the hover line (it moves without the
 * rest).  Leaves the background as it is.  */
void tide_timeline_paint (cairo_t *cr, const TideTimelineView *view, const TideTimelineLayout *layout);
/* The line, dot and card at TIME_NS.  */
void tide_timeline_paint_hover (cairo_t *cr,
                                const TideTimelineView *view,
                                const TideTimelineLayout *layout,
                                gint64 time_ns);
/* "0:31.4 · RSS 490 MiB · Snapshot “A”", as precise as a pixel; "0:31.4" where nothing is known.  Transfer
 * full.  */
char *tide_timeline_readout (const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns);

/* What is marked at TIME_NS, or within some pixels of it; NULL: nothing.  Translated, transfer full.  */
char *tide_timeline_dup_marker_text (const TideTimelineView *view,
                                     const TideTimelineLayout *layout,
                                     gint64 time_ns);

/* The whole recording, small, and above it the selection and the visible span as a window; both at once, or
 * each by itself: the first takes a look at all data.  */
void tide_overview_paint_past (
    cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height);
void tide_overview_paint_spans (
    cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height);
void
tide_overview_paint (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height);
double tide_overview_x_at (TideSpan whole, double width, gint64 time_ns);
gint64 tide_overview_time_at (TideSpan whole, double width, double x);

/* "Memory from 0:00 to 0:20: peak 512 MiB at 0:13, 96.4 MiB at the end, rises by 80 MiB."  Translated,
 * transfer full.  */
char *tide_timeline_describe (const TideTimelineView *view);

/* "exit status 0", "killed by signal 9"; NULL while it runs.  BAD (may be NULL): TRUE when it did not end
 * well.  Transfer full.  */
char *tide_timeline_dup_end_text (TideProcess *process, gboolean *bad);

G_END_DECLS
