#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>

/* The producer's end of the region's ring.  All functions are for the holder of the account lock alone; none
 * blocks or allocates.  */

void tide_ring_open (TideRegion *region);

/* Whether records of SIZE bytes together surely find room, whatever the padding at the ring's end.  */
bool tide_ring_has_room (size_t size);

/* Room for one record of SIZE bytes (its header is written here, the rest is for the caller), or NULL. Nobody
 * sees the record before tide_ring_commit().  */
void *tide_ring_reserve (size_t size, TideRecordKind kind);
void tide_ring_commit (void);
