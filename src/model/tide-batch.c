#include "tide-batch.h"

static void
clear_thread (gpointer data)
{
  g_free (((TideThread *)data)->name);
}

static void
clear_mark (gpointer data)
{
  g_free (((TideMark *)data)->text);
}

static void
clear_note (gpointer data)
{
  g_free (((TideNote *)data)->text);
}

static void
clear_output (gpointer data)
{
  TideOutputChunk *output = data;

  g_clear_pointer (&output->bytes, g_bytes_unref);
}

static void
clear_call_block (gpointer data)
{
  g_clear_pointer (&((TideCallBlock *)data)->payload, g_bytes_unref);
}

TideBatch *
tide_batch_new (guint stream)
{
  TideBatch *self = g_new0 (TideBatch, 1);

  self->stream = stream;
  self->strings = g_ptr_array_new_with_free_func (g_free);
  self->codes = g_array_new (FALSE, FALSE, sizeof (TideCode));
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TideNode));
  self->threads = g_array_new (FALSE, FALSE, sizeof (TideThread));
  g_array_set_clear_func (self->threads, clear_thread);
  self->events = g_array_new (FALSE, FALSE, sizeof (TideRssEvent));
  self->samples = g_array_new (FALSE, FALSE, sizeof (TideRssSample));
  self->statuses = g_array_new (FALSE, FALSE, sizeof (TideStatus));
  self->collections = g_array_new (FALSE, FALSE, sizeof (TideCollection));
  self->marks = g_array_new (FALSE, FALSE, sizeof (TideMark));
  g_array_set_clear_func (self->marks, clear_mark);
  self->sites = g_array_new (FALSE, FALSE, sizeof (TideSite));
  self->site_states = g_array_new (FALSE, FALSE, sizeof (TideSiteState));
  self->notes = g_array_new (FALSE, FALSE, sizeof (TideNote));
  g_array_set_clear_func (self->notes, clear_note);
  self->outputs = g_array_new (FALSE, FALSE, sizeof (TideOutputChunk));
  g_array_set_clear_func (self->outputs, clear_output);
  self->call_blocks = g_array_new (FALSE, FALSE, sizeof (TideCallBlock));
  g_array_set_clear_func (self->call_blocks, clear_call_block);
  self->call_counts = g_array_new (FALSE, FALSE, sizeof (TideCallCount));
  return self;
}

void
tide_batch_free (TideBatch *self)
{
  if (self == NULL)
    return;
  tide_process_info_free (self->info);
  g_ptr_array_unref (self->strings);
  g_array_unref (self->codes);
  g_array_unref (self->nodes);
  g_array_unref (self->threads);
  g_array_unref (self->events);
  g_array_unref (self->samples);
  g_array_unref (self->statuses);
  g_array_unref (self->collections);
  g_array_unref (self->marks);
  g_array_unref (self->sites);
  g_array_unref (self->site_states);
  g_array_unref (self->notes);
  g_array_unref (self->outputs);
  g_array_unref (self->call_blocks);
  g_array_unref (self->call_counts);
  g_free (self->cost);
  g_free (self->end);
  g_free (self);
}

gboolean
tide_batch_is_empty (const TideBatch *self)
{
  return self->info == NULL && self->cost == NULL && self->end == NULL && self->strings->len == 0
         && self->codes->len == 0 && self->nodes->len == 0 && self->threads->len == 0
         && self->events->len == 0 && self->samples->len == 0 && self->statuses->len == 0
         && self->collections->len == 0 && self->marks->len == 0 && self->notes->len == 0
         && self->sites->len == 0 && self->site_states->len == 0 && self->outputs->len == 0
         && self->call_blocks->len == 0 && self->call_counts->len == 0;
}

TideProcessInfo *
tide_process_info_copy (const TideProcessInfo *self)
{
  TideProcessInfo *copy;

  if (self == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->executable = g_strdup (self->executable);
  copy->directory = g_strdup (self->directory);
  copy->host = g_strdup (self->host);
  copy->argv = g_strdupv (self->argv);
  copy->producer = g_strdup (self->producer);
  copy->python_version = g_strdup (self->python_version);
  return copy;
}

void
tide_process_info_free (TideProcessInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->executable);
  g_free (self->directory);
  g_free (self->host);
  g_strfreev (self->argv);
  g_free (self->producer);
  g_free (self->python_version);
  g_free (self);
}
