#include "tide-cursor.h"

void
tide_cursor_init (TideCursor *self, const void *data, size_t length)
{
  self->at = data;
  self->end = self->at + length;
  self->failed = false;
}

TideCursor
tide_cursor_on (TideSlice payload)
{
  TideCursor cursor;

  tide_cursor_init (&cursor, payload.data, payload.length);
  return cursor;
}

bool
tide_cursor_ok (const TideCursor *self)
{
  return !self->failed;
}

size_t
tide_cursor_left (const TideCursor *self)
{
  return self->failed ? 0 : (size_t)(self->end - self->at);
}

uint64_t
tide_cursor_varint (TideCursor *self)
{
  uint64_t value = 0;

  for (unsigned int shift = 0; !self->failed; shift += 7)
    {
      uint8_t byte;

      if (self->at == self->end || shift > 63)
        break;
      byte = *self->at++;
      if (shift == 63 && (byte & 0xfe) != 0)
        break;
      value |= (uint64_t)(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return value;
    }
  self->failed = true;
  return 0;
}

int64_t
tide_cursor_zigzag (TideCursor *self)
{
  uint64_t value = tide_cursor_varint (self);

  return (int64_t)((value >> 1) ^ (~(value & 1) + 1));
}

uint32_t
tide_cursor_u32 (TideCursor *self)
{
  uint64_t value = tide_cursor_varint (self);

  if (value > UINT32_MAX)
    {
      self->failed = true;
      return 0;
    }
  return (uint32_t)value;
}

TideSlice
tide_cursor_string (TideCursor *self)
{
  uint64_t length = tide_cursor_varint (self);
  TideSlice slice = { "", 0 };

  if (self->failed)
    return slice;
  if (length > (uint64_t)(self->end - self->at))
    {
      self->failed = true;
      return slice;
    }
  slice.data = (const char *)self->at;
  slice.length = (size_t)length;
  self->at += length;
  return slice;
}

TideSlice
tide_cursor_rest (TideCursor *self)
{
  TideSlice slice = { "", 0 };

  if (self->failed)
    return slice;
  slice.data = (const char *)self->at;
  slice.length = (size_t)(self->end - self->at);
  self->at = self->end;
  return slice;
}

TidePeek
tide_frame_peek (const void *data, size_t length, TideFrameHeader *header)
{
  const uint8_t *p = data;

  if (length < TIDE_WIRE_HEADER_SIZE)
    return TIDE_PEEK_SHORT;
  header->length = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  header->type = (uint16_t)(p[4] | p[5] << 8);
  header->stream = (uint16_t)(p[6] | p[7] << 8);
  if (header->length > TIDE_WIRE_MAX_PAYLOAD)
    return TIDE_PEEK_BAD;
  if (length - TIDE_WIRE_HEADER_SIZE < header->length)
    return TIDE_PEEK_SHORT;
  return TIDE_PEEK_FRAME;
}
