#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the program wrote to stdout and stderr, and how it ended.  Bounded: the oldest goes first, and the
 * pane says so.  */
#define TIDE_TYPE_OUTPUT_VIEW (tide_output_view_get_type ())
G_DECLARE_FINAL_TYPE (TideOutputView, tide_output_view, TIDE, OUTPUT_VIEW, GtkWidget)

#define TIDE_OUTPUT_MAX_CHARS (4 * 1024 * 1024)

/* Once.  */
void tide_output_view_set_session (TideOutputView *self, TideSession *session);
/* What is shown, for tests.  Transfer full.  */
char *tide_output_view_dup_text (TideOutputView *self);

G_END_DECLS
