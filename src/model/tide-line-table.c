#include "config.h"

#include "tide-line-table.h"

#include "tide-event-sums.h"
#include "tide-process-private.h"
#include "tide-sites.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TideLineTable
{
  gatomicrefcount ref_count;
  TideProcess *process;
  GArray *rows; /* TideLineRow */
  gboolean has_bytes;
};

static TideLineRow
row_of_account (TideProcess *process, gsize account, const TideTally *tally)
{
  TideLineRow row = { .n_samples = tally->n_samples, .rise = tally->rise, .fall = tally->fall };
  const TideNode *node = account <= TIDE_ACCOUNT_OUTSIDE
                             ? NULL
                             : tide_column_at (&process->nodes, account - TIDE_ACCOUNT_OF_NODE (1));

  if (account == TIDE_ACCOUNT_BEFORE)
    row.code = TIDE_CODE_BEFORE;
  else if (node != NULL && node->code != 0)
    {
      row.code = tide_process_get_function (process, node->code);
      row.line = row.code != TIDE_CODE_BEFORE ? node->line : 0;
    }
  return row;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const TideLineRow *x = a, *y = b;

  if (x->code != y->code)
    return x->code < y->code ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* One row for each line.  Of several only one has bytes.  */
static void
merge (GArray *rows)
{
  guint n = 0;

  g_array_sort (rows, compare_rows);
  for (guint i = 0; i < rows->len; i++)
    {
      TideLineRow *row = &g_array_index (rows, TideLineRow, i);
      TideLineRow *last = n > 0 ? &g_array_index (rows, TideLineRow, n - 1) : NULL;

      if (last != NULL && compare_rows (last, row) == 0)
        {
          last->rise = tide_add_saturated (last->rise, row->rise);
          last->fall = tide_add_saturated (last->fall, row->fall);
          last->n_samples += row->n_samples;
          if (row->bytes.n_allocated != 0 || row->bytes.live != 0 || row->bytes.freed != 0)
            last->bytes = row->bytes;
        }
      else
        g_array_index (rows, TideLineRow, n++) = *row;
    }
  g_array_set_size (rows, n);
}

static void
name_rows (TideLineTable *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      TideLineRow *row = &g_array_index (self->rows, TideLineRow, i);
      const TideCode *code =
          row->code != TIDE_CODE_BEFORE ? tide_process_get_code (self->process, row->code) : NULL;

      row->file = code != NULL ? tide_process_get_string (self->process, code->file) : "";
      row->function = code != NULL                    ? tide_process_get_string (self->process, code->name)
                      : row->code == TIDE_CODE_BEFORE ? _ ("[before measuring]")
                                                      : _ ("[outside Python]");
    }
}

static gboolean
query (TideLineTable *self, TideSpan span, GCancellable *cancellable)
{
  /* How many events there are must be read before how many nodes there are.  */
  gsize end = span.end_ns == G_MAXINT64 ? tide_process_get_n_events (self->process)
                                        : tide_process_count_events_before (self->process, span.end_ns);
  gsize begin =
      span.begin_ns == G_MININT64 ? 0 : tide_process_count_events_before (self->process, span.begin_ns);
  gsize n_accounts = TIDE_N_ACCOUNTS (tide_process_get_n_nodes (self->process));
  g_autofree TideTally *tallies = g_new0 (TideTally, n_accounts);
  g_autoptr (TideSiteSums) sums = NULL;

  if (!tide_event_sums (self->process, begin, end, tallies, n_accounts, cancellable))
    return FALSE;
  for (gsize account = 0; account < n_accounts; account++)
    if (tallies[account].n_samples > 0)
      {
        TideLineRow row = row_of_account (self->process, account, &tallies[account]);

        g_array_append_val (self->rows, row);
      }

  sums = tide_site_sums_new (self->process, span, cancellable);
  self->has_bytes = sums != NULL;
  for (guint i = 0; sums != NULL && i < sums->lines->len; i++)
    {
      const TideSiteRow *site = &g_array_index (sums->lines, TideSiteRow, i);
      TideLineRow row = { .code = site->code, .line = site->line, .bytes = site->figures };

      g_array_append_val (self->rows, row);
    }
  merge (self->rows);
  name_rows (self);
  return cancellable == NULL || !g_cancellable_is_cancelled (cancellable);
}

