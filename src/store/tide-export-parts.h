#pragma once

#include "tide-export-rows.h"

#include "tide-site-figures.h"

G_BEGIN_DECLS

/* What the sources of rows have in common.  */

/* The rows of one process among those of all.  A view's own struct begins with it.  */
typedef struct
{
  TideProcess *process; /* borrowed */
  gsize row;            /* its first */
} TideExportPart;

/* The part of ROW, which exists, in PARTS, an array of such structs in order.  */
gconstpointer tide_export_find_part (GArray *parts, gsize row);

/* FIRST: the cells of allocated, freed, live and peak; SECOND: of allocations, blocks, temporary and the two
 * errors.  */
void tide_export_fill_bytes (const TideSiteFigures *bytes, TideCell *first, TideCell *second);

/* The two that are no functions have a name for people, which is translated, and one for programs, which
 * never changes.  */
const char *tide_export_get_name (guint32 code, const char *function);

/* FILE:LINE into WHERE, for people.  */
void tide_export_fill_where (const char *file, guint line, GString *where, TideCell *cell);

G_END_DECLS
