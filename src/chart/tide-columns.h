#pragma once

#include "tide-series.h"
#include "tide-function-table.h"

G_BEGIN_DECLS

/* A series as one device pixel column after the other sees it:
 *
 *   time    ──┬────────┬────────┬────────┬──   boundaries are multiples of (span / columns) of absolute time,
 * not of what is seen │ column │ column │ column │     first, last: what holds at the left and right boundary
 *   data    ──┴──·──·──┴─·──────┴────────┴──   min, max: of all that held inside, so that no peak is lost
 *
 * While a view is panned the same columns come back, moved: curves do not shimmer.  */
typedef struct
{
  gint64 first, last, min, max;
  guint32 n_samples; /* saturates */
  gboolean
      known; /* FALSE: nothing is known of this time (before the first sample, after the end, in a pause) */
} TideColumn;

typedef struct
{
  TideColumn *columns;
  guint n_columns;
} TideColumns;

/* Samples SERIES over VISIBLE (a length of 1 to 2^62) in N_COLUMNS columns; what lies after END_NS is
 * unknown.  */
void
tide_columns_init (TideColumns *self, TideSeries *series, TideSpan visible, guint n_columns, gint64 end_ns);
void tide_columns_clear (TideColumns *self);
/* Makes the columns that lie in SPAN unknown.  */
void tide_columns_forget (TideColumns *self, TideSpan visible, TideSpan span);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TideColumns, tide_columns_clear)

G_END_DECLS
