#pragma once

#include "tide-events-view.h"
#include "tide-functions-view.h"
#include "tide-lines-view.h"
#include "tide-message-bar.h"
#include "tide-output-view.h"
#include "tide-prompter.h"
#include "tide-recent.h"
#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One window on one session: the start page while it is empty, else the session's page.  Cut by concern:
 * actions, save (and every question before something is lost), export, drag and drop.  */
#define TIDE_TYPE_WINDOW (tide_window_get_type ())
G_DECLARE_FINAL_TYPE (TideWindow, tide_window, TIDE, WINDOW, GtkApplicationWindow)

/* CLOSED: FALSE when the person cancelled.  */
typedef void (*TideWindowClosedFunc) (GtkWindow *window, gboolean closed, gpointer user_data);

/* APPLICATION may be NULL (tests).  */
TideWindow *tide_window_new (GtkApplication *application);

/* These ask first when something would be lost.  */
void tide_window_open (TideWindow *self, GFile *file);
void tide_window_launch (TideWindow *self, const TideLaunch *launch);
/* Calls CALLBACK (may be NULL) exactly once; destroys the window when nothing holds it back.  */
void tide_window_close_asking (TideWindow *self, TideWindowClosedFunc callback, gpointer user_data);

/* For tests, and set before anything is asked: who is asked, and what was launched before.  References are
 * taken.  */
void tide_window_set_prompter (TideWindow *self, TidePrompter *prompter);
void tide_window_set_recent (TideWindow *self, TideRecent *recent);

/* Borrowed.  */
TideSession *tide_window_get_session (TideWindow *self);
TideFunctionsView *tide_window_get_functions_view (TideWindow *self);
TideLinesView *tide_window_get_lines_view (TideWindow *self);
TideEventsView *tide_window_get_events_view (TideWindow *self);
TideOutputView *tide_window_get_output_view (TideWindow *self);
TideMessageBar *tide_window_get_message_bar (TideWindow *self);

G_END_DECLS
