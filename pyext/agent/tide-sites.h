#pragma once

#include "tide-region.h"
#include "tide-sites-area.h"

#include <stdbool.h>
#include <stdint.h>

/* The counters of places, in the area that the helper reads (tide-sites-area.h).
 *
 * A site that is not SHARED is only counted by whoever holds the GIL of the main interpreter, by plain
 * stores; the others by anybody, by atomic ones.  No function but open takes long, none needs memory of the
 * program's.  Not from signal handlers.  */

/* How many bits a site needs.  */
#define TIDE_SITE_BITS 17

/* Opens the helper's area.  False: REASON (SIZE bytes) says why not.  Again after a stop: what is live is
 * forgotten.  MEAN_BYTES: as in the header.  */
bool tide_sites_open (TideRegion *region, uint64_t mean_bytes, char *reason, size_t size);

/* In a forked child.  */
void tide_sites_drop (void);

/* The site of LINE of the agent's code id CODE, made when it is new; 0: there are too many.  CODE 0, no
 * Python code, always has one; of others it may be UNKNOWN, when that cannot be told now.  */
#define TIDE_SITES_UNKNOWN UINT32_MAX
uint32_t tide_sites_get (uint32_t code, uint32_t line, bool shared);

/* The counters by site; those of the whole process first.  */
extern TideSiteCounters *tide_sites_counters __attribute__ ((visibility ("hidden")));

void tide_sites_add_shared (uint32_t site, uint64_t size);
void tide_sites_remove_shared (uint32_t site, uint64_t size, bool temporary);

/* Of what has one writer: what two instructions do that are not an atomic addition.  */
static inline uint64_t
tide_sites_count (_Atomic uint64_t *counter, uint64_t value)
{
  uint64_t sum = atomic_load_explicit (counter, memory_order_relaxed) + value;

  atomic_store_explicit (counter, sum, memory_order_relaxed);
  return sum;
}

static inline void
tide_sites_count_live (TideSiteCounters *counters, uint64_t size)
{
  uint64_t live = tide_sites_count (&counters->live_bytes, size);

  if (live > atomic_load_explicit (&counters->peak_bytes, memory_order_relaxed))
    atomic_store_explicit (&counters->peak_bytes, live, memory_order_relaxed);
}

static inline __attribute__ ((always_inline)) void
tide_sites_add (uint32_t site, uint64_t size)
{
  TideSiteCounters *all = tide_sites_counters, *counters = &all[site];

  if (__builtin_expect (counters->shared, 0))
    {
      tide_sites_add_shared (site, size);
      return;
    }
  tide_sites_count (&counters->live_blocks, 1);
  tide_sites_count (&counters->allocated_bytes, size);
  tide_sites_count (&counters->n_allocated, 1);
  tide_sites_count_live (counters, size);
  tide_sites_count_live (&all[counters->function], size);
  tide_sites_count_live (all, size);
}

static inline void
tide_sites_remove (uint32_t site, uint64_t size, bool temporary)
{
  TideSiteCounters *all = tide_sites_counters, *counters = &all[site];

  if (__builtin_expect (counters->shared, 0))
    {
      tide_sites_remove_shared (site, size, temporary);
      return;
    }
  tide_sites_count (&counters->live_blocks, -(uint64_t)1);
  tide_sites_count (&counters->live_bytes, -size);
  if (temporary)
    tide_sites_count (&counters->n_temporary, 1);
  tide_sites_count (&all[counters->function].live_bytes, -size);
  tide_sites_count (&all->live_bytes, -size);
}

/* A sampled block, which stands for N (in TIDE_SITES_SAMPLED_UNIT) blocks of BYTES together.  */
typedef struct
{
  uint64_t bytes;
  uint64_t n;
  double variance; /* of BYTES */
} TideSampledBlock;

/* For sites that are SHARED, one thread at a time.  */
void tide_sites_add_sampled (uint32_t site, const TideSampledBlock *block);
void tide_sites_remove_sampled (uint32_t site, const TideSampledBlock *block, bool temporary);

/* A block could not be counted.  */
void tide_sites_miss (void);
