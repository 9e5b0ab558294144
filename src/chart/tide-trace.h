#pragma once

#include "tide-columns.h"
#include "tide-theme.h"

G_BEGIN_DECLS

/* Columns as shapes: a line, and bars from least to greatest value where a column holds a peak that a line
 * would cut off.  The areas of several series are stacked by painting them from the uppermost down.  */
typedef struct
{
  GArray *points; /* pieces of line, in px of the context */
  GArray *bars;   /* one column wide                     */
  double column_width;
} TideTrace;

/* How values become px: Y = bottom - (value - y_min) * px_per_byte.  */
typedef struct
{
  double left, bottom, column_width, px_per_byte;
  gint64 y_min;
} TideTraceScale;

void tide_trace_init (TideTrace *self, const TideColumns *columns, const TideTraceScale *scale);
void tide_trace_clear (TideTrace *self);
/* Fills from the line down to BOTTOM in the context's source.  */
void tide_trace_fill (const TideTrace *self, cairo_t *cr, double bottom);
/* The line and the bars in INK, LINE_WIDTH thick.  */
void tide_trace_stroke (
    const TideTrace *self, cairo_t *cr, const TideTheme *theme, TideInk ink, double line_width);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TideTrace, tide_trace_clear)

G_END_DECLS
