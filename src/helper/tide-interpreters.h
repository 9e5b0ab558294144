#pragma once

#include "tide-region.h"
#include "tide-stream.h"

#include <stdbool.h>

/* Says that a program has made interpreters of which some instruments see nothing, and at the end how many
 * there were.  */
typedef struct
{
  uint32_t told;   /* TideInstrument bits of which it was said          */
  uint32_t n_told; /* how many there were when it was said; 0: never was */
} TideInterpreters;

/* Now and then.  REGION is the program's as well: nothing in it is believed.  LAST: there will be no more. */
void tide_interpreters_follow (
    TideInterpreters *self, const TideRegion *region, TideStream *stream, int64_t now_ns, bool last);
