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
