#define _GNU_SOURCE
#include "tide-sites.h"
#include "tide-memory.h"
#include "tide-try-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(TIDE_SITES_MAX <= 1u << TIDE_SITE_BITS, "a site fits its bits");

/* The first sites: the whole process, for the two kinds of callers; then the function and the line of what
 * has no place.  */
#define PROCESS_SITE(shared) ((shared) ? 1u : 0u)
#define FIRST_FUNCTION 2u
#define NO_PLACE(shared) ((shared) ? 5u : 3u)

/* Of each array becomes resident at once.  */
#define STEP 65536u

#define MIN_SLOTS 16384u

static struct
{
  TideSitesHeader *area; /* stays mapped after a stop: a thread may be about to count */
  TideSitePlace *places;
  TideSiteErrors *errors;
  size_t filled[3]; /* bytes of the three arrays */
  _Atomic uint32_t lock;
  uint32_t *slots; /* by place: 0, or its site */
  uint32_t n_slots;
} sites;

TideSiteCounters *tide_sites_counters;

static void
fill (int which, void *array, size_t size)
{
  while (sites.filled[which] < size)
    {
      tide_memory_fill ((char *)array + sites.filled[which], STEP);
      sites.filled[which] += STEP;
    }
}

/* Makes the records of the first N sites resident.  */
static void
fill_sites (uint32_t n)
{
  fill (0, tide_sites_counters, n * sizeof *tide_sites_counters);
  fill (1, sites.places, n * sizeof *sites.places);
  fill (2, sites.errors, n * sizeof *sites.errors);
}

static uint32_t
add_site (uint32_t code, uint32_t line, TideSiteKind kind, bool shared, uint32_t function)
{
  uint32_t site = atomic_load_explicit (&sites.area->n_sites, memory_order_relaxed);

  fill_sites (site + 1);
  sites.places[site].code = code;
  sites.places[site].line = line;
  tide_sites_counters[site].function = kind == TIDE_SITE_LINE ? function : site;
  tide_sites_counters[site].shared = shared;
  atomic_store_explicit (&sites.places[site].kind, kind, memory_order_release);
  atomic_store_explicit (&sites.area->n_sites, site + 1, memory_order_release);
  return site;
}

static uint32_t
hash_of (uint32_t code, uint32_t line, TideSiteKind kind, bool shared)
{
  uint64_t key = ((uint64_t)code << 32 | line) * 4 + (uint64_t)(kind == TIDE_SITE_LINE) * 2 + shared;

  return (uint32_t)(key * 0x9e3779b97f4a7c15ull >> 32);
}

static uint32_t *
find_slot (uint32_t *slots, uint32_t n_slots, uint32_t code, uint32_t line, TideSiteKind kind, bool shared)
{
  uint32_t at = hash_of (code, line, kind, shared) & (n_slots - 1);

  for (; slots[at] != 0; at = (at + 1) & (n_slots - 1))
    {
      const TideSitePlace *place = &sites.places[slots[at]];

      if (place->code == code && place->line == line && place->kind == kind
          && tide_sites_counters[slots[at]].shared == shared)
        break;
    }
  return &slots[at];
}

static bool
make_slots (uint32_t n_slots)
{
  uint32_t n_sites = atomic_load_explicit (&sites.area->n_sites, memory_order_relaxed);
  uint32_t *slots = tide_memory_reserve (n_slots * sizeof *slots);

  if (!slots)
    return false;
  tide_memory_fill (slots, n_slots * sizeof *slots);
  for (uint32_t site = FIRST_FUNCTION; site < n_sites; site++)
    *find_slot (slots, n_slots, sites.places[site].code, sites.places[site].line, sites.places[site].kind,
                tide_sites_counters[site].shared) = site;
  if (sites.slots)
    tide_memory_unfill (sites.slots, sites.n_slots * sizeof *slots);
  sites.slots = slots;
  sites.n_slots = n_slots;
  return true;
}

