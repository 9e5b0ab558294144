#include "tide-sampler.h"
#include "tide-account.h"
#include "tide-block-map.h"
#include "tide-clock.h"
#include "tide-interpreters.h"
#include "tide-memory.h"
#include "tide-poisson.h"
#include "tide-site-finder.h"
#include "tide-sites.h"
#include "tide-try-lock.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define SITE_MASK (((uint64_t)1 << TIDE_SITE_BITS) - 1)
#define MAX_SIZE (UINT64_MAX >> TIDE_SITE_BITS)

#define FILTER_SIZE (1u << TIDE_SAMPLER_FILTER_BITS)
#define FULL UINT8_MAX /* so many that it cannot be counted down any more */

/* A stretch is so much less than the mean distance of two samples that few blocks share one with a sample;
 * more than a page spares nothing.  */
#define STRETCHES_PER_MEAN 128u
#define MIN_SHIFT 4u
#define MAX_SHIFT 12u

/* After so many bytes the agent looks what is wanted of it.  */
#define POLL_BYTES (256 << 10)

#define COLD __attribute__ ((noinline, cold))

static struct
{
  TideRegion *region;
  uint64_t mean;
  _Atomic uint32_t lock; /* of what follows */
  int64_t rest;          /* bytes to the next point, beyond what is left to the next look */
  TideBlockMap map;
  uint64_t random;
  uintptr_t last; /* the block that was sampled last, and what was left then */
  int64_t last_left;
} sampler;

TideSampler tide_sampler;

static void
add_to_filter (const void *block)
{
  uint8_t *count = tide_sampler_filter (block);

  if (*count != FULL)
    ++*count;
}

static void
remove_from_filter (const void *block)
{
  uint8_t *count = tide_sampler_filter (block);

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

/* The lock holder's: the next point is DISTANCE bytes away.  */
static void
set_distance (int64_t distance)
{
  int64_t left = distance < POLL_BYTES ? distance : POLL_BYTES;

  sampler.rest = distance - left;
  sampler.last = 0;
  sampler.last_left = left;
  atomic_store_explicit (&tide_sampler.left, left, memory_order_relaxed);
}

static void
draw (void)
{
  set_distance (tide_poisson_distance (&sampler.random, sampler.mean));
}

/* The lock holder's.  */
static void
sample (void *block, size_t size, bool has_gil)
{
  TideSampledBlock weighed;
  uint32_t site = tide_site_finder_find_anew (has_gil);
  uint64_t old;

  if (!tide_block_map_put (&sampler.map, (uintptr_t)block, (uint64_t)size << TIDE_SITE_BITS | site, &old))
    {
      tide_sites_miss ();
      return;
    }
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

bool
tide_sampler_take (void *block, size_t size, bool has_gil)
{
  int saved = errno;
  uint64_t since_ns;
  int64_t distance;

  if (tide_sampler_passes (size))
    return false;
  since_ns = tide_clock_ns (CLOCK_MONOTONIC);
  if (tide_interpreters_are_parallel ())
    atomic_store_explicit (&tide_sampler.parallel, true, memory_order_relaxed);
  if (size > MAX_SIZE || !tide_try_lock_long (&sampler.lock))
    {
      tide_sites_miss ();
      errno = saved;
      return true;
    }
  distance = tide_sampler_left () + sampler.rest - (int64_t)size;
  if (distance >= 0)
    set_distance (distance);
  else
    {
      draw ();
      if (!atomic_load_explicit (&sampler.region->suspend, memory_order_relaxed))
        sample (block, size, has_gil);
    }
  tide_try_unlock (&sampler.lock);
  tide_account_add_cost (TIDE_INSTRUMENT_BYTES_SAMPLED, tide_clock_ns (CLOCK_MONOTONIC) - since_ns);
  errno = saved;
  return true;
}

/* What is noted of BLOCK, which is noted no more; 0: nothing.  TEMPORARY: nothing was taken since.  */
static COLD uint64_t
take_note (const void *block, bool *temporary)
{
  uint64_t note = 0;

  *temporary = sampler.last == (uintptr_t)block && tide_sampler_left () == sampler.last_left;
  if (!tide_try_lock_long (&sampler.lock))
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

  if (!tide_try_lock_long (&sampler.lock))
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

  if (!tide_sampler_may_know (block))
    return;
  note = take_note (block, &temporary);
  if (note != 0)
    drop_note (note, temporary);
}

uint64_t
tide_sampler_lift (void *block)
{
  bool temporary;

  return tide_sampler_may_know (block) ? take_note (block, &temporary) : 0;
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

  if (!tide_try_lock_long (&sampler.lock))
    {
      tide_sites_miss ();
      return;
    }
  if (tide_block_map_put (&sampler.map, (uintptr_t)block, known, &old) && old == 0)
    add_to_filter (block);
  tide_try_unlock (&sampler.lock);
}

static uint32_t
shift_for (uint64_t mean)
{
  uint32_t shift = MIN_SHIFT;

  while (shift < MAX_SHIFT && mean / STRETCHES_PER_MEAN >> (shift + 1) != 0)
    shift++;
  return shift;
}

bool
tide_sampler_open (TideRegion *region, uint64_t mean)
{
  if (!tide_sampler.filter)
    {
      tide_sampler.filter = tide_memory_reserve (FILTER_SIZE);
      if (!tide_sampler.filter)
        return false;
      tide_memory_fill (tide_sampler.filter, FILTER_SIZE);
    }
  tide_sampler.shift = shift_for (mean);
  sampler.region = region;
  sampler.random = (tide_clock_ns (CLOCK_MONOTONIC) << 20 ^ (uintptr_t)&region) | 1;
  sampler.mean = mean;
  draw ();
  return true;
}

void
tide_sampler_close (void)
{
  /* In a forked child it was dropped before.  Whoever holds the lock was still counting.  */
  if (!tide_sampler.filter || !tide_try_lock_long (&sampler.lock))
    return;
  tide_block_map_clear (&sampler.map);
  memset (tide_sampler.filter, 0, FILTER_SIZE);
  tide_try_unlock (&sampler.lock);
}

void
tide_sampler_drop (void)
{
  if (tide_sampler.filter)
    tide_memory_release (tide_sampler.filter, FILTER_SIZE);
  if (sampler.map.slots)
    tide_memory_release (sampler.map.slots, sampler.map.n_slots * sizeof *sampler.map.slots);
  memset (&sampler, 0, sizeof sampler);
  memset (&tide_sampler, 0, sizeof tide_sampler);
}
