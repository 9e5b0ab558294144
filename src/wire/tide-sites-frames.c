#include "tide-sites-frames.h"

#include <string.h>

#define FLAG_SAMPLED 1u

/* The values of an entry in the order of the frame; the last two only when blocks are sampled.  */
#define N_VALUES 10
#define N_EXACT 8

static void
collect (TideSiteEntry *entry, uint64_t *values[N_VALUES])
{
  uint64_t *all[N_VALUES] = { &entry->live_bytes,     &entry->live_blocks, &entry->allocated_bytes,
                              &entry->n_allocated,    &entry->freed_bytes, &entry->n_freed,
                              &entry->peak_bytes,     &entry->n_temporary, &entry->live_error,
                              &entry->allocated_error };

  memcpy (values, all, sizeof all);
}

void
tide_put_sites (TideBuffer *buffer,
                uint16_t stream,
                int64_t time_ns,
                uint64_t mean_bytes,
                const TideSiteEntry *entries,
                uint32_t n_entries)
{
  uint32_t last = 0;

  tide_buffer_begin (buffer, TIDE_FRAME_SITES, stream);
  tide_buffer_put_varint (buffer, (uint64_t)time_ns);
  tide_buffer_put_varint (buffer, mean_bytes != 0 ? FLAG_SAMPLED : 0);
  if (mean_bytes != 0)
    tide_buffer_put_varint (buffer, mean_bytes);
  tide_buffer_put_varint (buffer, n_entries);
  for (uint32_t i = 0; i < n_entries; i++)
    {
      TideSiteEntry entry = entries[i];
      uint64_t *values[N_VALUES];

      tide_buffer_put_varint (buffer, (uint64_t)(entry.id - last) << 1 | entry.is_new);
      last = entry.id;
      if (entry.is_new)
        {
          tide_buffer_put_varint (buffer, entry.kind);
          tide_buffer_put_varint (buffer, entry.code);
          tide_buffer_put_varint (buffer, entry.line);
        }
      collect (&entry, values);
      for (int k = 0; k < (mean_bytes != 0 ? N_VALUES : N_EXACT); k++)
        tide_buffer_put_varint (buffer, *values[k]);
    }
  tide_buffer_end (buffer);
}

bool
tide_sites_reader_begin (TideSitesReader *self, TideSlice payload)
{
  uint64_t time_ns, flags;

  memset (self, 0, sizeof *self);
  self->cursor = tide_cursor_on (payload);
  time_ns = tide_cursor_varint (&self->cursor);
  flags = tide_cursor_varint (&self->cursor);
  if (flags & FLAG_SAMPLED)
    self->mean_bytes = tide_cursor_varint (&self->cursor);
  self->left = tide_cursor_u32 (&self->cursor);
  self->time_ns = (int64_t)time_ns;
  return tide_cursor_ok (&self->cursor) && self->time_ns >= 0 && self->left <= TIDE_SITES_MAX_COUNT
         && (flags & FLAG_SAMPLED) == (self->mean_bytes != 0) && self->mean_bytes <= TIDE_SITES_MAX_VALUE;
}

static bool
fail (TideSitesReader *self)
{
  self->cursor.failed = true;
  return false;
}

bool
tide_sites_reader_next (TideSitesReader *self, TideSiteEntry *entry)
{
  uint64_t *values[N_VALUES];
  uint64_t step;

  if (self->left == 0 || !tide_cursor_ok (&self->cursor))
    return false;
  self->left--;
  memset (entry, 0, sizeof *entry);
  step = tide_cursor_varint (&self->cursor);
  entry->is_new = step & 1;
  step >>= 1;
  if (step == 0 || step > UINT32_MAX - self->last_id)
    return fail (self);
  entry->id = self->last_id += (uint32_t)step;
  if (entry->is_new)
    {
      uint32_t kind = tide_cursor_u32 (&self->cursor);

      if (kind < TIDE_SITE_LINE || kind > TIDE_SITE_PROCESS)
        return fail (self);
      entry->kind = (TideSiteKind)kind;
      entry->code = tide_cursor_u32 (&self->cursor);
      entry->line = tide_cursor_u32 (&self->cursor);
    }
  collect (entry, values);
  for (int k = 0; k < (self->mean_bytes != 0 ? N_VALUES : N_EXACT); k++)
    {
      *values[k] = tide_cursor_varint (&self->cursor);
      if (*values[k] > TIDE_SITES_MAX_VALUE)
        return fail (self);
    }
  return tide_cursor_ok (&self->cursor);
}

bool
tide_sites_reader_ok (const TideSitesReader *self)
{
  return self->left == 0 && tide_cursor_ok (&self->cursor);
}
