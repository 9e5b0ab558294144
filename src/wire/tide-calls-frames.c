#include "tide-calls-frames.h"

#include <string.h>

/* The head of an event.  */
#define KIND 7u
#define HAS_THREAD 8u
#define HAS_RSS 16u
#define HAS_PLACE 32u /* code, caller of C_* kinds, and line; else the number of a place */

#define STEP_SHIFT 3
/* More pages than any machine has.  */
#define MAX_PAGES (1ull << 52)

/* How far CPU time may be from the time, in steps.  */
#define MAX_IDLE (INT64_MAX >> STEP_SHIFT)
/* By thread id, some of which share one.  */
#define IDLE_SLOTS 64u

static bool
is_c (TideCallKind kind)
{
  return kind == TIDE_CALL_C_CALL || kind == TIDE_CALL_C_RETURN || kind == TIDE_CALL_C_EXCEPT;
}

static uint32_t
number_of (const TideCallPlace *place)
{
  uint32_t hash = (place->code * 0x9e3779b1u) ^ (place->caller * 0x85ebca6bu) ^ (place->line * 0xc2b2ae35u);

  return hash >> 24;
}

static bool
is_same (const TideCallPlace *a, const TideCallPlace *b)
{
  return a->code == b->code && a->caller == b->caller && a->line == b->line;
}

/* How far the CPU time of its thread is behind the time, in steps and never 0; 0: unknown.  */
static int64_t
idle_of (const TideCall *call)
{
  int64_t time_ns = call->time_ns > 0 ? call->time_ns : 0, steps;

  if (call->cpu_ns < 0)
    return 0;
  steps = (time_ns >> STEP_SHIFT) - (call->cpu_ns >> STEP_SHIFT);
  return steps >= 0 ? steps + 1 : steps;
}

/* Pairs of how many events later and by how much; a 0 ends them.  */
static void
put_cpu (TideBuffer *buffer, const TideCall *calls, uint32_t n)
{
  int64_t idle[IDLE_SLOTS] = { 0 };
  uint32_t next = 0;

  for (uint32_t i = 0; i < n; i++)
    {
      int64_t *slot = &idle[calls[i].thread % IDLE_SLOTS], now = idle_of (&calls[i]);

      if (now == *slot)
        continue;
      tide_buffer_put_varint (buffer, i + 1 - next);
      tide_buffer_put_zigzag (buffer, now - *slot);
      next = i + 1;
      *slot = now;
    }
  tide_buffer_put_varint (buffer, 0);
}

static void
put_block (TideBuffer *buffer, uint16_t stream, const TideCall *calls, uint32_t n)
{
  TideCallPlace places[TIDE_CALLS_PLACES] = { 0 };
  uint64_t step = 0, rss = 0;
  uint32_t thread = 0;

  tide_buffer_begin (buffer, TIDE_FRAME_CALLS, stream);
  tide_buffer_put_varint (buffer, n);
  for (uint32_t i = 0; i < n; i++)
    {
      const TideCall *call = &calls[i];
      TideCallPlace place = { call->code, is_c (call->kind) ? call->caller : 0, call->line };
      uint32_t number = number_of (&place);
      uint64_t now = call->time_ns > 0 ? (uint64_t)call->time_ns >> STEP_SHIFT : 0;
      bool known = is_same (&place, &places[number]);
      uint8_t head = (uint8_t)((call->kind & KIND) | (call->thread != thread ? HAS_THREAD : 0)
                               | (call->rss_pages != rss ? HAS_RSS : 0) | (known ? 0 : HAS_PLACE));

      tide_buffer_put_bytes (buffer, &head, 1);
      tide_buffer_put_varint (buffer, now > step ? now - step : 0);
      step = now > step ? now : step;
      if (known)
        {
          uint8_t byte = (uint8_t)number;

          tide_buffer_put_bytes (buffer, &byte, 1);
        }
      else
        {
          tide_buffer_put_varint (buffer, place.code);
          if (is_c (call->kind))
            tide_buffer_put_varint (buffer, place.caller);
          tide_buffer_put_varint (buffer, place.line);
          places[number] = place;
        }
      if (head & HAS_THREAD)
        tide_buffer_put_varint (buffer, call->thread);
      if (head & HAS_RSS)
        tide_buffer_put_zigzag (buffer, (int64_t)(call->rss_pages - rss));
      thread = call->thread;
      rss = call->rss_pages;
    }
  put_cpu (buffer, calls, n);
  tide_buffer_end (buffer);
}

void
tide_put_calls (TideBuffer *buffer, uint16_t stream, const TideCall *calls, uint32_t n_calls)
{
  while (n_calls > 0)
    {
      uint32_t n = n_calls < TIDE_CALLS_MAX_COUNT ? n_calls : TIDE_CALLS_MAX_COUNT;

      put_block (buffer, stream, calls, n);
      calls += n;
      n_calls -= n;
    }
}

bool
tide_call_reader_begin (TideCallReader *self, TideSlice payload)
{
  memset (self, 0, sizeof *self);
  self->cursor = tide_cursor_on (payload);
  self->left = tide_cursor_u32 (&self->cursor);
  self->last.cpu_ns = -1;
  if (self->left > TIDE_CALLS_MAX_COUNT)
    self->cursor.failed = true;
  return tide_cursor_ok (&self->cursor);
}

