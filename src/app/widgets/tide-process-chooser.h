#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Which process of the recording is shown, and what all have together.  There once there are several; those
 * that a live program starts appear by themselves.  */
#define TIDE_TYPE_PROCESS_CHOOSER (tide_process_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TideProcessChooser, tide_process_chooser, TIDE, PROCESS_CHOOSER, GtkWidget)

/* Once.  */
void tide_process_chooser_set_session (TideProcessChooser *self, TideSession *session);

G_END_DECLS
