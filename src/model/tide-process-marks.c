#include "tide-process-private.h"

#include <string.h>

/* More than any address space has (57 bits).  */
#define MAX_BYTES (G_GINT64_CONSTANT (1) << 57)

void
tide_process_append_collections (TideProcess *self, GArray *collections)
{
  for (guint i = 0; i < collections->len; i++)
    {
      TideCollection *collection = tide_column_push (&self->collections);

      if (collection == NULL)
        break;
      *collection = g_array_index (collections, TideCollection, i);
      self->last_collection_ns = collection->time_ns = MAX (collection->time_ns, self->last_collection_ns);
      collection->duration_ns = MAX (collection->duration_ns, 0);
      collection->delta_bytes = CLAMP (collection->delta_bytes, -MAX_BYTES, MAX_BYTES);
      collection->collected = MAX (collection->collected, 0);
      collection->uncollectable = MAX (collection->uncollectable, 0);
      if (collection->thread > self->threads.filled)
        collection->thread = 0;
    }
  tide_column_publish (&self->collections);
  g_array_set_size (collections, 0);
}

void
tide_process_append_marks (TideProcess *self, GArray *marks)
{
  for (guint i = 0; i < marks->len; i++)
    {
      TideMark *from = &g_array_index (marks, TideMark, i);
      TideMark *mark = tide_column_push (&self->marks);

      if (mark == NULL)
        break;
      *mark = *from;
      from->text = NULL;
      if (mark->text == NULL)
        mark->text = g_strdup ("");
      self->last_mark_ns = mark->time_ns = MAX (mark->time_ns, self->last_mark_ns);
      mark->rss_bytes = CLAMP (mark->rss_bytes, 0, MAX_BYTES);
      mark->kind = (guint8)CLAMP (mark->kind, TIDE_MARKER_MESSAGE, TIDE_MARKER_SNAPSHOT);
      if (mark->thread > self->threads.filled)
        mark->thread = 0;
    }
  tide_column_publish (&self->marks);
  g_array_set_size (marks, 0);
}

gsize
tide_process_get_n_collections (TideProcess *self)
{
  return tide_column_get_length (&self->collections);
}

const TideCollection *
tide_process_get_collection (TideProcess *self, gsize index)
{
  return index < tide_column_get_length (&self->collections) ? tide_column_at (&self->collections, index)
                                                             : NULL;
}

gsize
tide_process_get_n_marks (TideProcess *self)
{
  return tide_column_get_length (&self->marks);
}

const TideMark *
tide_process_get_mark (TideProcess *self, gsize index)
{
  return index < tide_column_get_length (&self->marks) ? tide_column_at (&self->marks, index) : NULL;
}

gsize
tide_process_count_collections_before (TideProcess *self, gint64 time_ns)
{
  return tide_column_count_before (&self->collections, time_ns);
}

gsize
tide_process_count_marks_before (TideProcess *self, gint64 time_ns)
{
  return tide_column_count_before (&self->marks, time_ns);
}
