#pragma once

#include "tide-function-slots.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The columns of the functions table: titles, definitions, widths, cells, and what stands in them.  The cells
 * that are bound are kept, so that a refresh rewrites just them.  A plain struct, owned by the view.  Main
 * thread.  */
typedef struct _TideFunctionColumns TideFunctionColumns;

typedef void (*TideFunctionSortFunc) (TideFunctionColumn column, gboolean descending, gpointer user_data);

/* Adds the columns to VIEW, whose model must stand on SLOTS.  FUNC is called when the person chose another
 * order.  */
TideFunctionColumns *tide_function_columns_new (GtkColumnView *view,
                                                TideFunctionSlots *slots,
                                                TideFunctionSortFunc func,
                                                gpointer user_data);
void tide_function_columns_free (TideFunctionColumns *self);
/* Rewrites the bound cells whose text changed.  */
void tide_function_columns_refresh (TideFunctionColumns *self);
/* Shows the order by the header's arrow, without calling FUNC.  */
void
tide_function_columns_show_sort (TideFunctionColumns *self, TideFunctionColumn column, gboolean descending);
/* Position of the row whose cell is at X, Y of the view, or GTK_INVALID_LIST_POSITION.  */
guint tide_function_columns_pick (TideFunctionColumns *self, double x, double y);
char *tide_function_columns_dup_text (TideFunctionColumns *self, guint position, TideFunctionColumn column);

/* One action a column that shows or hides it, and "reset" for all of them and their widths.  Borrowed.  */
GActionGroup *tide_function_columns_get_actions (TideFunctionColumns *self);
/* The same as a menu, for actions inserted as "columns".  */
void tide_function_columns_fill_menu (TideFunctionColumns *self, GMenu *menu);

G_END_DECLS
