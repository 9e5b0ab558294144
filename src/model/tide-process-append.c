#include "tide-process-private.h"

#include <string.h>

/* TIDE_LOST_EVENTS of the wire, which the model does not include.  */
#define LOST_EVENTS 1

/* What the helper calls the code to which it charges what was resident before: no function, without a file.
 */
#define BEFORE_NAME "[before measuring]"

/* More than any address space has (57 bits), and far from what 64 bits can hold.  */
#define MAX_BYTES (G_GINT64_CONSTANT (1) << 57)

/* More bytes and blocks than any program takes in its life.  */
#define MAX_FIGURE (G_GINT64_CONSTANT (1) << 60)

/* TEXT (transfer full) as something that may be shown.  */
static char *
make_text (char *text)
{
  char *valid;

  if (text == NULL)
    return g_strdup ("");
  if (g_utf8_validate (text, -1, NULL))
    return text;
  valid = g_utf8_make_valid (text, -1);
  g_free (text);
  return valid;
}

static void
append_strings (TideProcess *self, GPtrArray *strings)
{
  for (guint i = 0; i < strings->len; i++)
    {
      TideStringEntry *entry = tide_column_push (&self->strings);

      if (entry == NULL)
        break;
      entry->text = make_text (g_steal_pointer (&strings->pdata[i]));
      entry->same_as = tide_interner_add_string (self->interner, entry->text, self->strings.filled);
    }
  tide_column_publish (&self->strings);
  g_ptr_array_set_size (strings, 0);
}

/* The first id of the string that ID names, 0 for "".  */
static guint32
same_string (TideProcess *self, guint32 id)
{
  const TideStringEntry *entry;

  if (id == 0)
    return 0;
  entry = tide_column_at (&self->strings, id - 1);
  return *entry->text == '\0' ? 0 : entry->same_as;
}

static void
append_codes (TideProcess *self, GArray *codes)
{
  for (guint i = 0; i < codes->len; i++)
    {
      TideCode code = g_array_index (codes, TideCode, i);
      TideCodeEntry *entry = tide_column_push (&self->codes);

      if (entry == NULL)
        break;
      if (code.file > self->strings.filled)
        code.file = 0;
      if (code.name > self->strings.filled)
        code.name = 0;
      entry->code = code;
      entry->own_calls = 0;
      atomic_init (&entry->calls, 0);
      if (same_string (self, code.file) == 0
          && strcmp (tide_process_get_string (self, code.name), BEFORE_NAME) == 0)
        {
          entry->same_as = TIDE_CODE_BEFORE;
          continue;
        }
      entry->same_as =
          tide_interner_add_function (self->interner, same_string (self, code.file),
                                      same_string (self, code.name), code.first_line, self->codes.filled);
    }
  tide_column_publish (&self->codes);
  g_array_set_size (codes, 0);
}

static void
append_call_blocks (TideProcess *self, GArray *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      TideCallBlock *from = &g_array_index (blocks, TideCallBlock, i), *block;
      const TideCallBlock *last =
          self->calls.filled > 0 ? tide_column_at (&self->calls, self->calls.filled - 1) : NULL;
      gsize size = from->payload != NULL ? g_bytes_get_size (from->payload) : 0;

      if (from->n == 0 || size == 0)
        continue;
      block = self->call_bytes + size <= TIDE_PROCESS_MAX_CALL_BYTES ? tide_column_push (&self->calls) : NULL;
      if (block == NULL)
        {
          atomic_fetch_add (&self->n_calls_dropped, from->n);
          continue;
        }
      *block = *from;
      from->payload = NULL;
      self->call_bytes += size;
      block->n_before = last != NULL ? last->n_before + last->n : 0;
      block->rss_pages_before = last != NULL ? last->last_rss_pages : -1;
      for (guint kind = 0; kind < TIDE_CALL_N_KINDS; kind++)
        block->n_before_of_kind[kind] =
            last != NULL ? last->n_before_of_kind[kind] + last->n_of_kind[kind] : 0;
    }
  tide_column_publish (&self->calls);
  g_array_set_size (blocks, 0);
}

/* What went down can only be that of a damaged recording; nobody calls so often in so short a time that it
 * does not fit.  */
static void
append_call_rise (TideProcess *self, const TideCallCount *count, guint32 function, guint64 before)
{
  TideCallRise *rise = count->count > before ? tide_column_push (&self->call_rises) : NULL;

  if (rise == NULL)
    return;
  self->last_rise_ns = MAX (count->time_ns, self->last_rise_ns);
  *rise = (TideCallRise){ self->last_rise_ns, function, (guint32)MIN (count->count - before, G_MAXUINT32) };
}

