#include "tide-ring-reader.h"

#include <stddef.h>
#include <string.h>

void
tide_ring_reader_init (TideRingReader *self, TideRegion *region)
{
  self->region = region;
  self->tail = 0;
  self->broken = false;
}

const TideRecordHeader *
tide_ring_reader_next (TideRingReader *self)
{
  const uint8_t *ring = (const uint8_t *)self->region + TIDE_REGION_RING_OFFSET;

  while (!self->broken)
    {
      uint64_t head = atomic_load_explicit (&self->region->head, memory_order_acquire);
      uint64_t filled = head - self->tail;
      uint32_t at = (uint32_t)(self->tail & (TIDE_REGION_RING_SIZE - 1)), to_end = TIDE_REGION_RING_SIZE - at;
      TideRecordHeader header;

      if (filled == 0)
        return NULL;
      self->broken = true;
      if (filled > TIDE_REGION_RING_SIZE || filled % 8 != 0)
        return NULL;
      memcpy (&header, ring + at, sizeof header);
      if (header.size < sizeof header || header.size % 8 != 0 || header.size > filled || header.size > to_end)
        return NULL;
      if (header.kind != TIDE_RECORD_PAD)
        {
          if (header.size > sizeof self->record)
            return NULL;
          memcpy (self->record, ring + at, header.size);
          /* What was checked, even if it was written to since.  */
          memcpy (self->record, &header, sizeof header);
        }
      self->tail += header.size;
      atomic_store_explicit (&self->region->tail, self->tail, memory_order_release);
      self->broken = false;
      if (header.kind != TIDE_RECORD_PAD)
        return (const TideRecordHeader *)self->record;
    }
  return NULL;
}

/* More pages than any machine has.  */
#define MOST_PAGES (1ll << 52)

bool
tide_ring_reader_get_event (TideRingReader *self, const TideEventRecord **event)
{
  const int64_t most = MOST_PAGES;
  const TideEventRecord *e = (const TideEventRecord *)self->record;

  *event = e;
  self->broken = e->header.size < sizeof *e || e->n_frames > TIDE_RECORD_MAX_FRAMES
                 || e->n_frames * sizeof e->frames[0] > e->header.size - sizeof *e
                 || e->source > TIDE_SOURCE_SHUTDOWN || e->delta_pages > most || e->delta_pages < -most
                 || e->rss_pages > (uint64_t)most;
  return !self->broken;
}

bool
tide_ring_reader_get_code (TideRingReader *self,
                           const TideCodeRecord **code,
                           TideSlice *file,
                           TideSlice *name,
                           TideSlice *line_table)
{
  const TideCodeRecord *c = (const TideCodeRecord *)self->record;
  const char *text = (const char *)(c + 1);

  *code = c;
  self->broken =
      c->header.size < sizeof *c || c->file_length > TIDE_RECORD_MAX_NAME
      || c->name_length > TIDE_RECORD_MAX_NAME || c->line_table_length > TIDE_RECORD_MAX_LINE_TABLE
      || (uint64_t)c->file_length + c->name_length + c->line_table_length > c->header.size - sizeof *c;
  if (self->broken)
    return false;
  *file = (TideSlice){ text, c->file_length };
  *name = (TideSlice){ text + c->file_length, c->name_length };
  *line_table = (TideSlice){ text + c->file_length + c->name_length, c->line_table_length };
  return true;
}

bool
tide_ring_reader_get_gc (TideRingReader *self, const TideGcRecord **gc)
{
  const TideGcRecord *g = (const TideGcRecord *)self->record;

  *gc = g;
  self->broken = g->header.size < sizeof *g || g->delta_pages > MOST_PAGES || g->delta_pages < -MOST_PAGES;
  return !self->broken;
}

bool
tide_ring_reader_get_mark (TideRingReader *self, const TideMarkRecord **mark, TideSlice *text)
{
  const TideMarkRecord *m = (const TideMarkRecord *)self->record;

  *mark = m;
  self->broken = m->header.size < sizeof *m || m->kind > TIDE_MARK_SNAPSHOT
                 || m->rss_pages > (uint64_t)MOST_PAGES || m->text_length > m->header.size - sizeof *m;
  if (self->broken)
    return false;
  *text = (TideSlice){ (const char *)(m + 1), m->text_length };
  return true;
}
