#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How exact and how dear the measurement is: cost, method with its unit, lost events, recorded bytes, and
 * what was refused and why.  */
#define TIDE_TYPE_STATUS_BAR (tide_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (TideStatusBar, tide_status_bar, TIDE, STATUS_BAR, GtkWidget)

/* Once.  */
void tide_status_bar_set_session (TideStatusBar *self, TideSession *session);
/* What the chart has under its cursor; "": nothing.  While there is something, it stands in place of a
 * warning.  */
void tide_status_bar_set_readout (TideStatusBar *self, const char *text);

G_END_DECLS
