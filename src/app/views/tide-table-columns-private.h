#pragma once

#include "tide-table-columns.h"

G_BEGIN_DECLS

typedef struct
{
  TideTableColumns *columns;
  guint column;
  GtkColumnViewColumn *view_column; /* borrowed from the view */
} TideColumnData;

struct _TideTableColumns
{
  GtkColumnView *view; /* borrowed */
  const TideTableKind *kind;
  gpointer owner;
  TideColumnData data[TIDE_TABLE_MAX_COLUMNS];
  const char *ids[TIDE_TABLE_MAX_COLUMNS];
  GHashTable *bound; /* GtkListItem, borrowed while bound, to GUINT (column) */
  TideTableLayout layout;
  guint sorted;
  gboolean descending;
  int probed;       /* the column whose sorter was asked first, -1: none yet */
  gboolean setting; /* what changes now is not the person's doing */
  GSettings *settings;
  guint save; /* source, 0: all is written */
  GSimpleActionGroup *actions;
  GMenu *menu;
};

/* tide-table-cells.c */
GtkListItemFactory *tide_table_cells_new_factory (TideColumnData *data);
void tide_table_cells_write (TideTableColumns *self, GtkListItem *item, guint column);
GtkInscription *tide_table_cells_get_text (GtkWidget *cell);
/* Of the list item whose cell WIDGET is or is in, up to VIEW; NULL: none.  */
GtkListItem *tide_table_cells_find_item (GtkWidget *widget, GtkColumnView *view);
/* The bar after a number and what is left free beside it, pixels.  */
int tide_table_cells_bar_space (void);

/* tide-table-columns-menu.c */
void tide_table_columns_menu_init (TideTableColumns *self);
void tide_table_columns_menu_finish (TideTableColumns *self);
/* The radio items say how it is sorted.  */
void tide_table_columns_menu_show_sort (TideTableColumns *self);

/* tide-table-columns.c: all but the order of the rows as it was at first.  */
void tide_table_columns_reset (TideTableColumns *self);

G_END_DECLS
