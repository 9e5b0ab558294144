#pragma once

#include "tide-frames.h"

/* Where frames go: the write end of a pipe whose reader may be slow, or gone.
 *
 * Frames are appended to `buffer` with tide_put_*(), each process's by its TideStream, and leave by
 * tide_outlet_flush(), which never blocks.
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
  size_t sent;            /* bytes of the buffer that were written */
  int64_t flushed_ns;     /* CLOCK_MONOTONIC when that was last done */
  int64_t clock_base_ns;  /* CLOCK_MONOTONIC at time 0 of all streams */
  uint64_t start_wall_ns; /* Unix time then */
} TideOutlet;

/* Takes FD.  */
void tide_outlet_init (TideOutlet *self, int fd);
void tide_outlet_finish (TideOutlet *self);

/* All streams begin at START_NS of CLOCK_MONOTONIC.  */
void tide_outlet_set_time (TideOutlet *self, int64_t start_ns);

bool tide_outlet_is_open (const TideOutlet *self);
size_t tide_outlet_get_pending (const TideOutlet *self);
/* Below OUTPUT_LIMIT.  */
bool tide_outlet_has_room (const TideOutlet *self);

/* Whether what is pending at NOW_NS may wait until NEXT_NS, when somebody looks again: little does for some
 * milliseconds, since each piece wakes the reader.  */
bool tide_outlet_can_wait (const TideOutlet *self, int64_t now_ns, int64_t next_ns);

/* Writes what the pipe takes at NOW_NS.  Closes itself when the reader is gone or memory ran out in the
 * middle of a frame.  */
void tide_outlet_flush (TideOutlet *self, int64_t now_ns);

/* Writes everything, waiting for a slow reader up to TIMEOUT_MS for each piece that it takes.  */
void tide_outlet_drain (TideOutlet *self, int timeout_ms);

/* Gives the rest up and closes.  */
void tide_outlet_close (TideOutlet *self);
