#include "tide-process-private.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* 1 GiB: a thousand functions that go on being called, for five hours.  */
#define MAX_CALL_RISES ((gsize)1 << 26)

G_DEFINE_FINAL_TYPE (TideProcess, tide_process, G_TYPE_OBJECT)

static void
clear_note (gpointer data)
{
  g_free (((TideNote *)data)->text);
}

static void
clear_output (gpointer data)
{
  g_clear_pointer (&((TideOutputChunk *)data)->bytes, g_bytes_unref);
}

/* A long recording is nearly all that this program holds, and the C library would keep what it was in.  */
static void
give_back_memory (gsize n_events)
{
#ifdef __GLIBC__
  if (n_events >= TIDE_CHUNK_SIZE)
    malloc_trim (0);
#endif
}

static void
tide_process_finalize (GObject *object)
{
  TideProcess *self = TIDE_PROCESS (object);
  gsize n_events = self->events.filled;

  for (gsize i = 0; i < self->strings.filled; i++)
    g_free (((TideStringEntry *)tide_column_at (&self->strings, i))->text);
  for (gsize i = 0; i < self->threads.filled; i++)
    g_free (((TideThread *)tide_column_at (&self->threads, i))->name);
  for (gsize i = 0; i < self->marks.filled; i++)
    g_free (((TideMark *)tide_column_at (&self->marks, i))->text);
  for (gsize i = 0; i < self->calls.filled; i++)
    g_bytes_unref (((TideCallBlock *)tide_column_at (&self->calls, i))->payload);
  for (gsize i = 0; i < self->digests.filled; i++)
    g_free (*(TideDigest **)tide_column_at (&self->digests, i));

  tide_column_clear (&self->strings);
  tide_column_clear (&self->codes);
  tide_column_clear (&self->nodes);
  tide_column_clear (&self->threads);
  tide_column_clear (&self->events);
  tide_column_clear (&self->statuses);
  tide_column_clear (&self->collections);
  tide_column_clear (&self->marks);
  tide_column_clear (&self->calls);
  tide_column_clear (&self->call_rises);
  tide_column_clear (&self->sites);
  tide_column_clear (&self->site_states);
  tide_column_clear (&self->digests);
  tide_interner_free (self->interner);
  tide_series_free (self->rss);
  tide_process_info_free (self->info);
  g_free (self->end);
  g_free (self->cost);
  g_free (self->cost_before);
  g_array_unref (self->notes);
  g_array_unref (self->outputs);
  tide_name_order_unref (self->name_order);
  g_mutex_clear (&self->name_order_lock);
  give_back_memory (n_events);

  G_OBJECT_CLASS (tide_process_parent_class)->finalize (object);
}

static void
tide_process_class_init (TideProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_process_finalize;
}

static void
tide_process_init (TideProcess *self)
{
  self->info = g_new0 (TideProcessInfo, 1);
  self->rss = tide_series_new ();
  /* Ids are 32 bits wide, 0 is "none", and accounts of nodes are numbered a little higher.  */
  tide_column_init (&self->strings, sizeof (TideStringEntry), G_MAXUINT32 - 8);
  tide_column_init (&self->codes, sizeof (TideCodeEntry), G_MAXUINT32 - 8);
  tide_column_init (&self->nodes, sizeof (TideNode), G_MAXUINT32 - 8);
  tide_column_init (&self->threads, sizeof (TideThread), G_MAXUINT32 - 8);
  tide_column_init (&self->events, sizeof (TideRssEvent), G_MAXSIZE);
  tide_column_init (&self->statuses, sizeof (TideStatus), G_MAXSIZE);
  tide_column_init (&self->calls, sizeof (TideCallBlock), G_MAXSIZE);
  tide_column_init (&self->call_rises, sizeof (TideCallRise), MAX_CALL_RISES);
  tide_column_init (&self->sites, sizeof (TideSite), G_MAXUINT32 - 8);
  tide_column_init (&self->site_states, sizeof (TideSiteState), G_MAXSIZE);
  tide_column_init (&self->digests, sizeof (TideDigest *), G_MAXSIZE);
  tide_column_init (&self->collections, sizeof (TideCollection), G_MAXSIZE);
  tide_column_init (&self->marks, sizeof (TideMark), G_MAXSIZE);
  self->last_event_ns = self->last_status_ns = G_MININT64;
  self->last_collection_ns = self->last_mark_ns = self->last_site_ns = self->last_rise_ns = G_MININT64;
  self->interner = tide_interner_new ();
  self->notes = g_array_new (FALSE, FALSE, sizeof (TideNote));
  g_array_set_clear_func (self->notes, clear_note);
  self->outputs = g_array_new (FALSE, FALSE, sizeof (TideOutputChunk));
  g_array_set_clear_func (self->outputs, clear_output);
  g_mutex_init (&self->name_order_lock);
}

