#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a person made of the columns of a table: which are shown, in which order, how wide, and by which the
 * rows are sorted.  A plain value, without widgets.  What is not said follows the table's own defaults, so
 * that these can change.  */

#define TIDE_TABLE_MAX_COLUMNS 16
#define TIDE_TABLE_MIN_WIDTH 24
#define TIDE_TABLE_MAX_WIDTH 4000

typedef enum
{
  TIDE_COLUMN_SHOWN_BY_DEFAULT, /* as the table thinks fit */
  TIDE_COLUMN_SHOWN,
  TIDE_COLUMN_HIDDEN,
} TideColumnShown;

typedef struct
{
  guint n_columns;
  guint order[TIDE_TABLE_MAX_COLUMNS]; /* the column at each place: a permutation */
  TideColumnShown shown[TIDE_TABLE_MAX_COLUMNS];
  int width[TIDE_TABLE_MAX_COLUMNS]; /* application pixels, 0: that of the table */
  int sort;                          /* a column, -1: that of the table */
  gboolean descending;
} TideTableLayout;

/* Nothing said.  */
void tide_table_layout_init (TideTableLayout *self, guint n_columns);
/* The same as a dictionary (a{sv}, floating) in which columns have the names IDS, so that columns which come
 * or go with a version of Pagetide do no harm.  Reading takes what it knows, whatever else stands there.  */
GVariant *tide_table_layout_to_variant (const TideTableLayout *self, const char *const *ids);
void tide_table_layout_from_variant (TideTableLayout *self,
                                     guint n_columns,
                                     const char *const *ids,
                                     GVariant *variant);

G_END_DECLS
