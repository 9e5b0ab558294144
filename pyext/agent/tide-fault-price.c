#include "tide-fault-price.h"
#include "tide-clock.h"
#include "tide-fault-events.h"
#include "tide-memory.h"

#include <sys/mman.h>

#define N_FAULTS 15
/* Where it cannot be measured, as in a program that has locked all its pages.  */
#define USUAL_NS 2000u

static struct
{
  uint64_t found_ns;      /* 0: not yet */
  volatile bool measures; /* the two are the main thread's, and its handler's */
  volatile int n_signals;
} price;

/* How long a page fault takes: half of them are as fast, so that one that lost the processor is none.  */
static uint64_t
time_faults (volatile char *page)
{
  uint64_t taken_ns[N_FAULTS];

  for (int i = 0; i < N_FAULTS; i++)
    {
      uint64_t since_ns, ns;
      int at = i;

      madvise ((void *)page, tide_memory_page (), MADV_DONTNEED);
      since_ns = tide_clock_ns (CLOCK_MONOTONIC);
      *page = 1;
      ns = tide_clock_ns (CLOCK_MONOTONIC) - since_ns;
      for (; at > 0 && taken_ns[at - 1] > ns; at--)
        taken_ns[at] = taken_ns[at - 1];
      taken_ns[at] = ns;
    }
  return taken_ns[N_FAULTS / 2];
}

static uint64_t
measure (char *page)
{
  uint64_t bare_ns = time_faults (page), ns;

  price.n_signals = 0;
  price.measures = true;
  if (!tide_fault_events_try (true))
    {
      price.measures = false;
      return USUAL_NS;
    }
  ns = time_faults (page);
  tide_fault_events_try (false);
  price.measures = false;
  return price.n_signals == N_FAULTS && ns > bare_ns ? ns - bare_ns : USUAL_NS;
}

uint64_t
tide_fault_price_find (void)
{
  char *page;

  if (price.found_ns != 0)
    return price.found_ns;
  page = tide_memory_reserve (tide_memory_page ());
  price.found_ns = page ? measure (page) : USUAL_NS;
  if (page)
    tide_memory_release (page, tide_memory_page ());
  return price.found_ns;
}

bool
tide_fault_price_takes_signal (void)
{
  if (!price.measures)
    return false;
  price.n_signals++;
  return true;
}
