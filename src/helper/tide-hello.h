#pragma once

#include "tide-stream.h"

/* The first frame of a stream.  */
typedef struct
{
  uint32_t pid, parent_pid;
  uint32_t instruments; /* of the agent's; the sampler is added */
  int64_t start_ns;     /* CLOCK_MONOTONIC, when it was started */
  const char *executable;
  const char *directory;
  TideSlice *args;
  uint32_t n_args;
} TideHelloFacts;

/* Arguments that do not fit into a frame with room to spare are cut.  */
void tide_hello_put (TideStream *stream, TideHelloFacts *facts);

/* Of the process PID, which may have ended: what /proc does not tell of it is LIKE's, or empty when that is
 * NULL.  */
void tide_hello_put_running (TideStream *stream, TideHelloFacts *facts);