TideProcess *
tide_process_new (guint stream)
{
  TideProcess *self = g_object_new (TIDE_TYPE_PROCESS, NULL);

  self->stream = stream;
  return self;
}

guint32
tide_process_get_function (TideProcess *self, guint32 code)
{
  return ((TideCodeEntry *)tide_column_at (&self->codes, code - 1))->same_as;
}

const TideDigest *
tide_process_get_digest (TideProcess *self, gsize chunk, TideDigester *digester)
{
  _Atomic (TideDigest *) *slot = tide_column_at (&self->digests, chunk);
  TideDigest *digest = atomic_load_explicit (slot, memory_order_acquire);
  TideDigest *nothing = NULL;

  if (digest != NULL)
    return digest;

  for (gsize i = chunk << TIDE_CHUNK_SHIFT, end = i + TIDE_CHUNK_SIZE; i < end;)
    {
      gsize n;
      const TideRssEvent *events = tide_column_run (&self->events, i, &n);

      tide_digester_add (digester, events, n);
      i += n;
    }
  digest = tide_digester_finish (digester);
  if (atomic_compare_exchange_strong_explicit (slot, &nothing, digest, memory_order_acq_rel,
                                               memory_order_acquire))
    return digest;
  /* Another thread was faster: the digests are equal.  */
  g_free (digest);
  return nothing;
}

TideNameOrder *
tide_process_ref_name_order (TideProcess *self, guint n_codes)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->name_order_lock);

  if (self->name_order == NULL || self->name_order->n_codes < n_codes)
    {
      TideNameOrder *older = self->name_order;

      self->name_order = tide_name_order_new (self, n_codes, older);
      tide_name_order_unref (older);
    }
  return tide_name_order_ref (self->name_order);
}

guint
tide_process_get_stream (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), 0);
  return self->stream;
}

const TideProcessInfo *
tide_process_get_info (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), NULL);
  return self->info;
}

const TideProcessEnd *
tide_process_get_end (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), NULL);
  return self->end;
}

const TideCost *
tide_process_get_cost_before (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), NULL);
  return self->cost_before;
}

const TideCost *
tide_process_get_cost (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), NULL);
  return self->cost;
}

TideSeries *
tide_process_get_rss (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), NULL);
  return self->rss;
}

gint64
tide_process_get_last_time (TideProcess *self)
{
  g_return_val_if_fail (TIDE_IS_PROCESS (self), 0);
  return atomic_load_explicit (&self->last_time_ns, memory_order_relaxed);
}

guint
tide_process_get_n_strings (TideProcess *self)
{
  return tide_column_get_length (&self->strings);
}

guint
tide_process_get_n_codes (TideProcess *self)
{
  return tide_column_get_length (&self->codes);
}

guint
tide_process_get_n_nodes (TideProcess *self)
{
  return tide_column_get_length (&self->nodes);
}

