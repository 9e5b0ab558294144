#include "tide-sites-drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_NS 100000000
/* How long each entry holds the next frame off: 500 a second.  */
#define ENTRY_NS 2000000
#define MAX_PERIOD_NS 5000000000

/* What tells whether a site has changed.  */
struct TideSiteSeen
{
  uint64_t live_bytes, live_blocks, n_allocated, peak_bytes;
};

void
tide_sites_drain_init (TideSitesDrain *self, TideStream *stream, const TideCodes *codes)
{
  memset (self, 0, sizeof *self);
  self->stream = stream;
  self->codes = codes;
}

void
tide_sites_drain_finish (TideSitesDrain *self)
{
  free (self->seen);
  memset (self, 0, sizeof *self);
}

void
tide_sites_drain_set_area (TideSitesDrain *self, const void *area)
{
  self->area = area;
}

static uint64_t
get (const _Atomic uint64_t *counter)
{
  uint64_t value = atomic_load_explicit (counter, memory_order_relaxed);

  /* Threads without the GIL may have taken off what another is about to add.  */
  if (value >> 63)
    return 0;
  return value < TIDE_SITES_MAX_VALUE ? value : TIDE_SITES_MAX_VALUE;
}

/* The square root, in whole bytes, of a variance whose bits these are; without libm.  */
static uint64_t
root_of (uint64_t bits)
{
  double variance, root;

  memcpy (&variance, &bits, sizeof variance);
  /* Not a number is not larger.  */
  if (!(variance > 0))
    return 0;
  if (variance > 1e36)
    variance = 1e36;
  root = variance > 1 ? variance : 1;
  for (int i = 0; i < 200; i++)
    {
      double better = (root + variance / root) / 2;

      if (better >= root)
        break;
      root = better;
    }
  return (uint64_t)(root + 0.5);
}

static uint64_t
minus (uint64_t a, uint64_t b)
{
  return a > b ? a - b : 0;
}

static void
fill (TideSiteEntry *entry, const TideSiteCounters *counters, const TideSiteErrors *errors, uint64_t mean)
{
  uint64_t unit = mean != 0 ? TIDE_SITES_SAMPLED_UNIT : 1;
  uint64_t forgotten_bytes = get (&errors->forgotten_bytes);
  uint64_t forgotten_blocks = get (&errors->forgotten_blocks) / unit;

  entry->live_bytes = get (&counters->live_bytes);
  entry->live_blocks = get (&counters->live_blocks) / unit;
  entry->allocated_bytes = get (&counters->allocated_bytes);
  entry->n_allocated = get (&counters->n_allocated) / unit;
  entry->freed_bytes = minus (minus (entry->allocated_bytes, entry->live_bytes), forgotten_bytes);
  entry->n_freed = minus (minus (entry->n_allocated, entry->live_blocks), forgotten_blocks);
  entry->peak_bytes = get (&counters->peak_bytes);
  entry->n_temporary = get (&counters->n_temporary) / unit;
  if (mean == 0)
    return;
  entry->live_error = root_of (atomic_load_explicit (&errors->live_variance, memory_order_relaxed));
  entry->allocated_error = root_of (atomic_load_explicit (&errors->allocated_variance, memory_order_relaxed));
}

static void
flush (TideSitesDrain *self, int64_t now_ns, uint64_t mean)
{
  if (self->n_entries > 0)
    tide_put_sites (tide_stream_get_buffer (self->stream), self->stream->number,
                    tide_stream_stamp (self->stream, now_ns), mean, self->entries, self->n_entries);
  self->n_entries = 0;
}

static bool
has_changed (struct TideSiteSeen *seen, const TideSiteCounters *counters)
{
  struct TideSiteSeen now = { get (&counters->live_bytes), get (&counters->live_blocks),
                              get (&counters->n_allocated), get (&counters->peak_bytes) };

  if (memcmp (&now, seen, sizeof now) == 0)
    return false;
  *seen = now;
  return true;
}

/* Whether the site may be told of; its code comes with the ring.  */
static bool
can_be_new (const TideSitesDrain *self, const TideSitePlace *place)
{
  uint32_t kind = atomic_load_explicit (&place->kind, memory_order_acquire);

  return kind >= TIDE_SITE_LINE && kind <= TIDE_SITE_PROCESS && place->code <= self->codes->n_by_agent;
}

