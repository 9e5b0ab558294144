#include "tide-calls-drain.h"

#include "tide-clock.h"

#include <stdlib.h>
#include <string.h>

#define BUSY_NS 1000000000
#define CROWD (TIDE_CALLS_RING_EVENTS / 32)
#define COUNTS_NS 250000000
#define MASK (TIDE_CALLS_RING_EVENTS - 1)

#define SHARED                                                                                               \
  "More threads run Python code at once than have memory of their own for events: of the others' events "    \
  "RSS is as of at most about 1 ms before, and their CPU time is not known."

void
tide_calls_drain_init (
    TideCallsDrain *self, TideStream *stream, TideIntern *intern, const TideCodes *codes, uint32_t pid)
{
  memset (self, 0, sizeof *self);
  self->stream = stream;
  self->intern = intern;
  self->codes = codes;
  self->pid = pid;
  self->drained_ns = INT64_MIN / 2;
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    self->rings[i].idle_ns = INT64_MIN;
}

void
tide_calls_drain_finish (TideCallsDrain *self)
{
  free (self->counts);
  free (self->totals);
  self->counts = self->totals = NULL;
  self->area = NULL;
}

void
tide_calls_drain_set_area (TideCallsDrain *self, void *area)
{
  self->area = area;
}

void
tide_calls_drain_mark (TideCallsDrain *self)
{
  for (uint32_t i = 0; self->area != NULL && i < TIDE_CALLS_N_RINGS; i++)
    {
      TideCallsDrainRing *ring = &self->rings[i];
      const TideCallsRing *shared = tide_calls_area_ring (self->area, i);

      ring->left = atomic_load_explicit (&shared->state, memory_order_acquire) == TIDE_CALLS_RING_LEFT;
      ring->mark = atomic_load_explicit (&shared->head, memory_order_acquire);
      if (ring->mark - ring->tail > TIDE_CALLS_RING_EVENTS)
        ring->broken = true;
      if (ring->broken)
        ring->mark = ring->tail;
    }
  /* Later than when the look began: what lies before the marks may have come since.  */
  self->marked_ns = (int64_t)tide_clock_ns (CLOCK_MONOTONIC);
}

static void
flush (TideCallsDrain *self)
{
  tide_put_calls (tide_stream_get_buffer (self->stream), self->stream->number, self->calls, self->n_calls);
  self->n_calls = 0;
}

static uint32_t
line_at (const TideCallsDrain *self, uint32_t agent_id, uint32_t offset)
{
  TideKnownCode known = tide_codes_find_agent (self->codes, agent_id);

  if (offset == TIDE_CALLS_NOT_BEGUN)
    return known.code != 0 ? self->intern->code_infos[known.code - 1].first_line : 0;
  return tide_codes_get_line (self->codes, known, offset);
}

/* What the agent's numbers mean.  */
static TideCallPlace
find_place (TideCallsDrain *self, const TideCallsRecord *record)
{
  uint32_t hash = record->code * 0x9e3779b1u ^ record->caller * 0x85ebca6bu ^ record->place * 0xc2b2ae35u;
  TideCallsDrainPlace *slot = &self->places[hash >> 20 & (TIDE_CALLS_DRAIN_PLACES - 1)];
  TideCallPlace found;
  TideKnownCode known;

  if (slot->code == record->code && slot->caller == record->caller && slot->place == record->place
      && slot->found.code != 0)
    return slot->found;
  known = tide_codes_find_agent (self->codes, record->code);
  found.code = known.code;
  found.caller = tide_codes_find_agent (self->codes, record->caller).code;
  if ((record->place & 7) == TIDE_CALLS_LINE_KNOWN)
    found.line = record->place >> 3;
  else
    found.line = line_at (self, record->caller != 0 ? record->caller : record->code, record->place >> 3);
  /* A module begins on no line of its own.  */
  if (found.line == 0 && (record->place & 7) == TIDE_CALL_CALL && known.code != 0)
    found.line = self->intern->code_infos[known.code - 1].first_line;
  *slot = (TideCallsDrainPlace){ record->code, record->caller, record->place, found };
  return found;
}

/* Multiples of 8 for times that are cut to them: so it stays as far behind as it is.  */
static int64_t
cpu_at (TideCallsDrainRing *ring, int64_t time_ns)
{
  int64_t cpu_ns;

  if (ring->idle_ns == INT64_MIN)
    return -1;
  cpu_ns = (time_ns & ~(int64_t)7) - ring->idle_ns;
  if (cpu_ns > ring->cpu_ns)
    ring->cpu_ns = cpu_ns;
  return ring->cpu_ns;
}

