#include "tide-function-table-private.h"

TideFunctionTable *
tide_function_table_new (TideProcess *process, TideSpan span, GCancellable *cancellable)
{
  g_autoptr (TideFunctionTable) self = NULL;

  g_return_val_if_fail (TIDE_IS_PROCESS (process), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  self = g_new0 (TideFunctionTable, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->process = g_object_ref (process);
  self->span = span;
  self->rows = g_array_new (FALSE, FALSE, sizeof (TideFunctionRow));

  if (!tide_function_table_query (self, cancellable))
    return NULL;
  tide_function_table_sort_names (self);
  return g_steal_pointer (&self);
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
  TideFunctionTable *table = tide_function_table_new (request->process, request->span, cancellable);

  if (table != NULL)
    g_task_return_pointer (task, table, (GDestroyNotify)tide_function_table_unref);
  else
    g_task_return_error_if_cancelled (task);
}

void
tide_function_table_new_async (TideProcess *process,
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
  g_task_set_source_tag (task, tide_function_table_new_async);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, run_request);
}

TideFunctionTable *
tide_function_table_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tide_function_table_new_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

TideFunctionTable *
tide_function_table_ref (TideFunctionTable *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tide_function_table_unref (TideFunctionTable *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->rows);
  g_free (self->by_name);
  g_free (self->by_place);
  g_object_unref (self->process);
  g_free (self);
}

guint
tide_function_table_get_n_rows (TideFunctionTable *self)
{
  return self->rows->len;
}

const TideFunctionRow *
tide_function_table_get_row (TideFunctionTable *self, guint index)
{
  return index < self->rows->len ? &g_array_index (self->rows, TideFunctionRow, index) : NULL;
}

TideSpan
tide_function_table_get_span (TideFunctionTable *self)
{
  return self->span;
}

gboolean
tide_function_table_has_calls (TideFunctionTable *self)
{
  return self->has_calls;
}

gboolean
tide_function_table_has_bytes (TideFunctionTable *self)
{
  return self->has_bytes;
}

gint64
tide_function_table_get_net (TideFunctionTable *self)
{
  return self->rise - self->fall;
}
