#pragma once

#include "tide-table-layout.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The columns of a table over places (see TideFunctionSlots): headers, cells, sorting, and what the person
 * made of them, which is remembered.  The cells that are bound are kept, so that a refresh rewrites just
 * them.  A plain struct, owned by the view.  Main thread.  */
typedef struct _TideTableColumns TideTableColumns;

typedef enum
{
  TIDE_COLUMN_NUMBER = 1 << 0, /* at the end of its cell; the first click asks for the greatest */
  TIDE_COLUMN_EXPAND = 1 << 1,
  TIDE_COLUMN_STRONG = 1 << 2,
  TIDE_COLUMN_DIM = 1 << 3,
  TIDE_COLUMN_MIDDLE = 1 << 4, /* cut in the middle: a place says most at its end, the line */
  TIDE_COLUMN_BAR = 1 << 5,    /* with a bar after the number, see `get_bar` */
  TIDE_COLUMN_NAMES = 1 << 6,  /* without it the others say nothing, so it cannot be hidden */
  TIDE_COLUMN_KINDS = 1 << 7,  /* what is none of those that it names looks otherwise, see `is_other` */
} TideColumnFlags;

typedef struct
{
  const char *id; /* of its action, and of what is remembered: never changes */
  guint chars;    /* that a cell is wide: constant, so that no text ever changes the layout */
  int width;      /* application pixels */
  TideColumnFlags flags;
} TideTableColumn;

/* What a table is; static.  Functions get the OWNER that tide_table_columns_new() was given.  */
typedef struct
{
  const char *name; /* of what is remembered: never changes */
  const TideTableColumn *columns;
  guint n_columns;
  const char *(*get_title) (guint column);
  const char *(*get_definition) (guint column); /* what the column says, for its header */
  /* Text of the row at POSITION; NULL past the end.  */
  char *(*dup_text) (gpointer owner, guint position, guint column);
  char *(*dup_tooltip) (gpointer owner, guint position, guint column); /* NULL: none */
  /* Whether the column is shown of the data there is now, where the person did not say.  NULL: all are.  */
  gboolean (*is_default) (gpointer owner, guint column);
  double (*get_bar) (gpointer owner, guint position); /* -1 to 1 */
  gboolean (*is_other) (gpointer owner, guint position);
  /* NULL: rows have one order.  */
  void (*sort) (gpointer owner, guint column, gboolean descending);
  guint sort_column; /* at first */
  gboolean sort_descending;
} TideTableKind;

/* Adds the columns to VIEW, which must outlive them, as OWNER must.  KIND->sort is called when the person
 * chose another order, or once when the remembered one is known.  */
TideTableColumns *tide_table_columns_new (GtkColumnView *view, const TideTableKind *kind, gpointer owner);
void tide_table_columns_free (TideTableColumns *self);
/* Takes up what SETTINGS hold of this table, and writes there what changes.  Once; SETTINGS may be NULL.  */
void tide_table_columns_set_settings (TideTableColumns *self, GSettings *settings);
/* Rewrites the bound cells whose text changed, and shows the columns that fit the data.  */
void tide_table_columns_refresh (TideTableColumns *self);
/* As the person does it.  */
void tide_table_columns_sort_by (TideTableColumns *self, guint column, gboolean descending);
/* Position of the row whose cell is at X, Y of the view, or GTK_INVALID_LIST_POSITION.  */
guint tide_table_columns_pick (TideTableColumns *self, double x, double y);
/* What a bound cell shows; NULL where none is bound.  Transfer full.  */
char *tide_table_columns_dup_text (TideTableColumns *self, guint position, guint column);
GtkColumnViewColumn *tide_table_columns_get_column (TideTableColumns *self, guint column); /* borrowed */

/* One action a column that shows or hides it, "sort" (its id), "descending", and "reset".  Borrowed.  */
GActionGroup *tide_table_columns_get_actions (TideTableColumns *self);
/* The same as a menu, for actions inserted as "columns".  Borrowed.  */
GMenuModel *tide_table_columns_get_menu (TideTableColumns *self);

G_END_DECLS