/* The lock holder's.  0: there is no room.  */
static uint32_t
get (uint32_t code, uint32_t line, TideSiteKind kind, bool shared, uint32_t function)
{
  uint32_t n_sites = atomic_load_explicit (&sites.area->n_sites, memory_order_relaxed);
  uint32_t *slot = find_slot (sites.slots, sites.n_slots, code, line, kind, shared);
  uint32_t max = kind == TIDE_SITE_LINE ? TIDE_SITES_MAX : TIDE_SITES_MAX_FUNCTION;

  if (*slot != 0)
    return *slot;
  if (n_sites >= max || (2 * n_sites >= sites.n_slots && !make_slots (2 * sites.n_slots)))
    return 0;
  slot = find_slot (sites.slots, sites.n_slots, code, line, kind, shared);
  *slot = add_site (code, line, kind, shared, function);
  return *slot;
}

/* The lock holder's.  0: there is no room.  */
static uint32_t
get_line (uint32_t code, uint32_t line, bool shared)
{
  uint32_t function = get (code, 0, TIDE_SITE_FUNCTION, shared, 0);

  return function != 0 ? get (code, line, TIDE_SITE_LINE, shared, function) : 0;
}

uint32_t
tide_sites_get (uint32_t code, uint32_t line, bool shared)
{
  uint32_t site;

  if (code == 0)
    return NO_PLACE (shared);
  if (!tide_try_lock_long (&sites.lock))
    return TIDE_SITES_UNKNOWN;
  site = get_line (code, line, shared);
  tide_try_unlock (&sites.lock);
  return site;
}