guint
tide_process_get_n_threads (TideProcess *self)
{
  return tide_column_get_length (&self->threads);
}

gsize
tide_process_get_n_events (TideProcess *self)
{
  return tide_column_get_length (&self->events);
}

/* The element of ID, NULL for 0 and for one that does not exist.  */
static gconstpointer
find_by_id (const TideColumn *column, guint32 id)
{
  return id == 0 || id > tide_column_get_length (column) ? NULL : tide_column_at (column, id - 1);
}

const char *
tide_process_get_string (TideProcess *self, guint32 id)
{
  const TideStringEntry *entry = find_by_id (&self->strings, id);

  return entry != NULL ? entry->text : "";
}

const TideCode *
tide_process_get_code (TideProcess *self, guint32 id)
{
  const TideCodeEntry *entry = find_by_id (&self->codes, id);

  return entry != NULL ? &entry->code : NULL;
}

const TideNode *
tide_process_get_node (TideProcess *self, guint32 id)
{
  return find_by_id (&self->nodes, id);
}

const TideThread *
tide_process_get_thread (TideProcess *self, guint32 id)
{
  return find_by_id (&self->threads, id);
}

const TideRssEvent *
tide_process_get_event (TideProcess *self, gsize index)
{
  return index < tide_column_get_length (&self->events) ? tide_column_at (&self->events, index) : NULL;
}

gsize
tide_process_count_events_before (TideProcess *self, gint64 time_ns)
{
  gsize low = 0, high = tide_column_get_length (&self->events);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (((TideRssEvent *)tide_column_at (&self->events, middle))->time_ns < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gsize
tide_process_get_n_statuses (TideProcess *self)
{
  return tide_column_get_length (&self->statuses);
}

const TideStatus *
tide_process_get_status (TideProcess *self, gsize index)
{
  return index < tide_column_get_length (&self->statuses) ? tide_column_at (&self->statuses, index) : NULL;
}

gsize
tide_process_get_n_call_blocks (TideProcess *self)
{
  return tide_column_get_length (&self->calls);
}

const TideCallBlock *
tide_process_get_call_block (TideProcess *self, gsize index)
{
  return index < tide_column_get_length (&self->calls) ? tide_column_at (&self->calls, index) : NULL;
}

guint64
tide_process_get_n_calls (TideProcess *self)
{
  gsize n = tide_column_get_length (&self->calls);
  const TideCallBlock *last = n > 0 ? tide_column_at (&self->calls, n - 1) : NULL;

  return last != NULL ? last->n_before + last->n : 0;
}

guint64
tide_process_get_n_calls_dropped (TideProcess *self)
{
  return atomic_load_explicit (&self->n_calls_dropped, memory_order_relaxed);
}

gint64
tide_process_get_n_calls_of (TideProcess *self, guint32 function)
{
  const TideCodeEntry *entry = tide_column_at (&self->codes, function - 1);

  if (!atomic_load_explicit (&self->calls_counted, memory_order_relaxed))
    return -1;
  return (gint64)MIN (atomic_load_explicit (&entry->calls, memory_order_relaxed), G_MAXINT64);
}

gint64
tide_process_get_page_size (TideProcess *self)
{
  return atomic_load_explicit (&self->page_size, memory_order_relaxed);
}

gsize
tide_process_get_n_notes (TideProcess *self)
{
  return self->notes->len;
}

const TideNote *
tide_process_get_note (TideProcess *self, gsize index)
{
  return index < self->notes->len ? &g_array_index (self->notes, TideNote, index) : NULL;
}

gint64
tide_process_get_n_lost (TideProcess *self)
{
  return self->n_lost;
}

gsize
tide_process_get_n_outputs (TideProcess *self)
{
  return self->outputs->len;
}

const TideOutputChunk *
tide_process_get_output (TideProcess *self, gsize index)
{
  return index < self->outputs->len ? &g_array_index (self->outputs, TideOutputChunk, index) : NULL;
}
