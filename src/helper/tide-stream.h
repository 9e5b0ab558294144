#pragma once

#include "tide-outlet.h"

/* The frames of one process in the outlet: the number that they bear, and their time, which never goes back.
 */
typedef struct
{
  TideOutlet *outlet; /* not owned; several streams share it */
  uint16_t number;
  int64_t last_ns; /* stream time of the last frame */
  uint64_t lost_output;
  uint64_t lost_frames; /* bytes of SAMPLE frames */
} TideStream;

void tide_stream_init (TideStream *self, TideOutlet *outlet, uint16_t number);

/* Where frames are appended with tide_put_*().  */
TideBuffer *tide_stream_get_buffer (TideStream *self);

/* CLOCK_MONOTONIC to a time of the stream that does not lie before that of an earlier frame.  */
int64_t tide_stream_stamp (TideStream *self, int64_t monotonic_ns);

/* OUTPUT and SAMPLE, dropped and counted when the reader is too slow; the count is told as soon as there is
 * room.  */
void tide_stream_put_output (TideStream *self, int64_t monotonic_ns, uint32_t descriptor, TideSlice bytes);
void tide_stream_put_sample (TideStream *self, const TideSample *sample);
void tide_stream_put_lost (TideStream *self, int64_t monotonic_ns);

void
tide_stream_put_message (TideStream *self, int64_t monotonic_ns, TideSeverity severity, const char *text);
/* REASON may be NULL.  */
void tide_stream_put_instrument (TideStream *self,
                                 int64_t monotonic_ns,
                                 TideInstrument instrument,
                                 TideInstrumentState state,
                                 uint64_t unit_bytes,
                                 const char *reason);
