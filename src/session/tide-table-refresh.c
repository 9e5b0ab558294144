#include "config.h"

#include "tide-table-refresh.h"

struct _TideTableRefresh
{
  grefcount references; /* the owner's, and one while a table is computed */
  guint interval_ms;
  TideTableRefreshFunc changed; /* NULL: the owner is gone */
  gpointer user_data;

  TideProcess *process;
  TideSpan span;
  TideFunctionTable *table;

  GCancellable *computing; /* NULL: nothing is computed */
  gboolean stale;          /* the data grew since a computation began */
  gboolean again;          /* what is computed is not what is wanted  */
  gint64 started_us;       /* the last computation */
  guint timer;
};

static void compute (TideTableRefresh *self);

static void
unref (TideTableRefresh *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->process);
  g_clear_pointer (&self->table, tide_function_table_unref);
  g_clear_object (&self->computing);
  g_free (self);
}

static void
tell (TideTableRefresh *self)
{
  if (self->changed != NULL)
    self->changed (self->user_data);
}

static gboolean
on_time (gpointer data)
{
  TideTableRefresh *self = data;

  self->timer = 0;
  compute (self);
  return G_SOURCE_REMOVE;
}

/* Computes as soon as the interval since the last time is over.  */
static void
compute_in_time (TideTableRefresh *self)
{
  gint64 passed_ms = (g_get_monotonic_time () - self->started_us) / 1000;

  if (self->timer != 0 || self->computing != NULL || self->process == NULL)
    return;
  if (self->started_us == 0 || passed_ms >= self->interval_ms)
    compute (self);
  else
    self->timer = g_timeout_add (self->interval_ms - (guint)passed_ms, on_time, self);
}

static void
on_computed (GObject *source, GAsyncResult *result, gpointer data)
{
  TideTableRefresh *self = data;
  g_autoptr (TideFunctionTable) table = tide_function_table_new_finish (result, NULL);
  gboolean cancelled = g_cancellable_is_cancelled (self->computing);

  g_clear_object (&self->computing);
  if (table != NULL && !cancelled)
    {
      g_clear_pointer (&self->table, tide_function_table_unref);
      self->table = g_steal_pointer (&table);
    }
  if (self->changed != NULL && self->process != NULL)
    {
      if (self->again)
        compute (self);
      else if (self->stale)
        compute_in_time (self);
    }
  tell (self);
  unref (self);
}

static void
compute (TideTableRefresh *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->computing = g_cancellable_new ();
  self->stale = self->again = FALSE;
  self->started_us = g_get_monotonic_time ();
  g_ref_count_inc (&self->references);
  tide_function_table_new_async (self->process, self->span, self->computing, on_computed, self);
}

TideTableRefresh *
tide_table_refresh_new (guint interval_ms, TideTableRefreshFunc changed, gpointer user_data)
{
  TideTableRefresh *self = g_new0 (TideTableRefresh, 1);

  g_ref_count_init (&self->references);
  self->interval_ms = interval_ms;
  self->changed = changed;
  self->user_data = user_data;
  self->span = TIDE_SPAN_ALL;
  return self;
}

void
tide_table_refresh_free (TideTableRefresh *self)
{
  self->changed = NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->computing != NULL)
    g_cancellable_cancel (self->computing);
  unref (self);
}

void
tide_table_refresh_set_subject (TideTableRefresh *self, TideProcess *process, TideSpan span)
{
  if (self->process == process && self->span.begin_ns == span.begin_ns && self->span.end_ns == span.end_ns)
    return;
  if (g_set_object (&self->process, process))
    {
      g_clear_pointer (&self->table, tide_function_table_unref);
      if (self->computing != NULL)
        g_cancellable_cancel (self->computing);
    }
  self->span = span;
  tide_table_refresh_demand (self);
}

void
tide_table_refresh_data_grew (TideTableRefresh *self)
{
  self->stale = TRUE;
  compute_in_time (self);
}

void
tide_table_refresh_demand (TideTableRefresh *self)
{
  /* What is computed just then is let be: while a selection is dragged, a table that comes a little late is
   * better than none until the pointer rests.  */
  if (self->computing != NULL)
    self->again = TRUE;
  else if (self->process != NULL)
    compute (self);
  else
    g_clear_handle_id (&self->timer, g_source_remove);
  tell (self);
}

TideFunctionTable *
tide_table_refresh_get_table (TideTableRefresh *self)
{
  return self->table;
}

gboolean
tide_table_refresh_is_computing (TideTableRefresh *self)
{
  return self->computing != NULL;
}
