#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The facts of the recording as a list: who, where, when, by which instruments, at what cost, and what was
 * wrong.  All can be copied.  */
#define TIDE_TYPE_DETAILS_VIEW (tide_details_view_get_type ())
G_DECLARE_FINAL_TYPE (TideDetailsView, tide_details_view, TIDE, DETAILS_VIEW, GtkWidget)

/* Once.  */
void tide_details_view_set_session (TideDetailsView *self, TideSession *session);
/* All facts as "name: value" lines.  Transfer full.  */
char *tide_details_view_dup_text (TideDetailsView *self);

G_END_DECLS
