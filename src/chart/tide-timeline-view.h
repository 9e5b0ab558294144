#pragma once

#include "tide-process.h"
#include "tide-function-table.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Everything that decides what the timeline looks like, and nothing else; cheap to copy, filled anew for each frame.  */
typedef struct
{
  gboolean dark;
  gboolean high_contrast;
  double font_size; /* px of the labels */
  const char *font; /* family */
  double accent[3];
} TideTheme;

typedef struct
{
  TideProcess *process;      /* borrowed; NULL: an empty chart with its axes */
  TideSpan visible;          /* what is seen, begin < end */
  TideSpan selection;        /* filters the tables; begin >= end: none */
  gint64 y_max;              /* bytes at the top; 0: from the visible data, rounded up */
  gboolean y_from_zero;
  gboolean live;             /* draws the "now" edge */
  const TideTheme *theme;
} TideTimelineView;

/* Where things are, in px of the widget.  */
typedef struct
{
  double width, height;
  double left, right, top, bottom; /* the plot area's edges */
  gint64 y_min, y_max;             /* bytes at bottom and top */
  TideSpan visible;
} TideTimelineLayout;

void tide_timeline_layout (const TideTimelineView *view, double width, double height, TideTimelineLayout *layout);
double tide_timeline_x_at (const TideTimelineLayout *layout, gint64 time_ns);
gint64 tide_timeline_time_at (const TideTimelineLayout *layout, double x);
double tide_timeline_y_at (const TideTimelineLayout *layout, gint64 bytes);

/* Paints axes, data, gaps and marks; the selection with its handles; not the hover line (it moves without the rest).  */
void tide_timeline_paint (cairo_t *cr, const TideTimelineView *view, const TideTimelineLayout *layout);
/* The line, dot and card at TIME_NS.  */
void tide_timeline_paint_hover (cairo_t *cr, const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns);
/* The whole recording, small, with the visible span as a window.  */
void tide_overview_paint (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height);

/* "Memory from 0:00 to 0:20: peak 512 MiB at 0:13, 96.4 MiB at the end, rises by 80 MiB."  Translated, transfer full.  */
char *tide_timeline_describe (const TideTimelineView *view);

void tide_theme_init (TideTheme *theme, gboolean dark);

G_END_DECLS