static void
append_call_counts (TideProcess *self, GArray *counts)
{
  for (guint i = 0; i < counts->len; i++)
    {
      const TideCallCount *count = &g_array_index (counts, TideCallCount, i);
      TideCodeEntry *entry, *first;

      if (count->code == 0 || count->code > self->codes.filled)
        continue;
      entry = tide_column_at (&self->codes, count->code - 1);
      if (entry->same_as == TIDE_CODE_BEFORE)
        continue;
      first = tide_column_at (&self->codes, entry->same_as - 1);
      atomic_fetch_add_explicit (&first->calls, count->count - entry->own_calls, memory_order_relaxed);
      append_call_rise (self, count, entry->same_as, entry->own_calls);
      entry->own_calls = count->count;
      atomic_store_explicit (&self->calls_counted, TRUE, memory_order_relaxed);
    }
  tide_column_publish (&self->call_rises);
  g_array_set_size (counts, 0);
}

static void
append_nodes (TideProcess *self, GArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++)
    {
      TideNode *node = tide_column_push (&self->nodes);

      if (node == NULL)
        break;
      *node = g_array_index (nodes, TideNode, i);
      if (node->parent >= self->nodes.filled)
        node->parent = 0;
      if (node->code > self->codes.filled)
        node->code = 0;
    }
  tide_column_publish (&self->nodes);
  g_array_set_size (nodes, 0);
}

static void
append_threads (TideProcess *self, GArray *threads)
{
  for (guint i = 0; i < threads->len; i++)
    {
      TideThread *from = &g_array_index (threads, TideThread, i);
      TideThread *thread = tide_column_push (&self->threads);

      if (thread == NULL)
        break;
      thread->tid = from->tid;
      thread->name = make_text (g_steal_pointer (&from->name));
    }
  tide_column_publish (&self->threads);
  g_array_set_size (threads, 0);
}

static void
append_events (TideProcess *self, GArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      TideRssEvent *event = tide_column_push (&self->events);

      if (event == NULL)
        break;
      *event = g_array_index (events, TideRssEvent, i);
      self->last_event_ns = event->time_ns = MAX (event->time_ns, self->last_event_ns);
      event->delta_bytes = CLAMP (event->delta_bytes, -MAX_BYTES, MAX_BYTES);
      event->rss_bytes = CLAMP (event->rss_bytes, 0, MAX_BYTES);
      if (event->node > self->nodes.filled)
        event->node = 0;
      if (event->thread > self->threads.filled)
        event->thread = 0;

      if ((self->events.filled & (TIDE_CHUNK_SIZE - 1)) == 0)
        {
          *(TideDigest **)tide_column_push (&self->digests) = NULL;
          tide_column_publish (&self->digests);
        }
    }
  tide_column_publish (&self->events);
  g_array_set_size (events, 0);
}

static void
append_samples (TideProcess *self, GArray *samples)
{
  for (guint i = 0; i < samples->len; i++)
    {
      const TideRssSample *sample = &g_array_index (samples, TideRssSample, i);

      tide_series_append (self->rss, sample->time_ns, CLAMP (sample->rss_bytes, 0, MAX_BYTES));
    }
  g_array_set_size (samples, 0);
}

static void
append_statuses (TideProcess *self, GArray *statuses)
{
  for (guint i = 0; i < statuses->len; i++)
    {
      TideStatus *status = tide_column_push (&self->statuses);

      if (status == NULL)
        break;
      *status = g_array_index (statuses, TideStatus, i);
      self->last_status_ns = status->time_ns = MAX (status->time_ns, self->last_status_ns);
    }
  tide_column_publish (&self->statuses);
  g_array_set_size (statuses, 0);
}

static void
append_sites (TideProcess *self, GArray *sites)
{
  for (guint i = 0; i < sites->len; i++)
    {
      TideSite *site = tide_column_push (&self->sites);

      if (site == NULL)
        break;
      *site = g_array_index (sites, TideSite, i);
      if (site->code > self->codes.filled)
        site->code = 0;
    }
  tide_column_publish (&self->sites);
  g_array_set_size (sites, 0);
}

