#pragma once

/* The SITES frame: how much Python memory each place took so far, as in tide-frames.h.
 *
 *   time, flags, [mean distance of two samples in bytes,] number of entries, then for each entry:
 *     2 * (id - id of the entry before it) + 1 when its id is new, and then: kind, code, line
 *     live bytes, live blocks, allocated bytes, allocated blocks, freed bytes, freed blocks, peak bytes,
 *     temporary blocks [, standard error of the live bytes and of the allocated bytes]
 *
 * What stands in [] is there when blocks are sampled (flag 1).  Values are those since the start, of sites
 * that changed since the last such frame.  Ids rise within a frame, and new ones are dense from 1.  */

#include "tide-buffer.h"
#include "tide-cursor.h"
#include "tide-sites-area.h"

#define TIDE_SITES_MAX_COUNT 512
/* More bytes than any program takes: sums of these do not overflow.  */
#define TIDE_SITES_MAX_VALUE ((uint64_t)1 << 60)

typedef struct
{
  uint32_t id;
  bool is_new; /* then these three are given, otherwise 0 */
  TideSiteKind kind;
  uint32_t code;
  uint32_t line;
  uint64_t live_bytes, live_blocks;
  uint64_t allocated_bytes, n_allocated;
  uint64_t freed_bytes, n_freed;
  uint64_t peak_bytes;
  uint64_t n_temporary;
  uint64_t live_error, allocated_error; /* bytes; 0 when all blocks are counted */
} TideSiteEntry;

/* ENTRIES with rising ids, at most TIDE_SITES_MAX_COUNT.  MEAN_BYTES 0: all blocks are counted.  */
void tide_put_sites (TideBuffer *buffer,
                     uint16_t stream,
                     int64_t time_ns,
                     uint64_t mean_bytes,
                     const TideSiteEntry *entries,
                     uint32_t n_entries);

/* Read one entry at a time: begin, then next until it gives false; then ok tells the end from an error.  */
typedef struct
{
  TideCursor cursor;
  int64_t time_ns;
  uint64_t mean_bytes;
  uint32_t left;
  uint32_t last_id;
} TideSitesReader;

bool tide_sites_reader_begin (TideSitesReader *self, TideSlice payload);
bool tide_sites_reader_next (TideSitesReader *self, TideSiteEntry *entry);
bool tide_sites_reader_ok (const TideSitesReader *self);
