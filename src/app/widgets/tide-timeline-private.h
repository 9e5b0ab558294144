#pragma once

#include "tide-chart-style.h"
#include "tide-timeline.h"

G_BEGIN_DECLS

/* Inside of the timeline: tide-timeline.c shows, tide-timeline-actions.c does what pointer and keys ask.  */

typedef enum
{
  TIDE_CURSOR_NONE,
  TIDE_CURSOR_POINTER, /* goes with the pointer */
  TIDE_CURSOR_KEYS,
} TideCursorKind;

struct _TideTimeline
{
  GtkWidget parent_instance;

  TideSession *session;
  GSignalGroup *session_signals, *recording_signals;
  TideChartStyle style;
  GskRenderNode *picture; /* of everything but the cursor; NULL: to be painted */
  TideProcess *shown;     /* whose y_max it is; never dereferenced */
  gint64 y_max;

  TideCursorKind cursor;
  gint64 cursor_ns, cursor_anchor_ns;
  double pointer_x, pointer_y; /* below 0: not here */
  char *readout;
  TideTimelineDrag drag;
  TideSpan cleared; /* by the click before: a double click means it */
  guint describe_source;
};

void tide_timeline_set_cursor (TideTimeline *self, TideCursorKind kind, gint64 time_ns);

G_END_DECLS