static TideSitesHeader *
map_area (TideRegion *region)
{
  TideRegionArea wanted = region->areas[TIDE_AREA_SITES];
  TideSitesHeader *area = MAP_FAILED;
  char path[64];
  struct stat st;
  int fd, seals;

  if (wanted.fd < 0 || wanted.size != TIDE_SITES_AREA_SIZE)
    return NULL;
  snprintf (path, sizeof path, "/proc/%u/fd/%d", region->helper_pid, wanted.fd);
  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  seals = fcntl (fd, F_GET_SEALS);
  /* Without the seal its maker could shorten it, and our writes would kill the program.  */
  if (seals >= 0 && seals & F_SEAL_SHRINK && syscall (SYS_fstat, fd, &st) == 0
      && st.st_size == (off_t)TIDE_SITES_AREA_SIZE)
    area = mmap (NULL, TIDE_SITES_AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  return area == MAP_FAILED ? NULL : area;
}

/* Begins an area of which nothing is used yet.  */
static bool
begin (TideRegion *region)
{
  sites.area = map_area (region);
  if (!sites.area)
    return false;
  tide_memory_fill (sites.area, tide_memory_page ());
  tide_sites_counters = (TideSiteCounters *)((char *)sites.area + TIDE_SITES_COUNTERS_OFFSET);
  sites.places = (TideSitePlace *)((char *)sites.area + TIDE_SITES_PLACES_OFFSET);
  sites.errors = (TideSiteErrors *)((char *)sites.area + TIDE_SITES_ERRORS_OFFSET);
  memset (sites.filled, 0, sizeof sites.filled);
  atomic_store (&sites.area->n_sites, 0);
  if (!make_slots (MIN_SLOTS))
    {
      munmap (sites.area, TIDE_SITES_AREA_SIZE);
      sites.area = NULL;
      return false;
    }
  for (int shared = 0; shared < 2; shared++)
    add_site (0, 0, TIDE_SITE_PROCESS, shared, 0);
  for (int shared = 0; shared < 2; shared++)
    get_line (0, 0, shared);
  sites.area->version = TIDE_SITES_VERSION;
  sites.area->magic = TIDE_SITES_MAGIC;
  return true;
}

static void
forget (TideSiteCounters *counters, TideSiteErrors *errors)
{
  atomic_fetch_add (&errors->forgotten_bytes, atomic_exchange (&counters->live_bytes, 0));
  atomic_fetch_add (&errors->forgotten_blocks, atomic_exchange (&counters->live_blocks, 0));
  atomic_store (&errors->live_variance, 0);
}

bool
tide_sites_open (TideRegion *region, uint64_t mean_bytes, char *reason, size_t size)
{
  if (!sites.area && !begin (region))
    {
      snprintf (reason, size, "The memory for the counters cannot be opened here.");
      return false;
    }
  atomic_store (&sites.area->mean_bytes, mean_bytes);
  for (uint32_t site = 0; site < atomic_load (&sites.area->n_sites); site++)
    forget (&tide_sites_counters[site], &sites.errors[site]);
  return true;
}

void
tide_sites_drop (void)
{
  if (sites.area)
    munmap (sites.area, TIDE_SITES_AREA_SIZE);
  if (sites.slots)
    tide_memory_release (sites.slots, sites.n_slots * sizeof *sites.slots);
  memset (&sites, 0, sizeof sites);
  tide_sites_counters = NULL;
}

static inline uint64_t
add_atomic (_Atomic uint64_t *counter, uint64_t value)
{
  return atomic_fetch_add_explicit (counter, value, memory_order_relaxed) + value;
}

static inline void
raise_peak_atomic (TideSiteCounters *counters, uint64_t live)
{
  uint64_t peak = atomic_load_explicit (&counters->peak_bytes, memory_order_relaxed);

  /* Another thread may have taken something back meanwhile, below nought even.  */
  while ((int64_t)live > (int64_t)peak
         && !atomic_compare_exchange_weak_explicit (&counters->peak_bytes, &peak, live, memory_order_relaxed,
                                                    memory_order_relaxed))
    ;
}

static void
add_shared (TideSiteCounters *counters, uint64_t bytes, uint64_t n)
{
  TideSiteCounters *function = &tide_sites_counters[counters->function];
  TideSiteCounters *process = &tide_sites_counters[PROCESS_SITE (true)];

  add_atomic (&counters->live_blocks, n);
  add_atomic (&counters->allocated_bytes, bytes);
  add_atomic (&counters->n_allocated, n);
  raise_peak_atomic (counters, add_atomic (&counters->live_bytes, bytes));
  raise_peak_atomic (function, add_atomic (&function->live_bytes, bytes));
  raise_peak_atomic (process, add_atomic (&process->live_bytes, bytes));
}

static void
remove_shared (TideSiteCounters *counters, uint64_t bytes, uint64_t n, bool temporary)
{
  add_atomic (&counters->live_blocks, -n);
  add_atomic (&counters->live_bytes, -bytes);
  if (temporary)
    add_atomic (&counters->n_temporary, n);
  add_atomic (&tide_sites_counters[counters->function].live_bytes, -bytes);
  add_atomic (&tide_sites_counters[PROCESS_SITE (true)].live_bytes, -bytes);
}

void
tide_sites_add_shared (uint32_t site, uint64_t size)
{
  add_shared (&tide_sites_counters[site], size, 1);
}

void
tide_sites_remove_shared (uint32_t site, uint64_t size, bool temporary)
{
  remove_shared (&tide_sites_counters[site], size, 1, temporary);
}

static void
add_double (_Atomic uint64_t *bits, double value)
{
  uint64_t old = atomic_load_explicit (bits, memory_order_relaxed), new;
  double sum;

  memcpy (&sum, &old, sizeof sum);
  sum += value;
  if (sum < 0)
    sum = 0;
  memcpy (&new, &sum, sizeof new);
  atomic_store_explicit (bits, new, memory_order_relaxed);
}

void
tide_sites_add_sampled (uint32_t site, const TideSampledBlock *block)
{
  add_shared (&tide_sites_counters[site], block->bytes, block->n);
  add_double (&sites.errors[site].live_variance, block->variance);
  add_double (&sites.errors[site].allocated_variance, block->variance);
}

void
tide_sites_remove_sampled (uint32_t site, const TideSampledBlock *block, bool temporary)
{
  remove_shared (&tide_sites_counters[site], block->bytes, block->n, temporary);
  add_double (&sites.errors[site].live_variance, -block->variance);
}

void
tide_sites_miss (void)
{
  if (sites.area)
    add_atomic (&sites.area->n_missed, 1);
}
