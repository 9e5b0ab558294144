#pragma once

/* The memory in which the agent counts Python bytes by place, and from which the helper reads them: the area
 * TIDE_AREA_SITES of tide-region.h.  The counters are the agent's only copy, so whatever ends the target, the
 * last of them is here.  The helper trusts nothing in it.
 *
 *   +--------------------------+ 0
 *   | TideSitesHeader          |
 *   +--------------------------+ TIDE_SITES_COUNTERS_OFFSET
 *   | TideSiteCounters [MAX]   | one cache line each
 *   +--------------------------+ TIDE_SITES_PLACES_OFFSET
 *   | TideSitePlace [MAX]      | what they are of
 *   +--------------------------+ TIDE_SITES_ERRORS_OFFSET
 *   | TideSiteErrors [MAX]     | touched only when blocks are sampled
 *   +--------------------------+ TIDE_SITES_AREA_SIZE (most of it never resident)
 *
 * A site is a line of a function, a whole function, or the whole process: a peak of lines does not add up to
 * the peak of their function, so each has counters of its own.  One place may have two sites: those counted
 * under the interpreter's lock by plain stores, and those counted without it by atomic ones.  */

#include <stdatomic.h>
#include <stdint.h>

#define TIDE_SITES_MAGIC 0x3153455449534554ull
#define TIDE_SITES_VERSION 1
#define TIDE_SITES_MAX 131072u
/* From here on no new functions are told apart, only lines of those that are known.  */
#define TIDE_SITES_MAX_FUNCTION (TIDE_SITES_MAX / 4 * 3)

typedef enum
{
  TIDE_SITE_NONE = 0, /* not there (yet) */
  TIDE_SITE_LINE = 1,
  TIDE_SITE_FUNCTION = 2, /* the whole of it: live and peak bytes alone */
  TIDE_SITE_PROCESS = 3,  /* the same of the whole process              */
} TideSiteKind;

/* Where blocks are sampled, counts of them are in this part of a block.  */
#define TIDE_SITES_SAMPLED_UNIT 1024u

/* Bytes as they were requested.  Of sampled blocks these are estimates.  What was freed is what was allocated
 * and is neither live nor forgotten.  */
typedef struct
{
  _Atomic uint64_t live_bytes;
  _Atomic uint64_t live_blocks;
  _Atomic uint64_t allocated_bytes; /* a resized block counts as a new one, and the old one as freed */
  _Atomic uint64_t n_allocated;
  _Atomic uint64_t peak_bytes;  /* highest live_bytes */
  _Atomic uint64_t n_temporary; /* blocks that were freed before their thread took another */
  uint32_t function;            /* index of its function's site */
  uint32_t shared;              /* 1: counted without the interpreter's lock */
  uint64_t reserved;
} TideSiteCounters;

typedef struct
{
  uint32_t code; /* agent's code id, 0: no Python frame, or none that could be told */
  uint32_t line; /* 0: none */
  uint32_t reserved;
  _Atomic uint32_t kind; /* TideSiteKind; written last, with release order */
} TideSitePlace;

/* Doubles, as their bits.  The variances are sums over sampled blocks (see tide-bytes-sampled.c).  What is
 * forgotten was live when the instrument was stopped: nobody saw whether it was freed.  */
typedef struct
{
  _Atomic uint64_t live_variance;
  _Atomic uint64_t allocated_variance;
  _Atomic uint64_t forgotten_bytes;
  _Atomic uint64_t forgotten_blocks;
} TideSiteErrors;

typedef struct
{
  uint64_t magic;
  uint32_t version;
  _Atomic uint32_t n_sites;    /* those from here on are not there                               */
  _Atomic uint64_t mean_bytes; /* mean distance of two samples; 0: all blocks are counted */
  _Atomic uint64_t n_missed;   /* blocks that could not be counted */
} TideSitesHeader;

#define TIDE_SITES_COUNTERS_OFFSET 65536u /* arrays begin at multiples of the largest page */
#define TIDE_SITES_PLACES_OFFSET                                                                             \
  (TIDE_SITES_COUNTERS_OFFSET + TIDE_SITES_MAX * (uint32_t)sizeof (TideSiteCounters))
#define TIDE_SITES_ERRORS_OFFSET                                                                             \
  (TIDE_SITES_PLACES_OFFSET + TIDE_SITES_MAX * (uint32_t)sizeof (TideSitePlace))
#define TIDE_SITES_AREA_SIZE (TIDE_SITES_ERRORS_OFFSET + TIDE_SITES_MAX * (uint32_t)sizeof (TideSiteErrors))

_Static_assert(sizeof (TideSiteCounters) == 64, "the counters of a site fill a cache line");
