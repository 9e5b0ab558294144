#pragma once

#include "tide-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The row above a table: what narrows it (the filter's entry, a chip for each thing that narrows), how much
 * is left, and the menus of its columns and of exports.  In a narrow window it takes more lines.  Main
 * thread.  */
#define TIDE_TYPE_FILTER_ROW (tide_filter_row_get_type ())
G_DECLARE_FINAL_TYPE (TideFilterRow, tide_filter_row, TIDE, FILTER_ROW, GtkWidget)

GtkWidget *tide_filter_row_new (void);
/* Once.  */
void tide_filter_row_set_session (TideFilterRow *self, TideSession *session);
/* Shows CONTROL (any widget) in place of the filter's entry and chip: of a table that has no names.  */
void tide_filter_row_set_control (TideFilterRow *self, GtkWidget *control);
/* What the table shows; TEXT: markup is none.  */
void tide_filter_row_set_count (TideFilterRow *self, const char *text);
/* MENU: see tide_table_columns_get_menu().  */
void tide_filter_row_set_columns_menu (TideFilterRow *self, GMenuModel *menu);
/* Without it there is no button for exports.  */
void tide_filter_row_set_export_menu (TideFilterRow *self, GMenuModel *menu);
void tide_filter_row_focus (TideFilterRow *self);
/* Where Escape in the entry leads.  Borrowed, weak.  */
void tide_filter_row_set_key_target (TideFilterRow *self, GtkWidget *target);

/* Borrowed; for tests.  */
GtkEditable *tide_filter_row_get_entry (TideFilterRow *self);
GtkWidget *tide_filter_row_get_chip (TideFilterRow *self);
GtkWidget *tide_filter_row_get_filter_chip (TideFilterRow *self);

G_END_DECLS
