#include "tide-decoder-stream.h"

#include "tide-sites-frames.h"

static TideSiteState
make_state (const TideSiteEntry *entry, gint64 time_ns)
{
  return (TideSiteState){
    .time_ns = time_ns,
    .site = entry->id,
    .live_error = (gfloat)entry->live_error,
    .allocated_error = (gfloat)entry->allocated_error,
    .live_bytes = (gint64)entry->live_bytes,
    .live_blocks = (gint64)entry->live_blocks,
    .allocated_bytes = (gint64)entry->allocated_bytes,
    .n_allocated = (gint64)entry->n_allocated,
    .freed_bytes = (gint64)entry->freed_bytes,
    .n_freed = (gint64)entry->n_freed,
    .peak_bytes = (gint64)entry->peak_bytes,
    .n_temporary = (gint64)entry->n_temporary,
  };
}

gboolean
tide_decoder_stream_take_sites (TideDecoderStream *self, TideDecoderTotals *totals, TideSlice payload)
{
  TideSitesReader reader;
  TideSiteEntry entry;
  gint64 time_ns;

  if (!tide_sites_reader_begin (&reader, payload))
    return FALSE;
  time_ns = reader.time_ns;
  if (!tide_decoder_stream_advance (self, &time_ns))
    return FALSE;
  while (tide_sites_reader_next (&reader, &entry))
    {
      TideSiteState state = make_state (&entry, time_ns);

      if (entry.is_new)
        {
          TideSite site = { entry.code, entry.line, (TideSiteScope)entry.kind };

          if (entry.id != self->n_sites + 1 || entry.code > self->n_codes)
            return FALSE;
          g_array_append_val (self->batch->sites, site);
          self->n_sites++;
          totals->n_definitions++;
        }
      else if (entry.id > self->n_sites)
        return FALSE;
      g_array_append_val (self->batch->site_states, state);
    }
  return tide_sites_reader_ok (&reader);
}
