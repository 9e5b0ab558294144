#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* Who made RSS grow and who took Python's bytes, by line: an immutable table over one range of time.  Of RSS
 * a line has the events whose stack ends in it.  Lines of one function that was loaded twice are one; what is
 * no function (see tide-function-table.h) is one row each, without a line.  Rows are by code, then line.  */
typedef struct _TideLineTable TideLineTable;

typedef struct
{
  guint32 code;         /* as in a row of functions */
  guint32 line;         /* 0: unknown               */
  const char *function; /* these two: borrowed from the process, never NULL */
  const char *file;
  guint64 n_samples;
  gint64 rise, fall;
  TideSiteFigures bytes;
} TideLineRow;

#define TIDE_LINE_ROW_SELF(r) ((r)->rise - (r)->fall)

typedef enum
{
  TIDE_LINE_COLUMN_WHERE,
  TIDE_LINE_COLUMN_FUNCTION,
  TIDE_LINE_COLUMN_SELF,
  TIDE_LINE_COLUMN_ALLOCATED,
  TIDE_LINE_COLUMN_LIVE,
  TIDE_LINE_COLUMN_PEAK,
  TIDE_LINE_COLUMN_BLOCKS,
  TIDE_LINE_COLUMN_TEMPORARY,
  TIDE_LINE_COLUMN_SAMPLES,
  TIDE_N_LINE_COLUMNS
} TideLineColumn;

/* Any thread.  NULL only when CANCELLABLE was cancelled.  Keeps PROCESS alive.  */
TideLineTable *tide_line_table_new (TideProcess *process, TideSpan span, GCancellable *cancellable);

TideLineTable *tide_line_table_ref (TideLineTable *self);
void tide_line_table_unref (TideLineTable *self);

guint tide_line_table_get_n_rows (TideLineTable *self);
const TideLineRow *tide_line_table_get_row (TideLineTable *self, guint index);   /* NULL past the end */
gint64 tide_line_row_get_figure (const TideLineRow *row, TideLineColumn column); /* 0 of a text */
/* Indices (guint, transfer full) of the rows that FILTER (NULL or "": all; else a part of file or function,
 * letter case aside) lets through, by COLUMN; ties as the rows come.  Any thread.  */
GArray *
tide_line_table_order (TideLineTable *self, TideLineColumn column, gboolean descending, const char *filter);
/* Whether Python bytes were measured by the end of the range.  */
gboolean tide_line_table_has_bytes (TideLineTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideLineTable, tide_line_table_unref)

G_END_DECLS
