#pragma once

#include "tide-gaps.h"
#include "tide-text.h"
#include "tide-timeline-view.h"

G_BEGIN_DECLS

/* A gap is drawn at least as wide; nearer ones are one.  */
#define TIDE_GAP_MIN_PX 4

/* Inside of the timeline's painter: what its parts share.  Not for others.  */
typedef struct
{
  cairo_t *cr;
  const TideTimelineView *view;
  const TideTimelineLayout *layout;
  const TideTheme *theme;
  TideText text;
  double scale_x, scale_y;
  double flag_begin, flag_end; /* what the row above the plot is taken for */
} TidePainter;

/* Adds a line one px wide, on whole device pixels, to the path.  */
void tide_painter_hairline_x (TidePainter *self, double x, double top, double bottom);
void tide_painter_hairline_y (TidePainter *self, double y, double left, double right);
void tide_painter_stroke_hairlines (TidePainter *self, TideInk ink);

/* tide-timeline-marks.c: what is not axes and data.  */
void tide_painter_selection_tint (TidePainter *self);
void tide_painter_selection (TidePainter *self);
void tide_painter_gaps (TidePainter *self, GArray *gaps);
void tide_painter_peak (TidePainter *self);
void tide_painter_end (TidePainter *self);

/* tide-timeline-markers.c: collections, and what the program marked.  */
void tide_painter_markers (TidePainter *self);

G_END_DECLS