static bool
make_room (TideSitesDrain *self, uint32_t n_sites)
{
  uint32_t before = self->room;
  struct TideSiteSeen *room;

  if (n_sites <= self->room)
    return true;
  room = tide_array_reserve (self->seen, &self->room, n_sites - 1, sizeof *room);
  if (room == NULL)
    return false;
  self->seen = room;
  memset (room + before, 0, (self->room - before) * sizeof *room);
  return true;
}

/* Gives how many have changed.  */
static uint32_t
read_all (TideSitesDrain *self, int64_t now_ns)
{
  const char *area = self->area;
  const TideSitesHeader *header = self->area;
  const TideSiteCounters *counters = (const TideSiteCounters *)(area + TIDE_SITES_COUNTERS_OFFSET);
  const TideSitePlace *places = (const TideSitePlace *)(area + TIDE_SITES_PLACES_OFFSET);
  const TideSiteErrors *errors = (const TideSiteErrors *)(area + TIDE_SITES_ERRORS_OFFSET);
  uint32_t n_sites = atomic_load_explicit (&header->n_sites, memory_order_acquire), n_changed = 0;
  uint64_t mean = get (&header->mean_bytes);

  if (n_sites > TIDE_SITES_MAX)
    n_sites = TIDE_SITES_MAX;
  if (header->magic != TIDE_SITES_MAGIC || header->version != TIDE_SITES_VERSION
      || !make_room (self, n_sites))
    return 0;
  for (uint32_t site = 0; site < n_sites; site++)
    {
      TideSiteEntry *entry = &self->entries[self->n_entries];
      bool is_new = site == self->n_told;

      /* Ids are dense: one that cannot be told yet holds those behind it back.  */
      if (is_new && !can_be_new (self, &places[site]))
        break;
      if (!has_changed (&self->seen[site], &counters[site]) && !is_new)
        continue;
      memset (entry, 0, sizeof *entry);
      entry->id = site + 1;
      if (is_new)
        {
          uint32_t kind = atomic_load_explicit (&places[site].kind, memory_order_relaxed);

          entry->is_new = true;
          entry->kind =
              kind <= TIDE_SITE_PROCESS && kind != TIDE_SITE_NONE ? (TideSiteKind)kind : TIDE_SITE_LINE;
          entry->code = tide_codes_find_agent (self->codes, places[site].code).code;
          entry->line = places[site].line;
          self->n_told++;
        }
      fill (entry, &counters[site], &errors[site], mean);
      n_changed++;
      if (++self->n_entries == TIDE_SITES_MAX_COUNT)
        flush (self, now_ns, mean);
    }
  flush (self, now_ns, mean);
  return n_changed;
}

static void
tell_full (TideSitesDrain *self, int64_t now_ns)
{
  if (self->told_full || self->n_told < TIDE_SITES_MAX_FUNCTION)
    return;
  self->told_full = true;
  tide_stream_put_message (self->stream, now_ns, TIDE_SEVERITY_WARNING,
                           "The program takes Python memory in more places than can be told apart: what is "
                           "taken in newer ones is charged to those that called them.");
}

/* Blocks that could not be counted: no figure is exact any more.  */
static void
tell_missed (TideSitesDrain *self, int64_t now_ns)
{
  uint64_t n_missed = get (&((const TideSitesHeader *)self->area)->n_missed);
  char text[120];

  if (n_missed <= self->n_missed)
    return;
  self->n_missed = n_missed;
  snprintf (text, sizeof text, "%llu blocks of Python memory could not be counted.",
            (unsigned long long)n_missed);
  tide_stream_put_message (self->stream, now_ns, TIDE_SEVERITY_WARNING, text);
}

void
tide_sites_drain_run (TideSitesDrain *self, int64_t now_ns)
{
  int64_t period_ns;

  if (self->area == NULL || now_ns < self->next_ns
      || tide_outlet_get_pending (self->stream->outlet) >= TIDE_OUTLET_EVENTS_LIMIT)
    return;
  period_ns = (int64_t)read_all (self, now_ns) * ENTRY_NS;
  tell_full (self, now_ns);
  self->next_ns = now_ns
                  + (period_ns < PERIOD_NS       ? PERIOD_NS
                     : period_ns > MAX_PERIOD_NS ? MAX_PERIOD_NS
                                                 : period_ns);
}

void
tide_sites_drain_end (TideSitesDrain *self, int64_t now_ns)
{
  if (self->area == NULL)
    return;
  read_all (self, now_ns);
  tell_full (self, now_ns);
  tell_missed (self, now_ns);
}
