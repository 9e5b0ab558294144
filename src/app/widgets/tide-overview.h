#pragma once

#include "tide-session.h"
#include "tide-timeline-drag.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The whole recording of a session, small.  The window over it is what the timeline shows: it can be dragged,
 * and resized by its edges; a press outside centres it there.  The wheel zooms; with the focus Left, Right,
 * Home and End pan, + - 0 zoom.
 *
 * Property: session (construct).  Positions are in px of the widget.  Main thread.  */
#define TIDE_TYPE_OVERVIEW (tide_overview_get_type ())
G_DECLARE_FINAL_TYPE (TideOverview, tide_overview, TIDE, OVERVIEW, GtkWidget)

GtkWidget *tide_overview_new (TideSession *session);
void tide_overview_begin_drag (TideOverview *self, double x);
void tide_overview_update_drag (TideOverview *self, double x);
void tide_overview_end_drag (TideOverview *self);
/* DY: wheel clicks.  */
void tide_overview_scroll (TideOverview *self, double x, double dy);

G_END_DECLS