static void
take (TideCallsDrain *self, TideCallsDrainRing *ring, const TideCallsRecord *record)
{
  uint32_t kind = record->place & 7;
  TideCallPlace place;
  int64_t base_ns = self->stream->outlet->clock_base_ns;
  /* A clock that is ahead of ours would put all that follows into the future.  */
  int64_t time_ns =
      (record->time_ns < (uint64_t)self->marked_ns ? (int64_t)record->time_ns : self->marked_ns) - base_ns;
  TideCall *call;

  if (record->code == TIDE_CALLS_IDLE)
    {
      uint64_t idle_ns = tide_calls_record_idle_ns (record);

      if (idle_ns <= (uint64_t)self->marked_ns)
        ring->idle_ns = ((int64_t)idle_ns - base_ns) & ~(int64_t)7;
      return;
    }
  if (record->code == TIDE_CALLS_TURN)
    {
      if (ring >= &self->rings[TIDE_CALLS_N_OWN])
        {
          ring->thread = tide_intern_thread (self->intern, self->pid, record->caller);
          self->shared = true;
        }
      return;
    }
  place = find_place (self, record);
  if (self->n_calls == TIDE_CALLS_MAX_COUNT)
    flush (self);
  if (time_ns > self->last_ns)
    self->last_ns = time_ns;
  call = &self->calls[self->n_calls++];
  call->time_ns = self->last_ns;
  call->cpu_ns = cpu_at (ring, time_ns);
  call->rss_pages = record->rss_pages;
  call->thread = ring->thread;
  call->code = place.code;
  call->caller = place.caller;
  call->line = place.line;
  call->kind = kind == TIDE_CALLS_LINE_KNOWN ? TIDE_CALL_LINE : (TideCallKind)kind;
}

/* A copy, since the target may write while it is read.  */
static void
read_record (TideCallsDrain *self, uint32_t index, TideCallsRecord *record)
{
  TideCallsRing *shared = tide_calls_area_ring (self->area, index);

  memcpy (record, &tide_calls_ring_records (shared)[self->rings[index].tail & MASK], sizeof *record);
}

typedef struct
{
  uint32_t index;
  TideCallsRecord next;
} Source;

/* The one whose next event is the oldest, and the time up to which it stays that one.  */
static uint32_t
find_oldest (const Source *sources, uint32_t n, uint64_t *until_ns)
{
  uint32_t oldest = 0;

  *until_ns = UINT64_MAX;
  for (uint32_t i = 1; i < n; i++)
    {
      uint64_t mine = sources[i].next.time_ns, best = sources[oldest].next.time_ns;

      if (mine < best)
        oldest = i;
      if (*until_ns > (mine < best ? best : mine))
        *until_ns = mine < best ? best : mine;
    }
  return oldest;
}

/* False: the ring is read up to its mark.  */
static bool
advance (TideCallsDrain *self, Source *source)
{
  TideCallsDrainRing *ring = &self->rings[source->index];

  ring->tail++;
  atomic_store_explicit (&tide_calls_area_ring (self->area, source->index)->tail, ring->tail,
                         memory_order_release);
  if (ring->tail == ring->mark)
    return false;
  read_record (self, source->index, &source->next);
  return true;
}

static void
merge (TideCallsDrain *self, int64_t now_ns)
{
  Source sources[TIDE_CALLS_N_RINGS];
  uint32_t n = 0;

  self->crowded = false;
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    if (self->rings[i].mark != self->rings[i].tail)
      {
        TideCallsRing *shared = tide_calls_area_ring (self->area, i);

        /* Whose the events of a shared ring are is told among them.  */
        if (i < TIDE_CALLS_N_OWN)
          self->rings[i].thread = tide_intern_thread (
              self->intern, self->pid, atomic_load_explicit (&shared->tid, memory_order_relaxed));
        self->crowded |= self->rings[i].mark - self->rings[i].tail > CROWD;
        sources[n].index = i;
        read_record (self, i, &sources[n++].next);
      }
  if (n > 0)
    self->drained_ns = now_ns;
  while (n > 0 && tide_outlet_get_pending (self->stream->outlet) < TIDE_OUTLET_EVENTS_LIMIT)
    {
      uint64_t until_ns;
      uint32_t oldest = find_oldest (sources, n, &until_ns);
      Source *source = &sources[oldest];
      bool more = true;

      do
        {
          take (self, &self->rings[source->index], &source->next);
          more = advance (self, source);
        }
      while (more && source->next.time_ns <= until_ns && self->n_calls < TIDE_CALLS_MAX_COUNT);
      if (!more)
        sources[oldest] = sources[--n];
      if (self->n_calls == TIDE_CALLS_MAX_COUNT)
        flush (self);
    }
  flush (self);
  if (self->shared && !self->told_shared)
    tide_stream_put_message (self->stream, now_ns, TIDE_SEVERITY_WARNING, SHARED);
  self->told_shared = self->shared;
}

