#pragma once

#include <stdint.h>
#include <time.h>

/* Nanoseconds of CLOCK; 0 for one that there is not.  Any thread, and signal handlers.  */
static inline uint64_t
tide_clock_ns (clockid_t clock)
{
  struct timespec t = { 0 };

  clock_gettime (clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
