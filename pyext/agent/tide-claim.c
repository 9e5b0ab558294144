#define _GNU_SOURCE
#include "tide-claim.h"

#include <string.h>
#include <sys/mman.h>

/* Arenas are of 256 KiB or 1 MiB.  */
#define MAX_ARENA_PAGES 512

static struct
{
  TideRegion *region;
  TideStack stack; /* to whom the region's claim belongs */
  const void *_Atomic arena;
} claim;

void
tide_claim_open (TideRegion *region)
{
  claim.region = region;
  atomic_store (&claim.arena, NULL);
}

/* Under the sequence lock; until publish_end() the helper leaves it alone.  */
static void
publish_begin (TideRegionClaim *shared, const TideStack *stack)
{
  uint32_t sequence = atomic_load_explicit (&shared->sequence, memory_order_relaxed);

  atomic_store_explicit (&shared->sequence, sequence + 1, memory_order_relaxed);
  atomic_thread_fence (memory_order_release);
  shared->tid = stack->tid;
  shared->n_frames = stack->n_frames;
  shared->truncated = stack->truncated;
  memcpy (shared->frames, stack->frames, stack->n_frames * sizeof stack->frames[0]);
}

static void
publish_end (TideRegionClaim *shared)
{
  atomic_fetch_add_explicit (&shared->sequence, 1, memory_order_release);
}

void
tide_claim_make (const TideStack *stack, int64_t pages, const void *arena)
{
  TideRegion *region = claim.region;

  claim.stack.tid = stack->tid;
  claim.stack.n_frames = stack->n_frames;
  claim.stack.truncated = stack->truncated;
  memcpy (claim.stack.frames, stack->frames, stack->n_frames * sizeof stack->frames[0]);
  publish_begin (&region->claim, stack);
  publish_end (&region->claim);
  atomic_store (&claim.arena, arena);
  atomic_store (&region->claim_arena, (uint64_t)(uintptr_t)arena);
  atomic_store (&region->claim_arena_pages, arena ? (uint64_t)pages : 0);
  atomic_store (&region->claim_taken, 0);
  atomic_store (&region->claimed_pages, pages);
}

void
tide_claim_end (void)
{
  atomic_store (&claim.arena, NULL);
  atomic_store (&claim.region->claim_arena, 0);
  atomic_store (&claim.region->claimed_pages, 0);
}

bool
tide_claim_is_for (const void *arena)
{
  return atomic_load (&claim.arena) == arena;
}

void
tide_claim_limit (int64_t pages)
{
  _Atomic int64_t *claimed = &claim.region->claimed_pages;
  int64_t now = atomic_load (claimed);

  /* The helper takes from it as well.  */
  while (now > pages && !atomic_compare_exchange_weak (claimed, &now, pages))
    ;
}

/* Pages of the claim's arena that have become resident and were not charged yet; MAX when the claim is for no
 * arena, or nobody knows.  */
static int64_t
come_of_arena (int64_t max)
{
  unsigned char pages[MAX_ARENA_PAGES];
  void *arena = (void *)atomic_load (&claim.arena);
  size_t n = atomic_load (&claim.region->claim_arena_pages);
  int64_t resident = 0;

  if (!arena || n > MAX_ARENA_PAGES || mincore (arena, n * claim.region->page_size, pages) != 0)
    return max;
  for (size_t i = 0; i < n; i++)
    resident += pages[i] & 1;
  resident -= atomic_load (&claim.region->claim_taken);
  return resident < 0 ? 0 : resident < max ? resident : max;
}

int64_t
tide_claim_take (int64_t delta, bool arena_is_full, int64_t rss, uint64_t time_ns)
{
  TideRegion *region = claim.region;
  int64_t claimed = atomic_load_explicit (&region->claimed_pages, memory_order_relaxed);
  int64_t part = delta < claimed ? delta : claimed;
  int64_t late = arena_is_full ? (int64_t)(atomic_load (&region->claim_arena_pages) / 2) : 0;

  if (part > 0)
    part = come_of_arena (part);
  if (part <= 0)
    return delta;
  atomic_fetch_add (&region->claim_taken, part);
  atomic_fetch_sub (&region->claimed_pages, part);
  if (part <= late)
    return delta;
  tide_stack_write (&claim.stack, TIDE_SOURCE_PENDING, time_ns, part - late, rss);
  return delta - (part - late);
}

void
tide_claim_tell_block (const TideStack *stack, const void *fresh, size_t size)
{
  TideRegionBlock *shared = &claim.region->block;
  uint64_t page_size = claim.region->page_size, address = (uint64_t)(uintptr_t)fresh;
  uint64_t first = address / page_size, last = (address + (size ? size : 1) - 1) / page_size;

  publish_begin (&shared->claim, stack);
  shared->address = first * page_size;
  shared->n_pages = last - first + 1;
  publish_end (&shared->claim);
}