/* A ring whose thread has ended is for another one once it is empty.  */
static void
free_left_rings (TideCallsDrain *self)
{
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    if (self->rings[i].left && self->rings[i].tail == self->rings[i].mark)
      {
        self->rings[i].idle_ns = INT64_MIN;
        self->rings[i].cpu_ns = 0;
        atomic_store_explicit (&tide_calls_area_ring (self->area, i)->state, TIDE_CALLS_RING_FREE,
                               memory_order_release);
      }
}

static void
put_lost (TideCallsDrain *self, int64_t now_ns, bool end)
{
  uint64_t lost = atomic_load_explicit (&self->area->lost, memory_order_relaxed);
  TideLost frame = { .kind = TIDE_LOST_EVENTS };

  if (lost > self->lost)
    frame.count += lost - self->lost;
  self->lost = lost;
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    {
      lost = atomic_load_explicit (&tide_calls_area_ring (self->area, i)->lost, memory_order_relaxed);
      if (lost > self->rings[i].lost)
        frame.count += lost - self->rings[i].lost;
      self->rings[i].lost = lost;
      /* For a reader that is too slow nobody comes back any more.  */
      if (end)
        frame.count += self->rings[i].mark - self->rings[i].tail;
    }
  if (frame.count == 0)
    return;
  frame.time_ns = tide_stream_stamp (self->stream, now_ns);
  tide_put_lost (tide_stream_get_buffer (self->stream), self->stream->number, &frame);
}

static bool
make_room_for_counts (TideCallsDrain *self, uint32_t code)
{
  uint32_t before = self->n_totals;
  uint64_t *room;

  if (self->counts == NULL)
    self->counts = calloc (TIDE_CALLS_N_COUNTS, sizeof *self->counts);
  if (self->counts == NULL)
    return false;
  room = tide_array_reserve (self->totals, &self->n_totals, code, sizeof *room);
  if (room == NULL)
    return false;
  self->totals = room;
  memset (room + before, 0, (self->n_totals - before) * sizeof *room);
  return true;
}

/* Several of the agent's ids may be one code: the same function, loaded again.  A code that changed twice is
 * told twice, the second time right.  */
static void
put_counts (TideCallsDrain *self, int64_t now_ns)
{
  const _Atomic uint64_t *shared = tide_calls_area_counts (self->area);
  uint64_t n = atomic_load_explicit (&self->area->n_counts, memory_order_acquire);
  TideCount counts[512];
  uint32_t n_counts = 0;
  int64_t time_ns = tide_stream_stamp (self->stream, now_ns);

  for (uint32_t id = 1; id < n && id < TIDE_CALLS_N_COUNTS; id++)
    {
      uint64_t count = atomic_load_explicit (&shared[id], memory_order_relaxed);
      uint32_t code;

      if (count == (self->counts != NULL ? self->counts[id] : 0))
        continue;
      code = tide_codes_find_agent (self->codes, id).code;
      if (code == 0 || !make_room_for_counts (self, code))
        continue;
      self->totals[code] += count - self->counts[id];
      self->counts[id] = count;
      if (n_counts == sizeof counts / sizeof counts[0])
        {
          tide_put_counts (tide_stream_get_buffer (self->stream), self->stream->number, time_ns, counts,
                           n_counts);
          n_counts = 0;
        }
      counts[n_counts++] = (TideCount){ code, self->totals[code] };
    }
  tide_put_counts (tide_stream_get_buffer (self->stream), self->stream->number, time_ns, counts, n_counts);
  self->counted_ns = now_ns;
}

void
tide_calls_drain_run (TideCallsDrain *self, int64_t now_ns)
{
  if (self->area == NULL)
    return;
  merge (self, now_ns);
  free_left_rings (self);
  put_lost (self, now_ns, false);
  if (now_ns - self->counted_ns >= COUNTS_NS)
    put_counts (self, now_ns);
}

void
tide_calls_drain_notice (TideCallsDrain *self, uint64_t rss_pages)
{
  if (self->area == NULL || rss_pages == self->rss_pages)
    return;
  self->rss_pages = rss_pages;
  atomic_fetch_add_explicit (&self->area->moved, 1, memory_order_relaxed);
}

bool
tide_calls_drain_is_crowded (const TideCallsDrain *self)
{
  return self->crowded;
}

bool
tide_calls_drain_is_busy (const TideCallsDrain *self, int64_t now_ns)
{
  return self->area != NULL && now_ns - self->drained_ns < BUSY_NS;
}

void
tide_calls_drain_end (TideCallsDrain *self, int64_t now_ns)
{
  if (self->area == NULL)
    return;
  tide_calls_drain_mark (self);
  merge (self, now_ns);
  put_lost (self, now_ns, true);
  put_counts (self, now_ns);
}
