#pragma once

#include "tide-function-table.h"
#include "tide-theme.h"

G_BEGIN_DECLS

/* The small table below a rendered chart: the functions that grew most, with bars.  */

/* How many rows the table is worth in AVAILABLE px, and how high it is then (0, 0: it does not fit).  */
guint
tide_render_table_fit (TideFunctionTable *table, const TideTheme *theme, double available, double *height);
void tide_render_table_paint (cairo_t *cr,
                              TideFunctionTable *table,
                              const TideTheme *theme,
                              guint n_rows,
                              double x,
                              double y,
                              double width);

G_END_DECLS
