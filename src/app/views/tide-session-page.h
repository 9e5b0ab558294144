#pragma once

#include "tide-functions-view.h"
#include "tide-lines-view.h"
#include "tide-events-view.h"
#include "tide-output-view.h"
#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Overview, headline, timeline, tabs and status bar of one session.  Property "tab": the name of the tab that
 * is shown.  */
#define TIDE_TYPE_SESSION_PAGE (tide_session_page_get_type ())
G_DECLARE_FINAL_TYPE (TideSessionPage, tide_session_page, TIDE, SESSION_PAGE, GtkWidget)

/* Once.  */
void tide_session_page_set_session (TideSessionPage *self, TideSession *session);
/* What is remembered of its tables; once, SETTINGS may be NULL.  */
void tide_session_page_set_settings (TideSessionPage *self, GSettings *settings);
/* "functions", "lines", "events", "output" or "details"; FALSE for another.  */
gboolean tide_session_page_set_tab (TideSessionPage *self, const char *name);
const char *tide_session_page_get_tab (TideSessionPage *self);
/* To the filter's entry: of this tab, where it has one, else of the functions.  */
void tide_session_page_find (TideSessionPage *self);
/* Keys are then for the chart: arrows, Space, plus and minus.  */
void tide_session_page_focus_timeline (TideSessionPage *self);
TideFunctionsView *tide_session_page_get_functions_view (TideSessionPage *self);
TideLinesView *tide_session_page_get_lines_view (TideSessionPage *self);
TideEventsView *tide_session_page_get_events_view (TideSessionPage *self);
TideOutputView *tide_session_page_get_output_view (TideSessionPage *self);

G_END_DECLS
