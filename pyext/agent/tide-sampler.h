#pragma once

#include "tide-region.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A Poisson sample of blocks by their bytes.  Points fall on the stream of all bytes that are taken, at
 * distances drawn from an exponential of mean R; a block of S bytes that a point falls into is sampled, which
 * happens with probability p = 1 - exp (-S / R), and stands for 1 / p blocks of S bytes.  So the sums over
 * sampled blocks, live or ever taken, are unbiased, and S^2 (1 - p) / p^2 for each sampled block sums up to
 * an unbiased estimate of their variance (Horvitz and Thompson).
 *
 * As in tide-bytes.h; KNOWN is a note of theirs.  */

/* False: memory is out.  MEAN in bytes.  REGION stays.  */
bool tide_sampler_open (TideRegion *region, uint64_t mean);
void tide_sampler_close (void);
/* In a forked child.  */
void tide_sampler_drop (void);

/* Blocks that are not sampled end here: a countdown, and a byte for a stretch of the address space that says
 * whether a block in any of those with its number is sampled.  64 KiB.  */
#define TIDE_SAMPLER_FILTER_BITS 16u
typedef struct
{
  /* Bytes to the next look.  Threads without the GIL may count at once and lose a few: those bytes are longer
   * than they are.  Interpreters with a GIL of their own would lose many: then nothing is lost.  */
  _Atomic int64_t left;
  _Atomic bool parallel; /* there are such */
  uint8_t *filter;
  uint32_t shift; /* from an address to its stretch */
} TideSampler;

extern TideSampler tide_sampler __attribute__ ((visibility ("hidden")));

static inline int64_t
tide_sampler_left (void)
{
  return atomic_load_explicit (&tide_sampler.left, memory_order_relaxed);
}

/* Whether a block of SIZE bytes that is taken now is not sampled.  Then that was all; else nothing has
 * happened.  */
static inline bool
tide_sampler_passes (size_t size)
{
  int64_t before = tide_sampler_left ();

  if (__builtin_expect (atomic_load_explicit (&tide_sampler.parallel, memory_order_relaxed), 0))
    {
      while (before >= (int64_t)size
             && !atomic_compare_exchange_weak_explicit (&tide_sampler.left, &before, before - (int64_t)size,
                                                        memory_order_relaxed, memory_order_relaxed))
        ;
      return before >= (int64_t)size;
    }
  if (before - (int64_t)size < 0)
    return false;
  atomic_store_explicit (&tide_sampler.left, before - (int64_t)size, memory_order_relaxed);
  return true;
}

static inline uint8_t *
tide_sampler_filter (const void *block)
{
  return &tide_sampler
              .filter[(uintptr_t)block >> tide_sampler.shift & ((1u << TIDE_SAMPLER_FILTER_BITS) - 1)];
}

/* False: BLOCK is not sampled, and to give it back needs nothing.  */
static inline bool
tide_sampler_may_know (const void *block)
{
  return *tide_sampler_filter (block) != 0;
}

/* True: it is time for the agent to look what is wanted of it.  */
bool tide_sampler_take (void *block, size_t size, bool has_gil);
void tide_sampler_give_back (void *block);

uint64_t tide_sampler_lift (void *block);
void tide_sampler_drop_lifted (uint64_t known);
void tide_sampler_put_back (void *block, uint64_t known);
