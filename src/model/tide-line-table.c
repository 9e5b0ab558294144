#include "config.h"

#include "tide-line-table.h"

#include "tide-event-sums.h"
#include "tide-process-private.h"
#include "tide-sites.h"

#include <glib/gi18n-lib.h>

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

typedef struct
{
  TideProcess *process;
  TideSpan span;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->process);
  g_free (request);
}

static void
run_request (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  TideLineTable *table = tide_line_table_new (request->process, request->span, cancellable);

  if (table != NULL)
    g_task_return_pointer (task, table, (GDestroyNotify)tide_line_table_unref);
  else
    g_task_return_error_if_cancelled (task);
}

void
tide_line_table_new_async (TideProcess *process,
                           TideSpan span,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (TIDE_IS_PROCESS (process));

  request = g_new (Request, 1);
  request->process = g_object_ref (process);
  request->span = span;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, tide_line_table_new_async);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, run_request);
}

TideLineTable *
tide_line_table_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tide_line_table_new_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
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
