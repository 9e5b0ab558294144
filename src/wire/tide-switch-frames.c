#include "tide-switch-frames.h"

void
tide_put_switch (TideBuffer *buffer, uint16_t stream, const TideSwitch *wish)
{
  tide_buffer_begin (buffer, TIDE_FRAME_SWITCH, stream);
  tide_buffer_put_varint (buffer, wish->on);
  tide_buffer_put_varint (buffer, wish->off);
  tide_buffer_put_varint (buffer, wish->parts & (TIDE_SWITCH_TRIGGER | TIDE_SWITCH_SAMPLE));
  if (wish->parts & TIDE_SWITCH_TRIGGER)
    tide_buffer_put_varint (buffer, wish->trigger_bytes);
  if (wish->parts & TIDE_SWITCH_SAMPLE)
    tide_buffer_put_varint (buffer, wish->sample_bytes);
  tide_buffer_end (buffer);
}

bool
tide_get_switch (TideSlice payload, TideSwitch *wish)
{
  TideCursor cursor = tide_cursor_on (payload);

  *wish = (TideSwitch){ 0 };
  wish->on = tide_cursor_u32 (&cursor);
  wish->off = tide_cursor_u32 (&cursor);
  wish->parts = tide_cursor_u32 (&cursor);
  if (wish->parts & TIDE_SWITCH_TRIGGER)
    wish->trigger_bytes = tide_cursor_varint (&cursor);
  if (wish->parts & TIDE_SWITCH_SAMPLE)
    wish->sample_bytes = tide_cursor_varint (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_budget (TideBuffer *buffer, uint16_t stream, uint32_t thousandths)
{
  tide_buffer_begin (buffer, TIDE_FRAME_BUDGET, stream);
  tide_buffer_put_varint (buffer, thousandths);
  tide_buffer_end (buffer);
}

bool
tide_get_budget (TideSlice payload, uint32_t *thousandths)
{
  TideCursor cursor = tide_cursor_on (payload);

  *thousandths = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor) && *thousandths <= TIDE_BUDGET_MAX;
}