static void
clamp_state (TideSiteState *state)
{
  gint64 *figures[] = { &state->live_bytes,  &state->live_blocks, &state->allocated_bytes,
                        &state->n_allocated, &state->freed_bytes, &state->n_freed,
                        &state->peak_bytes,  &state->n_temporary };

  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    *figures[i] = CLAMP (*figures[i], 0, MAX_FIGURE);
}

static void
append_site_states (TideProcess *self, GArray *states)
{
  for (guint i = 0; i < states->len; i++)
    {
      TideSiteState *state;
      guint32 site = g_array_index (states, TideSiteState, i).site;

      if (site == 0 || site > self->sites.filled)
        continue;
      state = tide_column_push (&self->site_states);
      if (state == NULL)
        break;
      *state = g_array_index (states, TideSiteState, i);
      self->last_site_ns = state->time_ns = MAX (state->time_ns, self->last_site_ns);
      clamp_state (state);
    }
  tide_column_publish (&self->site_states);
  g_array_set_size (states, 0);
}

static void
append_notes (TideProcess *self, GArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    {
      TideNote note = g_array_index (notes, TideNote, i);

      g_array_index (notes, TideNote, i).text = NULL;
      if (note.text != NULL)
        note.text = make_text (note.text);
      if (self->notes->len > 0)
        note.time_ns =
            MAX (note.time_ns, g_array_index (self->notes, TideNote, self->notes->len - 1).time_ns);
      if (note.kind == TIDE_NOTE_LOST && note.detail == LOST_EVENTS && note.value > 0)
        self->n_lost = tide_add_saturated (self->n_lost, note.value);
      g_array_append_val (self->notes, note);
    }
  g_array_set_size (notes, 0);
}

static void
append_outputs (TideProcess *self, GArray *outputs)
{
  for (guint i = 0; i < outputs->len; i++)
    {
      TideOutputChunk output = g_array_index (outputs, TideOutputChunk, i);

      if (output.bytes == NULL)
        continue;
      g_array_index (outputs, TideOutputChunk, i).bytes = NULL;
      g_array_append_val (self->outputs, output);
    }
  g_array_set_size (outputs, 0);
}

/* The newest time of what was appended.  */
static gint64
get_newest_time (TideProcess *self, const TideBatch *batch)
{
  gsize n_samples = tide_series_get_length (self->rss);
  gint64 newest = atomic_load_explicit (&self->last_time_ns, memory_order_relaxed);
  gint64 time_ns;

  newest = MAX (newest, batch->last_time_ns);
  newest = MAX (newest, self->last_event_ns);
  newest = MAX (newest, self->last_status_ns);
  newest = MAX (newest, self->last_collection_ns);
  newest = MAX (newest, self->last_mark_ns);
  newest = MAX (newest, self->last_site_ns);
  if (n_samples > 0 && tide_series_get (self->rss, n_samples - 1, &time_ns, NULL))
    newest = MAX (newest, time_ns);
  if (self->notes->len > 0)
    newest = MAX (newest, g_array_index (self->notes, TideNote, self->notes->len - 1).time_ns);
  if (self->end != NULL)
    newest = MAX (newest, self->end->time_ns);
  return newest;
}

void
tide_process_append (TideProcess *self, TideBatch *batch)
{
  /* Definitions before their uses: a reader that sees an event finds its node, and so on down to the strings.
   */
  append_strings (self, batch->strings);
  append_codes (self, batch->codes);
  append_nodes (self, batch->nodes);
  append_threads (self, batch->threads);
  append_events (self, batch->events);
  append_samples (self, batch->samples);
  append_statuses (self, batch->statuses);
  tide_process_append_collections (self, batch->collections);
  tide_process_append_marks (self, batch->marks);
  append_sites (self, batch->sites);
  append_site_states (self, batch->site_states);
  append_notes (self, batch->notes);
  append_outputs (self, batch->outputs);
  append_call_blocks (self, batch->call_blocks);
  append_call_counts (self, batch->call_counts);

  if (batch->info != NULL)
    {
      tide_process_info_free (self->info);
      self->info = g_steal_pointer (&batch->info);
      atomic_store_explicit (&self->page_size, self->info->page_size, memory_order_relaxed);
    }
  if (batch->cost != NULL)
    {
      g_free (self->cost_before);
      self->cost_before = self->cost;
      self->cost = g_steal_pointer (&batch->cost);
    }
  if (batch->end != NULL)
    {
      g_free (self->end);
      self->end = g_steal_pointer (&batch->end);
    }

  atomic_store_explicit (&self->last_time_ns, get_newest_time (self, batch), memory_order_relaxed);
}
