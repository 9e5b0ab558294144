#pragma once

#include "tide-process.h"
#include "tide-site-figures.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who made RSS grow, by function: an immutable table over one range of time.
 *
 * self   events whose stack ends in the function
 * total  events with the function anywhere in the stack, counted once however often it recurs
 * rise, fall  sums of the positive and of the negative events (fall as a positive number); net = rise - fall
 *
 * The sum of self net over all rows is exactly the sum of the events in the range.  Two rows are no function,
 * and their names are translated: code id 0, "[outside Python]", for what no Python frame explains, and
 * TIDE_CODE_BEFORE, "[before measuring]", for what was resident before (the code of that name without a file;
 * TIDE_SOURCE_START without a node).  Code ids with the same file, name and first line (code that was loaded
 * twice) are one row, under the smallest of them.  Rows are in the order of their codes.  */
#define TIDE_CODE_BEFORE G_MAXUINT32

typedef struct _TideFunctionTable TideFunctionTable;

typedef struct
{
  guint32 code;         /* code id in the process                          */
  guint32 line;         /* first line of the function, 0: unknown          */
  const char *function; /* borrowed from the process, never NULL           */
  const char *file;     /* borrowed from the process, "" unknown           */
  guint64 n_samples;    /* events with it as their leaf                    */
  gint64 n_calls;       /* how often it was called, see tide-call-sums.h; -1: not known */
  gint64 self_rise, self_fall;
  gint64 total_rise, total_fall;
  guint32 hot_line; /* line of the function with the greatest net growth among its self events, 0: unknown */
  TideSiteFigures bytes; /* Python bytes that it took itself; noughts where they were not measured */
} TideFunctionRow;

#define TIDE_FUNCTION_ROW_SELF(r) ((r)->self_rise - (r)->self_fall)
#define TIDE_FUNCTION_ROW_TOTAL(r) ((r)->total_rise - (r)->total_fall)

typedef enum
{
  TIDE_FUNCTION_COLUMN_NAME,
  TIDE_FUNCTION_COLUMN_WHERE,
  TIDE_FUNCTION_COLUMN_SELF,
  TIDE_FUNCTION_COLUMN_TOTAL,
  TIDE_FUNCTION_COLUMN_RISE,
  TIDE_FUNCTION_COLUMN_FALL,
  TIDE_FUNCTION_COLUMN_SAMPLES,
  TIDE_FUNCTION_COLUMN_ALLOCATED,
  TIDE_FUNCTION_COLUMN_FREED,
  TIDE_FUNCTION_COLUMN_LIVE,
  TIDE_FUNCTION_COLUMN_PEAK,
  TIDE_FUNCTION_COLUMN_CALLS,
  TIDE_N_FUNCTION_COLUMNS
} TideFunctionColumn;

/* What to compute: [begin, end) in nanoseconds; G_MININT64 and G_MAXINT64 for everything.  */
typedef struct
{
  gint64 begin_ns, end_ns;
} TideSpan;

#define TIDE_SPAN_ALL ((TideSpan){ G_MININT64, G_MAXINT64 })

/* Any thread.  NULL only when CANCELLABLE was cancelled.  Keeps PROCESS alive.  */
TideFunctionTable *tide_function_table_new (TideProcess *process, TideSpan span, GCancellable *cancellable);
/* The same in a GTask thread; for the main thread.  */
void tide_function_table_new_async (TideProcess *process,
                                    TideSpan span,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TideFunctionTable *tide_function_table_new_finish (GAsyncResult *result, GError **error);

TideFunctionTable *tide_function_table_ref (TideFunctionTable *self);
void tide_function_table_unref (TideFunctionTable *self);

guint tide_function_table_get_n_rows (TideFunctionTable *self);
const TideFunctionRow *tide_function_table_get_row (TideFunctionTable *self,
                                                    guint index); /* NULL past the end */
TideSpan tide_function_table_get_span (TideFunctionTable *self);
/* Whether Python bytes were measured by the end of the range.  */
gboolean tide_function_table_has_bytes (TideFunctionTable *self);
/* Calls were counted.  */
gboolean tide_function_table_has_calls (TideFunctionTable *self);
/* Sum of all events in the range.  */
gint64 tide_function_table_get_net (TideFunctionTable *self);

/* An order of rows: those that FILTER (NULL: all; else case-insensitive substring of function or file) lets
 * through, sorted by COLUMN; ties by name, file, line (upwards always), so that an order is total; [before
 * measuring] and [outside Python] come before all names and places.  Any thread.  An array of guint row
 * indices (transfer full).  */
GArray *tide_function_table_order (TideFunctionTable *self,
                                   TideFunctionColumn column,
                                   gboolean descending,
                                   const char *filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideFunctionTable, tide_function_table_unref)

G_END_DECLS