TideLineTable *
tide_line_table_new (TideProcess *process, TideSpan span, GCancellable *cancellable)
{
  g_autoptr (TideLineTable) self = NULL;

  g_return_val_if_fail (TIDE_IS_PROCESS (process), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  self = g_new0 (TideLineTable, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->process = g_object_ref (process);
  self->rows = g_array_new (FALSE, FALSE, sizeof (TideLineRow));
  return query (self, span, cancellable) ? g_steal_pointer (&self) : NULL;
}

TideLineTable *
tide_line_table_ref (TideLineTable *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tide_line_table_unref (TideLineTable *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->rows);
  g_object_unref (self->process);
  g_free (self);
}

guint
tide_line_table_get_n_rows (TideLineTable *self)
{
  return self->rows->len;
}

const TideLineRow *
tide_line_table_get_row (TideLineTable *self, guint index)
{
  return index < self->rows->len ? &g_array_index (self->rows, TideLineRow, index) : NULL;
}

gboolean
tide_line_table_has_bytes (TideLineTable *self)
{
  return self->has_bytes;
}

gint64
tide_line_row_get_figure (const TideLineRow *row, TideLineColumn column)
{
  switch (column)
    {
    case TIDE_LINE_COLUMN_SELF:
      return TIDE_LINE_ROW_SELF (row);
    case TIDE_LINE_COLUMN_ALLOCATED:
      return row->bytes.allocated;
    case TIDE_LINE_COLUMN_LIVE:
      return row->bytes.live;
    case TIDE_LINE_COLUMN_PEAK:
      return row->bytes.peak;
    case TIDE_LINE_COLUMN_BLOCKS:
      return row->bytes.n_live;
    case TIDE_LINE_COLUMN_TEMPORARY:
      return row->bytes.n_temporary;
    case TIDE_LINE_COLUMN_SAMPLES:
      return (gint64)row->n_samples;
    case TIDE_LINE_COLUMN_WHERE:
    case TIDE_LINE_COLUMN_FUNCTION:
    case TIDE_N_LINE_COLUMNS:
    default:
      return 0;
    }
}

typedef struct
{
  TideLineTable *table;
  TideLineColumn column;
  gboolean descending;
} Order;

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  guint i = *(const guint *)a, k = *(const guint *)b;
  const TideLineRow *x = tide_line_table_get_row (order->table, i);
  const TideLineRow *y = tide_line_table_get_row (order->table, k);
  gint64 p = tide_line_row_get_figure (x, order->column), q = tide_line_row_get_figure (y, order->column);
  int result = (p > q) - (p < q);

  if (order->column == TIDE_LINE_COLUMN_FUNCTION)
    result = strcmp (x->function, y->function);
  else if (order->column == TIDE_LINE_COLUMN_WHERE)
    {
      result = strcmp (x->file, y->file);
      if (result == 0)
        result = (x->line > y->line) - (x->line < y->line);
    }
  if (order->descending)
    result = -result;
  return result != 0 ? result : (i > k) - (i < k);
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *mine = g_utf8_casefold (text, -1);

  return strstr (mine, folded) != NULL;
}

GArray *
tide_line_table_order (TideLineTable *self, TideLineColumn column, gboolean descending, const char *filter)
{
  g_autofree char *valid = g_utf8_make_valid (filter != NULL ? filter : "", -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (guint));
  Order order = { self, column, descending };

  for (guint i = 0; i < self->rows->len; i++)
    {
      const TideLineRow *row = &g_array_index (self->rows, TideLineRow, i);

      if (*folded == '\0' || contains (row->function, folded) || contains (row->file, folded))
        g_array_append_val (rows, i);
    }
  g_array_sort_with_data (rows, compare_places, &order);
  return rows;
}
