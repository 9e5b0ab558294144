#pragma once

#include "tide-frames.h"

/* Where frames go: the write end of a pipe whose reader may be slow, or gone.
 *
 * Frames are appended to `buffer` with tide_put_*() and leave by tide_outlet_flush(), which never blocks.
 * What is still here counts as pending, and how much that is decides what is given up, in this order:
 *
 *   0 ........ OUTPUT_LIMIT ....... EVENTS_LIMIT ....... SAMPLE_LIMIT ....... 4 MiB
 *              output is dropped    the ring is left     samples are dropped
 *
 * Nothing of the account is ever dropped here: a ring that is not drained makes the agent keep its
 * difference, and the helper does not take it either, so the next event carries it.  Definitions, messages
 * and the end always go in.  */
#define TIDE_OUTLET_OUTPUT_LIMIT (12u << 18)
#define TIDE_OUTLET_EVENTS_LIMIT (14u << 18)
#define TIDE_OUTLET_SAMPLE_LIMIT (15u << 18)

typedef struct
{
  int fd; /* -1: the reader is gone */
  TideBuffer buffer;
  size_t sent; /* bytes of the buffer that were written */
  int64_t clock_base_ns;
  int64_t last_ns; /* stream time of the last frame */
  uint64_t lost_output;
  uint64_t lost_frames; /* bytes of SAMPLE frames */
} TideOutlet;

/* Takes FD.  */
void tide_outlet_init (TideOutlet *self, int fd);
void tide_outlet_finish (TideOutlet *self);

bool tide_outlet_is_open (const TideOutlet *self);
size_t tide_outlet_get_pending (const TideOutlet *self);
/* Below OUTPUT_LIMIT.  */
bool tide_outlet_has_room (const TideOutlet *self);

/* CLOCK_MONOTONIC to a time of the stream that does not lie before that of an earlier frame.  */
int64_t tide_outlet_stamp (TideOutlet *self, int64_t monotonic_ns);

/* Writes what the pipe takes.  Closes itself when the reader is gone or memory ran out in the middle of a
 * frame.  */
void tide_outlet_flush (TideOutlet *self);

/* Writes everything, waiting for a slow reader up to TIMEOUT_MS for each piece that it takes.  */
void tide_outlet_drain (TideOutlet *self, int timeout_ms);

/* Gives the rest up and closes.  */
void tide_outlet_close (TideOutlet *self);

/* OUTPUT and SAMPLE, dropped and counted when the reader is too slow; the count is told as soon as there is
 * room.  */
void tide_outlet_put_output (TideOutlet *self, int64_t monotonic_ns, uint32_t descriptor, TideSlice bytes);
void tide_outlet_put_sample (TideOutlet *self, const TideSample *sample);
void tide_outlet_put_lost (TideOutlet *self, int64_t monotonic_ns);

void
tide_outlet_put_message (TideOutlet *self, int64_t monotonic_ns, TideSeverity severity, const char *text);
/* REASON may be NULL.  */
void tide_outlet_put_instrument (TideOutlet *self,
                                 int64_t monotonic_ns,
                                 TideInstrument instrument,
                                 TideInstrumentState state,
                                 uint64_t unit_bytes,
                                 const char *reason);
