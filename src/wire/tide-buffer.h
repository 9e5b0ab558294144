#pragma once

#include "tide-wire.h"

#include <stdbool.h>

/* A growing byte buffer into which frames are written.  Out of memory is sticky: later writes do nothing, and
 * tide_buffer_ok() is false until the buffer is cleared; so a writer checks once, at the end.  Not for signal
 * handlers (it allocates).  */
typedef struct
{
  uint8_t *data;
  size_t length;
  size_t capacity;
  size_t frame; /* offset of the open frame's header */
  bool failed;
} TideBuffer;

void tide_buffer_init (TideBuffer *self);
void tide_buffer_clear (TideBuffer *self);  /* empties, keeps the memory */
void tide_buffer_finish (TideBuffer *self); /* frees the memory */
bool tide_buffer_ok (const TideBuffer *self);

/* Removes the first N bytes (those that were written out).  */
void tide_buffer_consume (TideBuffer *self, size_t n);

/* A frame is what stands between these two.  Frames do not nest.  */
void tide_buffer_begin (TideBuffer *self, TideFrameType type, uint16_t stream);
void tide_buffer_end (TideBuffer *self);

void tide_buffer_put_varint (TideBuffer *self, uint64_t value);
void tide_buffer_put_zigzag (TideBuffer *self, int64_t value);
void tide_buffer_put_string (TideBuffer *self, const char *data, size_t length);
void tide_buffer_put_slice (TideBuffer *self, TideSlice slice); /* as a string */
void tide_buffer_put_bytes (TideBuffer *self, const void *data, size_t length);
