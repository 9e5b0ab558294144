#pragma once

#include "tide-call-rows.h"
#include "tide-event-columns.h"
#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Calls, returns, lines and exceptions in their order, of the selected time or of all.  While it is seen it
 * takes up what comes.  Without any it says how to have them.  */
#define TIDE_TYPE_EVENTS_VIEW (tide_events_view_get_type ())
G_DECLARE_FINAL_TYPE (TideEventsView, tide_events_view, TIDE, EVENTS_VIEW, GtkWidget)

/* Once.  */
void tide_events_view_set_session (TideEventsView *self, TideSession *session);
/* Takes up what has come.  */
void tide_events_view_refresh (TideEventsView *self);
/* Shows the kinds at this place of the chooser: all, calls and returns, C functions, lines, exceptions.  */
void tide_events_view_set_kinds (TideEventsView *self, guint choice);
TideTableColumns *tide_events_view_get_columns (TideEventsView *self); /* borrowed */
/* What is shown, for tests.  Borrowed; transfer full.  */
TideCallRows *tide_events_view_get_rows (TideEventsView *self);
gboolean tide_events_view_is_empty (TideEventsView *self);
char *tide_events_view_dup_cell (TideEventsView *self, guint position, TideEventsColumn column);

G_END_DECLS
