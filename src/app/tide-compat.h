#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Everything that GTK does in one way at 4.8 and in another later, and everything that leans on how its
 * widgets are built inside.  */

/* The header of the column at INDEX, or NULL when GTK builds it in a way that we do not know.  Borrowed.  */
GtkWidget *tide_compat_column_header (GtkColumnView *view, guint index);
/* Header text to the end of its column, for numbers, MARGIN px before it; the arrow of the order stands
 * before the text.  */
void tide_compat_column_header_align_end (GtkColumnView *view, guint index, int margin);
/* The label of a button with text takes several lines where it has to.  */
void tide_compat_wrap_label (GtkWidget *button);
/* Brings the row at POSITION into view.  */
void tide_compat_column_view_scroll_to (GtkColumnView *view, guint position);
/* Shows FILE in the person's file manager; when that cannot be, what it is opened with by default.  */
void tide_compat_show_in_folder (GtkWindow *parent, GFile *file);
void tide_compat_open_file (GtkWindow *parent, GFile *file);
/* The colour of text in WIDGET.  */
void tide_compat_get_color (GtkWidget *widget, GdkRGBA *color);

G_END_DECLS
