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
#define TIDE_SITE_BITS 20

/* Opens the helper's area.  False: REASON (SIZE bytes) says why not.  Again after a stop: what is live is
 * forgotten.  MEAN_BYTES: as in the header.  */
bool tide_sites_open (TideRegion *region, uint64_t mean_bytes, char *reason, size_t size);

/* In a forked child.  */
void tide_sites_drop (void);

/* The site of LINE of the agent's code id CODE (0: no Python code), made when it is new.  */
uint32_t tide_sites_get (uint32_t code, uint32_t line, bool shared);

void tide_sites_add (uint32_t site, uint64_t size);
void tide_sites_remove (uint32_t site, uint64_t size, bool temporary);

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
