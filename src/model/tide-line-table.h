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

/* Any thread.  NULL only when CANCELLABLE was cancelled.  Keeps PROCESS alive.  */
TideLineTable *tide_line_table_new (TideProcess *process, TideSpan span, GCancellable *cancellable);
/* The same in a GTask thread; for the main thread.  */
void tide_line_table_new_async (TideProcess *process,
                                TideSpan span,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
TideLineTable *tide_line_table_new_finish (GAsyncResult *result, GError **error);

TideLineTable *tide_line_table_ref (TideLineTable *self);
void tide_line_table_unref (TideLineTable *self);

guint tide_line_table_get_n_rows (TideLineTable *self);
const TideLineRow *tide_line_table_get_row (TideLineTable *self, guint index); /* NULL past the end */
/* Whether Python bytes were measured by the end of the range.  */
gboolean tide_line_table_has_bytes (TideLineTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideLineTable, tide_line_table_unref)

G_END_DECLS
