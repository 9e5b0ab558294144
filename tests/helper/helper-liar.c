/* An agent that lies, for the tests: what a program can do to the shared memory by writing where it must not.
 */
#include "tide-region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void
ready (TideRegion *region)
{
  strcpy (region->python_version, "3.11.2");
  region->layout.version_hex = 0x030b02f0;
  atomic_store (&region->agent_state, TIDE_AGENT_READY);
}

static void
put_event (TideRegion *region, uint32_t size, uint16_t n_frames, int64_t delta)
{
  TideEventRecord *event = (TideEventRecord *)((char *)region + TIDE_REGION_RING_OFFSET);

  memset (event, 0, sizeof *event);
  event->header.size = size;
  event->header.kind = TIDE_RECORD_EVENT;
  event->n_frames = n_frames;
  event->delta_pages = delta;
  event->source = TIDE_SOURCE_ALLOC;
  atomic_store (&region->head, sizeof *event);
}

static void
put_code (TideRegion *region, uint32_t id, uint32_t file_length)
{
  TideCodeRecord *code = (TideCodeRecord *)((char *)region + TIDE_REGION_RING_OFFSET);

  memset (code, 0, sizeof *code);
  code->header.size = sizeof *code;
  code->header.kind = TIDE_RECORD_CODE;
  code->id = id;
  code->file_length = file_length;
  atomic_store (&region->head, sizeof *code);
}

/* No lie at all, but more than a helper may keep whom nobody reads from: each event takes a page into the
 * account.  A real agent would not wait for room; this one does, until the helper takes nothing any more.  */
static void
put_many (TideRegion *region)
{
  const uint64_t size = sizeof (TideEventRecord) + 8; /* does not divide the ring: padding is needed */
  uint64_t head = 0;

  for (int i = 0, waited = 0; i < 1500000 && waited < 3000; i++)
    {
      uint64_t to_end = TIDE_REGION_RING_SIZE - head % TIDE_REGION_RING_SIZE;
      uint64_t padding = to_end < size ? to_end : 0;
      char *ring = (char *)region + TIDE_REGION_RING_OFFSET;
      TideEventRecord *event;

      if (head + padding + size - atomic_load (&region->tail) > TIDE_REGION_RING_SIZE)
        {
          const struct timespec a_while = { 0, 100000 };

          if (waited++ == 0)
            atomic_fetch_add (&region->lost, 1);
          nanosleep (&a_while, NULL);
          continue;
        }
      if (padding > 0)
        *(TideRecordHeader *)(ring + head % TIDE_REGION_RING_SIZE) =
            (TideRecordHeader){ (uint32_t)padding, 0, 0 };
      head += padding;
      event = (TideEventRecord *)(ring + head % TIDE_REGION_RING_SIZE);
      memset (event, 0, sizeof *event);
      event->header.size = (uint32_t)size;
      event->header.kind = TIDE_RECORD_EVENT;
      event->delta_pages = 1;
      event->rss_pages = (uint64_t)atomic_fetch_add (&region->accounted_pages, 1) + 1;
      event->source = TIDE_SOURCE_ALLOC;
      head += size;
      atomic_store (&region->head, head);
    }
}

static void __attribute__ ((constructor)) lie (void)
{
  const char *told = getenv (TIDE_ENV_REGION), *how = getenv ("TIDE_LIE");
  int fd = told != NULL ? atoi (told) : -1;
  TideRegion *region = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  /* Children of the one that is meant have it preloaded too.  */
  if (told != NULL && atoi (strchr (told, ':') + 1) != getpid ())
    return;
  if (region == MAP_FAILED || how == NULL)
    exit (95);
  if (strcmp (how, "many") == 0)
    {
      ready (region);
      put_many (region);
    }
  if (strcmp (how, "head") == 0)
    atomic_store (&region->head, 0x123456789abcdef8);
  else if (strcmp (how, "odd-head") == 0)
    atomic_store (&region->head, 13);
  else if (strcmp (how, "size-0") == 0)
    put_event (region, 0, 0, 1);
  else if (strcmp (how, "size-large") == 0)
    put_event (region, 0xfffffff8, 0, 1);
  else if (strcmp (how, "frames") == 0)
    put_event (region, sizeof (TideEventRecord), 65535, 1);
  else if (strcmp (how, "delta") == 0)
    put_event (region, sizeof (TideEventRecord), 0, INT64_MIN);
  else if (strcmp (how, "code-id") == 0)
    put_code (region, 0xffffffff, 0);
  else if (strcmp (how, "code-name") == 0)
    put_code (region, 1, 0xfffffff0);
  else if (strcmp (how, "layout") == 0)
    {
      memset (&region->layout, 0x7f, sizeof region->layout);
      region->layout.main_tstate = (uint64_t)(uintptr_t)region;
    }
  else if (strcmp (how, "account") == 0)
    atomic_store (&region->accounted_pages, INT64_MIN);
  else if (strcmp (how, "claim") == 0)
    {
      atomic_store (&region->claimed_pages, INT64_MAX);
      atomic_store (&region->claim_taken, INT64_MIN);
      atomic_store (&region->claim_arena, (uint64_t)(uintptr_t)region);
      atomic_store (&region->claim_arena_pages, 2);
    }
  else if (strcmp (how, "block") == 0)
    {
      atomic_store (&region->pending_pages, INT64_MAX);
      atomic_store (&region->block.claim.sequence, 2);
      region->block.address = UINT64_MAX - 4096;
      region->block.n_pages = 16384;
    }
  else if (strcmp (how, "loop") == 0)
    {
      /* A thread whose frame is its own caller.  */
      uint64_t *frame = (uint64_t *)((char *)region + TIDE_REGION_RING_OFFSET + 65536);

      frame[0] = frame[6] = (uint64_t)(uintptr_t)frame;
      region->layout.cframe_frame = -1;
      region->layout.frame_previous = 48;
      region->layout.frame_code = 8;
      region->layout.frame_instruction = 56;
      region->layout.code_type = 1;
      region->layout.main_tstate = (uint64_t)(uintptr_t)frame;
    }
  ready (region);
}
