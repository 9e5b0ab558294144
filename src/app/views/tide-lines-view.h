#pragma once

#include "tide-filter-row.h"
#include "tide-line-slots.h"
#include "tide-table-columns.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The lines that made RSS grow and took Python's bytes, of the selection and filter of the session.  While it
 * is not seen it asks for nothing.  Main thread.  */
#define TIDE_TYPE_LINES_VIEW (tide_lines_view_get_type ())
G_DECLARE_FINAL_TYPE (TideLinesView, tide_lines_view, TIDE, LINES_VIEW, GtkWidget)

/* Once.  */
void tide_lines_view_set_session (TideLinesView *self, TideSession *session);

void tide_lines_view_focus_filter (TideLinesView *self);
TideTableColumns *tide_lines_view_get_columns (TideLinesView *self); /* borrowed */

/* For tests.  */
TideLineSlots *tide_lines_view_get_slots (TideLinesView *self);
GtkColumnView *tide_lines_view_get_column_view (TideLinesView *self);
char *tide_lines_view_dup_cell_text (TideLinesView *self, guint position, TideLineColumn column);

G_END_DECLS