static uint8_t
get_byte (TideCursor *cursor)
{
  if (cursor->failed || cursor->at == cursor->end)
    {
      cursor->failed = true;
      return 0;
    }
  return *cursor->at++;
}

bool
tide_call_reader_next (TideCallReader *self, TideCall *call)
{
  TideCallPlace place = { 0 };
  TideCall *next = &self->last;
  uint64_t since;
  uint8_t head;

  if (self->left == 0 || !tide_cursor_ok (&self->cursor))
    return false;
  head = get_byte (&self->cursor);
  since = tide_cursor_varint (&self->cursor);
  next->kind = (TideCallKind)(head & KIND);
  if (head & HAS_PLACE)
    {
      place.code = tide_cursor_u32 (&self->cursor);
      if (is_c (next->kind))
        place.caller = tide_cursor_u32 (&self->cursor);
      place.line = tide_cursor_u32 (&self->cursor);
      self->places[number_of (&place)] = place;
    }
  else
    place = self->places[get_byte (&self->cursor)];
  if (head & HAS_THREAD)
    next->thread = tide_cursor_u32 (&self->cursor);
  if (head & HAS_RSS)
    next->rss_pages += (uint64_t)tide_cursor_zigzag (&self->cursor);
  if (next->kind >= TIDE_N_CALL_KINDS || since > ((uint64_t)INT64_MAX >> STEP_SHIFT) - self->step
      || next->rss_pages > MAX_PAGES)
    self->cursor.failed = true;
  if (!tide_cursor_ok (&self->cursor))
    return false;
  self->step += since;
  next->time_ns = (int64_t)(self->step << STEP_SHIFT);
  next->code = place.code;
  next->caller = place.caller;
  next->line = place.line;
  self->left--;
  *call = *next;
  return true;
}

static bool
set_cpu (TideCall *call, const int64_t *slots)
{
  int64_t idle = slots[call->thread % IDLE_SLOTS];
  int64_t steps = (call->time_ns >> STEP_SHIFT) - (idle > 0 ? idle - 1 : idle);

  if (idle == 0)
    return true;
  if (steps < 0 || steps > INT64_MAX >> STEP_SHIFT)
    return false;
  call->cpu_ns = steps << STEP_SHIFT;
  return true;
}

static uint64_t
get_change (TideCursor *cursor, int64_t *by)
{
  uint64_t later = tide_cursor_varint (cursor);

  *by = later > 0 ? tide_cursor_zigzag (cursor) : 0;
  return later;
}

bool
tide_call_reader_read_cpu (TideCallReader *self, TideCall *calls, uint32_t n_calls)
{
  int64_t slots[IDLE_SLOTS] = { 0 }, by = 0;
  uint64_t later = 0;

  if (self->left > 0 || !tide_cursor_ok (&self->cursor))
    return false;
  if (self->cursor.at == self->cursor.end)
    return true;
  later = get_change (&self->cursor, &by);
  for (uint32_t i = 0; i < n_calls; i++)
    {
      if (later > 0 && --later == 0)
        {
          int64_t *slot = &slots[calls[i].thread % IDLE_SLOTS];

          if (__builtin_add_overflow (*slot, by, slot) || *slot > MAX_IDLE || *slot < -MAX_IDLE)
            return false;
          later = get_change (&self->cursor, &by);
        }
      if (!tide_cursor_ok (&self->cursor) || !set_cpu (&calls[i], slots))
        return false;
    }
  return tide_cursor_ok (&self->cursor);
}

bool
tide_call_reader_ok (const TideCallReader *self)
{
  return tide_cursor_ok (&self->cursor) && self->left == 0;
}

void
tide_put_counts (
    TideBuffer *buffer, uint16_t stream, int64_t time_ns, const TideCount *counts, uint32_t n_counts)
{
  while (n_counts > 0)
    {
      uint32_t n = n_counts < TIDE_COUNTS_MAX_COUNT ? n_counts : TIDE_COUNTS_MAX_COUNT;

      tide_buffer_begin (buffer, TIDE_FRAME_COUNTS, stream);
      tide_buffer_put_zigzag (buffer, time_ns);
      tide_buffer_put_varint (buffer, n);
      for (uint32_t i = 0; i < n; i++)
        {
          tide_buffer_put_varint (buffer, counts[i].code);
          tide_buffer_put_varint (buffer, counts[i].count);
        }
      tide_buffer_end (buffer);
      counts += n;
      n_counts -= n;
    }
}

bool
tide_count_reader_begin (TideCountReader *self, TideSlice payload, int64_t *time_ns)
{
  self->cursor = tide_cursor_on (payload);
  *time_ns = tide_cursor_zigzag (&self->cursor);
  self->left = tide_cursor_u32 (&self->cursor);
  if (self->left > TIDE_COUNTS_MAX_COUNT || *time_ns < 0)
    self->cursor.failed = true;
  return tide_cursor_ok (&self->cursor);
}

bool
tide_count_reader_next (TideCountReader *self, TideCount *count)
{
  if (self->left == 0 || !tide_cursor_ok (&self->cursor))
    return false;
  count->code = tide_cursor_u32 (&self->cursor);
  count->count = tide_cursor_varint (&self->cursor);
  self->left--;
  return tide_cursor_ok (&self->cursor);
}

bool
tide_count_reader_ok (const TideCountReader *self)
{
  return tide_cursor_ok (&self->cursor) && self->left == 0;
}
