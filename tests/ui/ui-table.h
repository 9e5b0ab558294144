#pragma once

#include "tide-table-columns-private.h"

/* A table over texts that a test sets, in a window of its own.  */

enum
{
  UI_TABLE_NAME,  /* names the rows, and looks otherwise where they are others */
  UI_TABLE_SIZE,  /* a number with a bar */
  UI_TABLE_PLACE, /* cut in the middle */
  UI_TABLE_N_COLUMNS
};

#define UI_TABLE_MAX_ROWS 1000

typedef struct
{
  char *texts[UI_TABLE_N_COLUMNS]; /* owned; NULL: the row is gone, though the list has it still */
  gboolean is_other;
  double bar;
} UiTableRow;

typedef struct
{
  GtkWidget *window;
  GtkColumnView *view;
  TideTableColumns *columns;
  UiTableRow rows[UI_TABLE_MAX_ROWS];
  guint n_sorts; /* how often the rows were to be sorted, and how at last */
  guint sorted;
  gboolean descending;
} UiTable;

/* Row i has the texts "name i", "i" and "place i".  SORTABLE: at first by size, from the greatest.  */
UiTable *ui_table_new (guint n_rows, gboolean sortable);
void ui_table_free (UiTable *self);
void ui_table_set_text (UiTable *self, guint row, guint column, const char *text);
/* What stands in the bound cell, the factory's child; NULL: none is bound.  */
GtkWidget *ui_table_get_cell (UiTable *self, guint row, guint column);
/* Until the cell is bound.  */
void ui_table_wait_for (UiTable *self, guint row, guint column);
