#pragma once

#include "tide-region.h"
#include "tide-stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the agent tells the helper of growth that has not come yet: whose it will be (see tide-region.h).  For
 * the holder of the account lock, but for tide_claim_end(), and tide_claim_is_for().  */

void tide_claim_open (TideRegion *region);

/* Growth up to PAGES that nobody has accounted yet, in ARENA when there is one, is STACK's: the helper leaves
 * it to us.  */
void tide_claim_make (const TideStack *stack, int64_t pages, const void *arena);
void tide_claim_end (void);
bool tide_claim_is_for (const void *arena);

/* No more than PAGES are claimed from now on.  */
void tide_claim_limit (int64_t pages);

/* Charges what was claimed of DELTA to its stack, and gives the rest.  ARENA_IS_FULL: the calling stack needs
 * another, and what came last of half an arena at most is left to it as well.  Writes at most one event.  */
int64_t tide_claim_take (int64_t delta, bool arena_is_full, int64_t rss, uint64_t time_ns);

/* The SIZE bytes from FRESH on were handed out to STACK and are to be filled.  */
void tide_claim_tell_block (const TideStack *stack, const void *fresh, size_t size);
