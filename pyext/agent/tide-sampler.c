#include "tide-sampler.h"
#include "tide-block-map.h"
#include "tide-memory.h"
#include "tide-poisson.h"
#include "tide-site-finder.h"
#include "tide-sites.h"
#include "tide-try-lock.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define SITE_MASK (((uint64_t)1 << TIDE_SITE_BITS) - 1)
#define MAX_SIZE (UINT64_MAX >> TIDE_SITE_BITS)

/* Nearly all blocks that are given back are not sampled: a byte says whether any of those with its hash is.
 * 64 KiB.  */
#define FILTER_BITS 16u
#define FILTER_SIZE (1u << FILTER_BITS)
#define FULL UINT8_MAX /* so many that it cannot be counted down any more */

#define UNLIKELY(x) __builtin_expect (!!(x), 0)
#define COLD __attribute__ ((noinline, cold))

static struct
{
  uint64_t mean;
  uint8_t *filter;
  /* Bytes to the next point.  Threads without the GIL may count at once and lose a few: those bytes are
   * longer than they are.  */
  _Atomic int64_t left;
  _Atomic uint32_t lock; /* of what follows */
  TideBlockMap map;
  uint64_t random;
  uintptr_t last; /* the block that was sampled last, and what was left then */
  int64_t last_left;
} sampler;

static inline uint8_t *
filter_of (const void *block)
{
  return &sampler.filter[(uint64_t)((uintptr_t)block >> 3) * 0x9e3779b97f4a7c15ull >> (64 - FILTER_BITS)];
}

static void
add_to_filter (const void *block)
{
  uint8_t *count = filter_of (block);

  if (*count != FULL)
    ++*count;
}

static void
remove_from_filter (const void *block)
{
  uint8_t *count = filter_of (block);

  if (*count != FULL)
    --*count;
}

static TideSampledBlock
weigh (uint64_t size)
{
  double p = tide_poisson_chance (size, sampler.mean);
  TideSampledBlock weighed = { .variance = (double)size * (double)size * (1 - p) / (p * p) };

  weighed.bytes = (uint64_t)((double)size / p + 0.5);
  weighed.n = (uint64_t)(TIDE_SITES_SAMPLED_UNIT / p + 0.5);
  return weighed;
}

static void
draw (void)
{
  sampler.last_left = tide_poisson_distance (&sampler.random, sampler.mean);
  atomic_store_explicit (&sampler.left, sampler.last_left, memory_order_relaxed);
}

static COLD void
sample (void *block, size_t size, bool has_gil)
{
  int saved = errno;
  TideSampledBlock weighed;
  uint32_t site;
  uint64_t old;

  if (size > MAX_SIZE || !tide_try_lock (&sampler.lock))
    {
      tide_sites_miss ();
      return;
    }
  draw ();
  site = tide_site_finder_find (NULL, has_gil);
  if (tide_block_map_put (&sampler.map, (uintptr_t)block, (uint64_t)size << TIDE_SITE_BITS | site, &old))
    {
      if (old != 0)
        {
          /* It was given back unseen.  */
          weighed = weigh (old >> TIDE_SITE_BITS);
          tide_sites_remove_sampled (old & SITE_MASK, &weighed, false);
        }
      else
        add_to_filter (block);
      weighed = weigh (size);
      tide_sites_add_sampled (site, &weighed);
      sampler.last = (uintptr_t)block;
    }
  else
    tide_sites_miss ();
  tide_try_unlock (&sampler.lock);
  errno = saved;
}

void
tide_sampler_take (void *block, size_t size, bool has_gil)
{
  int64_t left = atomic_load_explicit (&sampler.left, memory_order_relaxed) - (int64_t)size;

  atomic_store_explicit (&sampler.left, left, memory_order_relaxed);
  if (UNLIKELY (left < 0))
    sample (block, size, has_gil);
}

/* What is noted of BLOCK, which is noted no more; 0: nothing.  TEMPORARY: nothing was taken since.  */
static COLD uint64_t
take_note (const void *block, bool *temporary)
{
  uint64_t note = 0;

  *temporary = sampler.last == (uintptr_t)block
               && atomic_load_explicit (&sampler.left, memory_order_relaxed) == sampler.last_left;
  if (!tide_try_lock (&sampler.lock))
    return 0;
  note = tide_block_map_take (&sampler.map, (uintptr_t)block);
  if (note != 0)
    remove_from_filter (block);
  tide_try_unlock (&sampler.lock);
  return note;
}

static void
drop_note (uint64_t note, bool temporary)
{
  TideSampledBlock weighed = weigh (note >> TIDE_SITE_BITS);

  if (!tide_try_lock (&sampler.lock))
    {
      tide_sites_miss ();
      return;
    }
  tide_sites_remove_sampled (note & SITE_MASK, &weighed, temporary);
  tide_try_unlock (&sampler.lock);
}

void
tide_sampler_give_back (void *block)
{
  uint64_t note;
  bool temporary;

  if (*filter_of (block) == 0)
    return;
  note = take_note (block, &temporary);
  if (note != 0)
    drop_note (note, temporary);
}

uint64_t
tide_sampler_lift (void *block)
{
  bool temporary;

  return *filter_of (block) == 0 ? 0 : take_note (block, &temporary);
}

void
tide_sampler_drop_lifted (uint64_t known)
{
  drop_note (known, false);
}

void
tide_sampler_put_back (void *block, uint64_t known)
{
  uint64_t old;

  if (!tide_try_lock (&sampler.lock))
    {
      tide_sites_miss ();
      return;
    }
  if (tide_block_map_put (&sampler.map, (uintptr_t)block, known, &old) && old == 0)
    add_to_filter (block);
  tide_try_unlock (&sampler.lock);
}

bool
tide_sampler_open (uint64_t mean)
{
  struct timespec t;

  if (!sampler.filter)
    {
      sampler.filter = tide_memory_reserve (FILTER_SIZE);
      if (!sampler.filter)
        return false;
      tide_memory_fill (sampler.filter, FILTER_SIZE);
    }
  clock_gettime (CLOCK_MONOTONIC, &t);
  sampler.random = ((uint64_t)t.tv_nsec << 32 ^ (uint64_t)t.tv_sec ^ (uintptr_t)&t) | 1;
  sampler.mean = mean;
  sampler.last = 0;
  draw ();
  return true;
}

void
tide_sampler_close (void)
{
  /* In a forked child it was dropped before.  Whoever holds the lock was still counting.  */
  if (!sampler.filter || !tide_try_lock (&sampler.lock))
    return;
  tide_block_map_clear (&sampler.map);
  memset (sampler.filter, 0, FILTER_SIZE);
  tide_try_unlock (&sampler.lock);
}

void
tide_sampler_drop (void)
{
  if (sampler.filter)
    tide_memory_release (sampler.filter, FILTER_SIZE);
  if (sampler.map.slots)
    tide_memory_release (sampler.map.slots, sampler.map.n_slots * sizeof *sampler.map.slots);
  memset (&sampler, 0, sizeof sampler);
}
