#include "tide-ring.h"

#include <string.h>

#define MASK ((uint64_t)TIDE_REGION_RING_SIZE - 1)

static struct
{
  TideRegion *region;
  uint8_t *data;
  uint64_t head;     /* as published */
  uint64_t reserved; /* head after the commit */
} ring;

void
tide_ring_open (TideRegion *region)
{
  ring.region = region;
  ring.data = (uint8_t *)region + TIDE_REGION_RING_OFFSET;
  ring.head = ring.reserved = atomic_load_explicit (&region->head, memory_order_relaxed);
}

static uint64_t
room (void)
{
  uint64_t used = ring.head - atomic_load_explicit (&ring.region->tail, memory_order_acquire);

  return used > TIDE_REGION_RING_SIZE ? 0 : TIDE_REGION_RING_SIZE - used;
}

static size_t
rounded (size_t size)
{
  return (size + 7) & ~(size_t)7;
}

bool
tide_ring_has_room (size_t size)
{
  /* Padding is always shorter than the record that did not fit.  */
  return room () >= 2 * rounded (size);
}

static void
put_header (uint64_t at, size_t size, TideRecordKind kind)
{
  TideRecordHeader header = { .size = (uint32_t)size, .kind = (uint16_t)kind };

  memcpy (ring.data + (at & MASK), &header, sizeof header);
}

void *
tide_ring_reserve (size_t size, TideRecordKind kind)
{
  uint64_t at = ring.head;
  uint64_t to_end = TIDE_REGION_RING_SIZE - (at & MASK);
  uint64_t padding;

  size = rounded (size);
  padding = to_end < size ? to_end : 0;
  if (size > TIDE_REGION_RING_SIZE || room () < size + padding)
    return NULL;
  if (padding)
    put_header (at, (size_t)padding, TIDE_RECORD_PAD);
  at += padding;
  put_header (at, size, kind);
  ring.reserved = at + size;
  return ring.data + (at & MASK);
}

void
tide_ring_commit (void)
{
  ring.head = ring.reserved;
  atomic_store_explicit (&ring.region->head, ring.head, memory_order_release);
}
