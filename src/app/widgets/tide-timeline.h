#pragma once

#include "tide-session.h"
#include "tide-timeline-drag.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The chart of a session's memory over time.  What the pointer and the keys do:
 *
 * wheel                zooms at the pointer; Ctrl finer, Shift faster; sideways: pans
 * pinch                zooms
 * drag                 selects a range; from a handle: moves that edge
 * middle or Shift drag pans
 * click                clears the selection
 * double click         zooms to the selection, without one shows all
 * Left, Right          move the cursor; with Shift they select, with Ctrl or Alt they pan
 * + - 0 Enter          zoom, show all, zoom to the selection
 * Home, End, P         cursor to the begin, the end, the peak
 * Escape               clears the selection
 *
 * Properties: session (construct), readout (string: what is under the cursor, "" without one).  The methods
 * below are what the gestures call; positions are in px of the widget.  Main thread.  */
#define TIDE_TYPE_TIMELINE (tide_timeline_get_type ())
G_DECLARE_FINAL_TYPE (TideTimeline, tide_timeline, TIDE, TIMELINE, GtkWidget)

GtkWidget *tide_timeline_new (TideSession *session);
TideSession *tide_timeline_get_session (TideTimeline *self);
const char *tide_timeline_get_readout (TideTimeline *self);
/* Where things are now.  */
void tide_timeline_get_layout (TideTimeline *self, TideTimelineLayout *layout);

void tide_timeline_point_at (TideTimeline *self, double x, double y);
void tide_timeline_point_away (TideTimeline *self);
void tide_timeline_begin_drag (TideTimeline *self, double x, double y, gboolean pan);
void tide_timeline_update_drag (TideTimeline *self, double x);
/* Without a move in between it was a click.  */
void tide_timeline_end_drag (TideTimeline *self, double x);
void tide_timeline_double_click (TideTimeline *self, double x);
/* FACTOR < 1: closer.  */
void tide_timeline_zoom_at (TideTimeline *self, double x, double factor);
/* DX, DY: wheel clicks, or px when SMOOTH.  */
void tide_timeline_scroll (TideTimeline *self, double dx, double dy, gboolean smooth, GdkModifierType state);
/* By STEPS of a few px; SELECT: from where the cursor was.  */
void tide_timeline_move_cursor (TideTimeline *self, int steps, gboolean select);
void tide_timeline_set_cursor_time (TideTimeline *self, gint64 time_ns);
void tide_timeline_go_to_peak (TideTimeline *self);

G_END_DECLS
