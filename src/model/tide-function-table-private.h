#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

struct _TideFunctionTable
{
  gatomicrefcount ref_count;
  TideProcess *process;
  TideSpan span;
  GArray *rows; /* TideFunctionRow */
  gint64 rise, fall;
  gboolean has_bytes;
  gboolean has_calls;
  /* Row indices, sorted by name and by place: orders by a figure start from one of them and are stable.  */
  guint32 *by_name, *by_place;
};

/* Fills rows, rise and fall of SELF.  FALSE when cancelled.  */
gboolean tide_function_table_query (TideFunctionTable *self, GCancellable *cancellable);
/* Fills by_name and by_place from the rows.  */
void tide_function_table_sort_names (TideFunctionTable *self);

G_END_DECLS
