#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One line of large figures that answers "how much, how fast, who".  */
#define TIDE_TYPE_HEADLINE (tide_headline_get_type ())
G_DECLARE_FINAL_TYPE (TideHeadline, tide_headline, TIDE, HEADLINE, GtkWidget)

/* Once.  */
void tide_headline_set_session (TideHeadline *self, TideSession *session);

G_END_DECLS
