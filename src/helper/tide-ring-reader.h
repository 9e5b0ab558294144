#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* Takes records out of the agent's ring.  Nothing there is trusted: the place to read from is kept here, the
 * place to read to is checked, and each record is copied before it is looked at.  */
typedef struct
{
  TideRegion *region;
  uint64_t tail;
  bool broken; /* something stood there that no agent writes: nothing more is read */
  /* The largest record, and the alignment of any.  */
  uint64_t record[(sizeof (TideCodeRecord) + 2 * TIDE_RECORD_MAX_NAME + TIDE_RECORD_MAX_LINE_TABLE) / 8 + 1];
} TideRingReader;

void tide_ring_reader_init (TideRingReader *self, TideRegion *region);

/* The next record, valid until the next call; NULL when there is none, or none that can be read.  */
const TideRecordHeader *tide_ring_reader_next (TideRingReader *self);

/* The parts of a record, checked.  False: no agent writes that; the reader is broken then.  */
bool tide_ring_reader_get_event (TideRingReader *self, const TideEventRecord **event);
bool tide_ring_reader_get_code (TideRingReader *self,
                                const TideCodeRecord **code,
                                TideSlice *file,
                                TideSlice *name,
                                TideSlice *line_table);
bool tide_ring_reader_get_gc (TideRingReader *self, const TideGcRecord **gc);
bool tide_ring_reader_get_mark (TideRingReader *self, const TideMarkRecord **mark, TideSlice *text);
