#pragma once

#include "tide-codes.h"
#include "tide-sites-frames.h"
#include "tide-stream.h"

/* The counters of Python bytes, as the helper reads them: SITES frames of those that changed, ten times a
 * second, or less often where many change, so that an hour of a busy program is some megabytes.
 *
 * The counters are the program's memory: nothing in them is believed, and what cannot be is cut off.  */
typedef struct
{
  TideStream *stream;     /* not owned */
  const TideCodes *codes; /* not owned */
  const void *area;       /* not owned; NULL: there is none */

  struct TideSiteSeen *seen; /* by site: as it was told last */
  uint32_t room;
  uint32_t n_told; /* sites that have an id in the stream, which is one more than their number */
  int64_t next_ns; /* CLOCK_MONOTONIC */
  uint64_t n_missed;
  bool told_full;

  uint32_t n_entries;
  TideSiteEntry entries[TIDE_SITES_MAX_COUNT];
} TideSitesDrain;

void tide_sites_drain_init (TideSitesDrain *self, TideStream *stream, const TideCodes *codes);
void tide_sites_drain_finish (TideSitesDrain *self);

/* AREA is the memory of a TIDE_AREA_SITES, of TIDE_SITES_AREA_SIZE bytes.  It may come late.  */
void tide_sites_drain_set_area (TideSitesDrain *self, const void *area);

/* At each tick, after the account's ring was drained: it brings the codes.  */
void tide_sites_drain_run (TideSitesDrain *self, int64_t now_ns);

/* The target has ended, or is let go: what changed since.  */
void tide_sites_drain_end (TideSitesDrain *self, int64_t now_ns);
