#pragma once

/* The frames that speak of moments: collections of the garbage collector, and what the program marked itself,
 * as in tide-frames.h.  */

#include "tide-buffer.h"
#include "tide-cursor.h"

typedef struct
{
  int64_t time_ns; /* its end */
  uint64_t duration_ns;
  uint64_t collected;
  uint64_t uncollectable;
  int64_t delta_pages; /* of RSS, during it */
  uint32_t generation;
  uint32_t thread; /* thread id, 0: unknown */
} TideGcInfo;

typedef struct
{
  int64_t time_ns;
  uint64_t id;        /* of a span: its begin and its end carry the same */
  uint64_t rss_pages; /* 0: unknown */
  uint32_t thread;    /* thread id, 0: unknown */
  TideMarkKind kind;
  TideSlice text;
} TideMarkInfo;

void tide_put_gc (TideBuffer *buffer, uint16_t stream, const TideGcInfo *gc);
bool tide_get_gc (TideSlice payload, TideGcInfo *gc);
void tide_put_mark (TideBuffer *buffer, uint16_t stream, const TideMarkInfo *mark);
bool tide_get_mark (TideSlice payload, TideMarkInfo *mark);
