#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* The Python stack of the calling thread, as records have it.  For the holder of the account lock.  */
typedef struct
{
  uint32_t tid;
  uint16_t n_frames;
  bool truncated;
  TideRecordFrame frames[TIDE_RECORD_MAX_FRAMES]; /* leaf first */
} TideStack;

/* FREED: a block that was freed just before, or NULL.  False: a code object could not be announced, there is
 * no room.  */
bool tide_stack_capture (TideStack *self, const TidePythonLayout *layout, const void *freed);

/* Writes an EVENT record, for which there is room.  DELTA and RSS in pages.  */
void
tide_stack_write (const TideStack *self, TideSource source, uint64_t time_ns, int64_t delta, int64_t rss);
