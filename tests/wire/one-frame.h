#pragma once

#include "tide-buffer.h"
#include "tide-cursor.h"

#include <glib.h>

#define SLICE(text) ((TideSlice){ text, sizeof text - 1 })
#define assert_slice(slice, text) g_assert_cmpmem ((slice).data, (slice).length, text, sizeof text - 1)

/* Names as hostile programs have them.  */
#define NAME                                                                                                 \
  "a \n\0\xff\xfe"                                                                                           \
  "b"

/* Takes the one frame of BUFFER apart.  */
static inline TideSlice
payload_of (const TideBuffer *buffer, TideFrameType type, guint stream)
{
  TideFrameHeader header;

  g_assert_true (tide_buffer_ok (buffer));
  g_assert_cmpint (tide_frame_peek (buffer->data, buffer->length, &header), ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.type, ==, type);
  g_assert_cmpuint (header.stream, ==, stream);
  g_assert_cmpuint (header.length + TIDE_WIRE_HEADER_SIZE, ==, buffer->length);
  return (TideSlice){ (const char *)buffer->data + TIDE_WIRE_HEADER_SIZE, header.length };
}

/* No prefix of the payload is a frame.  The bytes are copied, so that a sanitizer sees a read past them.  */
#define assert_no_prefix(payload, get, value)                                                                \
  for (gsize length = 0; length < (payload).length; length++)                                                \
    {                                                                                                        \
      g_autofree char *prefix = g_memdup2 ((payload).data, length);                                          \
      g_assert_false (get ((TideSlice){ prefix != NULL ? prefix : "", length }, value));                     \
    }
