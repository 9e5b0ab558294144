#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What an empty window shows: the three ways to begin, what was opened before, and recordings of sessions
 * that died.  Everything on it is an action of the window.  */
#define TIDE_TYPE_START_PAGE (tide_start_page_get_type ())
G_DECLARE_FINAL_TYPE (TideStartPage, tide_start_page, TIDE, START_PAGE, GtkWidget)

/* Looks again at what can be opened and recovered.  */
void tide_start_page_refresh (TideStartPage *self);
/* For tests: where unsaved recordings are looked for.  NULL: where sessions keep them.  */
void tide_start_page_set_spool_directory (TideStartPage *self, const char *path);

G_END_DECLS
