#include "tide-loader.h"

/* Progress on its way from the task's thread to the main thread.  */
typedef struct
{
  GFileProgressCallback progress;
  gpointer progress_data;
  GMainContext *context;
  gint64 last_us;
} AsyncLoad;

typedef struct
{
  GFileProgressCallback progress;
  gpointer progress_data;
  goffset done, total;
} Progress;

static gboolean
emit_progress (gpointer data)
{
  const Progress *progress = data;

  progress->progress (progress->done, progress->total, progress->progress_data);
  return G_SOURCE_REMOVE;
}

/* In the task's thread.  Sources of one priority run in the order in which they came, so none runs after the
 * task's callback.  */
static void
forward_progress (goffset done, goffset total, gpointer data)
{
  AsyncLoad *self = data;
  gint64 now_us = g_get_monotonic_time ();
  Progress *progress;
  g_autoptr (GSource) idle = NULL;

  /* No eye needs more than twenty a second.  */
  if (now_us - self->last_us < G_TIME_SPAN_SECOND / 20)
    return;
  self->last_us = now_us;
  progress = g_new (Progress, 1);
  *progress = (Progress){ self->progress, self->progress_data, done, total };
  /* Not g_main_context_invoke(): while nobody iterates the context, that would call back in this thread.  */
  idle = g_idle_source_new ();
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, emit_progress, progress, g_free);
  g_source_attach (idle, self->context);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AsyncLoad *self = data;
  GError *error = NULL;
  TideRecording *recording =
      tide_load (source, self->progress != NULL ? forward_progress : NULL, self, cancellable, &error);

  if (recording != NULL)
    g_task_return_pointer (task, recording, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
tide_load_async (GFile *file,
                 GFileProgressCallback progress,
                 gpointer progress_data,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  GTask *task = g_task_new (file, cancellable, callback, user_data);
  AsyncLoad *self = g_new0 (AsyncLoad, 1);

  self->progress = progress;
  self->progress_data = progress_data;
  self->context = g_task_get_context (task);
  g_task_set_source_tag (task, tide_load_async);
  g_task_set_priority (task, G_PRIORITY_DEFAULT);
  g_task_set_task_data (task, self, g_free);
  g_task_run_in_thread (task, load_in_thread);
  g_object_unref (task);
}

TideRecording *
tide_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tide_load_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
