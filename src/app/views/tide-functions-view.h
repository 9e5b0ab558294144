#pragma once

#include "tide-filter-row.h"
#include "tide-function-slots.h"
#include "tide-table-columns.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The table "who made RSS grow", with its filter entry and chips.  Signal "row-selected" when another
 * function (or none) is selected.  */
#define TIDE_TYPE_FUNCTIONS_VIEW (tide_functions_view_get_type ())
G_DECLARE_FINAL_TYPE (TideFunctionsView, tide_functions_view, TIDE, FUNCTIONS_VIEW, GtkWidget)

/* Once.  */
void tide_functions_view_set_session (TideFunctionsView *self, TideSession *session);
void tide_functions_view_focus_filter (TideFunctionsView *self);
void tide_functions_view_sort (TideFunctionsView *self, TideFunctionColumn column, gboolean descending);

/* Borrowed; NULL when none is selected.  Valid until the table changes.  */
const TideFunctionRow *tide_functions_view_get_selected (TideFunctionsView *self);
void tide_functions_view_select (TideFunctionsView *self, guint32 code);
void tide_functions_view_copy_row (TideFunctionsView *self);
void tide_functions_view_copy_table (TideFunctionsView *self);
/* The table as it is shown: header and exact numbers, RFC 4180.  Transfer full.  */
char *tide_functions_view_to_csv (TideFunctionsView *self);

TideTableColumns *tide_functions_view_get_columns (TideFunctionsView *self); /* borrowed */

/* Borrowed; for tests.  */
TideFunctionSlots *tide_functions_view_get_slots (TideFunctionsView *self);
GtkColumnView *tide_functions_view_get_column_view (TideFunctionsView *self);
TideFilterRow *tide_functions_view_get_filter_row (TideFunctionsView *self);
/* What the cell shows now, NULL when it is not bound.  Transfer full.  */
char *tide_functions_view_dup_cell_text (TideFunctionsView *self, guint position, TideFunctionColumn column);

G_END_DECLS
