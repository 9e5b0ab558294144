#pragma once

#include "tide-wire.h"

#include <stdbool.h>

/* Reads numbers and strings out of bytes that nobody vouches for.  An error (short, or a varint of more than
 * 64 bits) is sticky: all later reads give 0 or an empty slice and tide_cursor_ok() stays false.  */
typedef struct
{
  const uint8_t *at;
  const uint8_t *end;
  bool failed;
} TideCursor;

void tide_cursor_init (TideCursor *self, const void *data, size_t length);
TideCursor tide_cursor_on (TideSlice payload);
bool tide_cursor_ok (const TideCursor *self);
size_t tide_cursor_left (const TideCursor *self);

uint64_t tide_cursor_varint (TideCursor *self);
int64_t tide_cursor_zigzag (TideCursor *self);
TideSlice tide_cursor_string (TideCursor *self); /* points into the data */
TideSlice tide_cursor_rest (TideCursor *self);   /* all that is left */

/* A varint that must fit; more is an error.  */
uint32_t tide_cursor_u32 (TideCursor *self);

/* One frame's header at DATA.  */
typedef struct
{
  uint32_t length;
  uint16_t type;
  uint16_t stream;
} TideFrameHeader;

typedef enum
{
  TIDE_PEEK_FRAME, /* a whole frame stands at DATA                                  */
  TIDE_PEEK_SHORT, /* its end is not there yet                                      */
  TIDE_PEEK_BAD,   /* a length that no honest writer makes: the rest is unreadable  */
} TidePeek;

TidePeek tide_frame_peek (const void *data, size_t length, TideFrameHeader *header);
