#include "tide-instrument-name.h"

#include <string.h>

/* By number of the bit.  */
static const char *const names[TIDE_N_INSTRUMENTS] = {
  "sampler", "events", "faults", "calls", "lines", "bytes", "bytes-sampled", "gc",
};

const char *
tide_instrument_name (uint32_t instrument)
{
  for (uint32_t i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (instrument == 1u << i)
      return names[i];
  return NULL;
}

uint32_t
tide_instrument_by_name (const char *name)
{
  for (uint32_t i = 0; i < TIDE_N_INSTRUMENTS; i++)
    if (strcmp (names[i], name) == 0)
      return 1u << i;
  return 0;
}
