#include "tide-recording.h"

#include "tide-process-private.h"

struct _TideRecording
{
  GObject parent_instance;

  GPtrArray *processes;  /* TideProcess, in the order in which they came */
  GHashTable *by_stream; /* stream -> TideProcess, borrowed              */
  GPtrArray *diagnostics;
  guint64 generation;
};

enum
{
  CHANGED,
  PROCESS_ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return TIDE_TYPE_PROCESS;
}

static guint
get_n_items (GListModel *model)
{
  return TIDE_RECORDING (model)->processes->len;
}

static gpointer
get_item (GListModel *model, guint index)
{
  TideProcess *process = tide_recording_get_process (TIDE_RECORDING (model), index);

  return process != NULL ? g_object_ref (process) : NULL;
}

static void
init_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TideRecording,
                               tide_recording,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

static void
tide_recording_finalize (GObject *object)
{
  TideRecording *self = TIDE_RECORDING (object);

  g_hash_table_unref (self->by_stream);
  g_ptr_array_unref (self->processes);
  g_ptr_array_unref (self->diagnostics);

  G_OBJECT_CLASS (tide_recording_parent_class)->finalize (object);
}

static void
tide_recording_class_init (TideRecordingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_recording_finalize;

  signals[CHANGED] =
      g_signal_new ("changed", TIDE_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROCESS_ADDED] = g_signal_new ("process-added", TIDE_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, TIDE_TYPE_PROCESS);
}

static void
tide_recording_init (TideRecording *self)
{
  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_stream = g_hash_table_new (NULL, NULL);
  self->diagnostics = g_ptr_array_new_with_free_func (g_free);
}

TideRecording *
tide_recording_new (void)
{
  return g_object_new (TIDE_TYPE_RECORDING, NULL);
}

void
tide_recording_append (TideRecording *self, TideBatch *batch)
{
  TideProcess *process;
  gboolean is_new;

  g_return_if_fail (TIDE_IS_RECORDING (self));
  g_return_if_fail (batch != NULL);

  process = g_hash_table_lookup (self->by_stream, GUINT_TO_POINTER (batch->stream));
  is_new = process == NULL;
  if (is_new)
    {
      process = tide_process_new (batch->stream);
      g_hash_table_insert (self->by_stream, GUINT_TO_POINTER (batch->stream), process);
      g_ptr_array_add (self->processes, process);
    }
  tide_process_append (process, batch);
  tide_batch_free (batch);
  self->generation++;

  /* A handler may drop the recording.  */
  g_object_ref (self);
  if (is_new)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), self->processes->len - 1, 0, 1);
      g_signal_emit (self, signals[PROCESS_ADDED], 0, process);
    }
  g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
}

guint
tide_recording_get_n_processes (TideRecording *self)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), 0);
  return self->processes->len;
}

TideProcess *
tide_recording_get_process (TideRecording *self, guint index)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), NULL);
  return index < self->processes->len ? g_ptr_array_index (self->processes, index) : NULL;
}

gint64
tide_recording_get_last_time (TideRecording *self)
{
  gint64 last = 0;

  g_return_val_if_fail (TIDE_IS_RECORDING (self), 0);
  for (guint i = 0; i < self->processes->len; i++)
    last = MAX (last, tide_process_get_last_time (g_ptr_array_index (self->processes, i)));
  return last;
}

guint64
tide_recording_get_generation (TideRecording *self)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), 0);
  return self->generation;
}

gboolean
tide_recording_is_complete (TideRecording *self)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), FALSE);
  for (guint i = 0; i < self->processes->len; i++)
    if (tide_process_get_end (g_ptr_array_index (self->processes, i)) == NULL)
      return FALSE;
  return self->processes->len > 0;
}

void
tide_recording_add_diagnostic (TideRecording *self, const char *text)
{
  g_return_if_fail (TIDE_IS_RECORDING (self));
  g_return_if_fail (text != NULL);
  g_ptr_array_add (self->diagnostics, g_utf8_make_valid (text, -1));
}

guint
tide_recording_get_n_diagnostics (TideRecording *self)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), 0);
  return self->diagnostics->len;
}

const char *
tide_recording_get_diagnostic (TideRecording *self, guint index)
{
  g_return_val_if_fail (TIDE_IS_RECORDING (self), NULL);
  return index < self->diagnostics->len ? g_ptr_array_index (self->diagnostics, index) : NULL;
}
