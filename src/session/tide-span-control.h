#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* The rules of what is seen of a recording [0, end): plain arithmetic, all in nanoseconds.
 *
 * window  a span of its own length anywhere in the data; `follow` keeps it at the end while the data grows
 * fit     the whole, however long it gets: begin is 0 and the end is the data's
 *
 * While the data is shorter than a following window the whole is seen.  Any move by the person ends fit, and
 * ends follow unless the end of the data is still at the window's edge.  */
typedef struct
{
  gint64 end_ns;    /* of the data */
  gint64 length_ns; /* of the window */
  TideSpan visible;
  gboolean live; /* the data grows */
  gboolean follow;
  gboolean fit;
} TideSpanControl;

#define TIDE_SPAN_MIN_LENGTH 1000 /* 1 µs */
#define TIDE_SPAN_LIVE_LENGTH (30 * G_GINT64_CONSTANT (1000000000))

void tide_span_control_init (TideSpanControl *self, gboolean live);
/* The data reaches to END_NS now.  */
void tide_span_control_grow (TideSpanControl *self, gint64 end_ns);
/* The data does not grow any more.  */
void tide_span_control_stop (TideSpanControl *self);

void tide_span_control_set_visible (TideSpanControl *self, TideSpan span);
/* FACTOR < 1: closer.  The time AT_NS stays where it is in the window, as far as the data's edges let it.  */
void tide_span_control_zoom (TideSpanControl *self, gint64 at_ns, double factor);
void tide_span_control_pan (TideSpanControl *self, gint64 by_ns);
void tide_span_control_fit (TideSpanControl *self);
void tide_span_control_set_follow (TideSpanControl *self, gboolean follow);

/* SPAN, in order and within the data; begin == end when nothing is left.  */
TideSpan tide_span_control_clamp (const TideSpanControl *self, TideSpan span);

G_END_DECLS
