#include "tide-buffer.h"

#include <stdlib.h>
#include <string.h>

void
tide_buffer_init (TideBuffer *self)
{
  memset (self, 0, sizeof *self);
}

void
tide_buffer_clear (TideBuffer *self)
{
  self->length = 0;
  self->frame = 0;
  self->failed = false;
}

void
tide_buffer_finish (TideBuffer *self)
{
  free (self->data);
  tide_buffer_init (self);
}

bool
tide_buffer_ok (const TideBuffer *self)
{
  return !self->failed;
}

void
tide_buffer_consume (TideBuffer *self, size_t n)
{
  if (n >= self->length)
    self->length = 0;
  else
    {
      memmove (self->data, self->data + n, self->length - n);
      self->length -= n;
    }
}

static uint8_t *
reserve (TideBuffer *self, size_t n)
{
  uint8_t *at;

  if (self->failed)
    return NULL;
  if (n > SIZE_MAX - self->length)
    {
      self->failed = true;
      return NULL;
    }
  if (self->length + n > self->capacity)
    {
      size_t capacity = self->capacity != 0 ? self->capacity : 4096;
      uint8_t *data;

      while (capacity < self->length + n)
        {
          if (capacity > SIZE_MAX / 2)
            {
              self->failed = true;
              return NULL;
            }
          capacity *= 2;
        }
      data = realloc (self->data, capacity);
      if (data == NULL)
        {
          self->failed = true;
          return NULL;
        }
      self->data = data;
      self->capacity = capacity;
    }
  at = self->data + self->length;
  self->length += n;
  return at;
}

void
tide_buffer_begin (TideBuffer *self, TideFrameType type, uint16_t stream)
{
  uint8_t *header;

  self->frame = self->length;
  header = reserve (self, TIDE_WIRE_HEADER_SIZE);
  if (header == NULL)
    return;
  memset (header, 0, 4);
  header[4] = (uint8_t)type;
  header[5] = (uint8_t)(type >> 8);
  header[6] = (uint8_t)stream;
  header[7] = (uint8_t)(stream >> 8);
}

void
tide_buffer_end (TideBuffer *self)
{
  size_t length;

  if (self->failed)
    return;
  length = self->length - self->frame - TIDE_WIRE_HEADER_SIZE;
  if (length > TIDE_WIRE_MAX_PAYLOAD)
    {
      /* A reader would refuse it: our own mistake, reported like a failed allocation rather than sent.  */
      self->length = self->frame;
      self->failed = true;
      return;
    }
  for (int i = 0; i < 4; i++)
    self->data[self->frame + (size_t)i] = (uint8_t)(length >> (8 * i));
}

void
tide_buffer_put_varint (TideBuffer *self, uint64_t value)
{
  uint8_t bytes[10];
  size_t n = 0;
  uint8_t *at;

  while (value >= 0x80)
    {
      bytes[n++] = (uint8_t)(value | 0x80);
      value >>= 7;
    }
  bytes[n++] = (uint8_t)value;
  at = reserve (self, n);
  if (at != NULL)
    memcpy (at, bytes, n);
}

void
tide_buffer_put_zigzag (TideBuffer *self, int64_t value)
{
  uint64_t bits = (uint64_t)value;

  tide_buffer_put_varint (self, (bits << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

void
tide_buffer_put_slice (TideBuffer *self, TideSlice slice)
{
  tide_buffer_put_string (self, slice.data, slice.length);
}

void
tide_buffer_put_bytes (TideBuffer *self, const void *data, size_t length)
{
  uint8_t *at;

  if (length == 0)
    return;
  at = reserve (self, length);
  if (at != NULL)
    memcpy (at, data, length);
}

void
tide_buffer_put_string (TideBuffer *self, const char *data, size_t length)
{
  tide_buffer_put_varint (self, length);
  tide_buffer_put_bytes (self, data, length);
}
