#include "tide-line-walk.h"

#define VERSION_3_10 0x030a0000u
#define VERSION_3_11 0x030b0000u

/* Nobody has written a longer program; sums of what passes here stay far from overflow.  */
#define MAX_LINE 0x3fffffff
#define MAX_OFFSET 0x3fffffff

static uint32_t
sane_line (int64_t line)
{
  return line > 0 && line <= MAX_LINE ? (uint32_t)line : 0;
}

static bool
decode_lnotab (TideLineSink sink, void *context, const uint8_t *data, size_t length, int64_t line)
{
  uint32_t offset = 0;

  if (!sink (context, 0, sane_line (line)))
    return false;
  for (size_t i = 0; i + 1 < length; i += 2)
    {
      offset += data[i];
      line += (int8_t)data[i + 1];
      if (offset > MAX_OFFSET)
        break;
      if (!sink (context, offset, sane_line (line)))
        return false;
    }
  return true;
}

static bool
decode_ranges (TideLineSink sink, void *context, const uint8_t *data, size_t length, int64_t line)
{
  uint32_t offset = 0;

  for (size_t i = 0; i + 1 < length && offset <= MAX_OFFSET; i += 2)
    {
      bool none = data[i + 1] == 0x80;

      if (!none)
        line += (int8_t)data[i + 1];
      if (data[i] > 0 && !sink (context, offset, none ? 0 : sane_line (line)))
        return false;
      offset += data[i];
    }
  return sink (context, offset, 0);
}

/* Six bits a byte, the least first; bit 6 says that more follow.  More than 32 bits make no sense: the rest
 * is skipped.  */
static uint32_t
take_varint (const uint8_t *data, size_t length, size_t *at)
{
  uint64_t value = 0;

  for (unsigned int shift = 0; *at < length; shift += 6)
    {
      uint8_t byte = data[*at];

      /* The next entry begins: this one was cut off.  */
      if (byte & 0x80)
        break;
      ++*at;
      if (shift <= 30)
        value |= (uint64_t)(byte & 0x3f) << shift;
      if ((byte & 0x40) == 0)
        break;
    }
  return (uint32_t)value;
}

static bool
decode_locations (TideLineSink sink, void *context, const uint8_t *data, size_t length, int64_t line)
{
  enum
  {
    ONE_LINE_0 = 10,
    ONE_LINE_2 = 12,
    NO_COLUMNS = 13,
    LONG_FORM = 14,
    NO_LOCATION = 15,
  };
  uint32_t offset = 0;
  size_t at = 0;

  while (at < length && offset <= MAX_OFFSET)
    {
      unsigned int kind = data[at] >> 3 & 15, units = (data[at] & 7u) + 1;

      if ((data[at] & 0x80) == 0)
        break;
      at++;
      if (kind >= ONE_LINE_0 && kind <= ONE_LINE_2)
        line += kind - ONE_LINE_0;
      else if (kind == NO_COLUMNS || kind == LONG_FORM)
        {
          uint32_t value = take_varint (data, length, &at);

          line += value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
        }
      if (!sink (context, offset, kind == NO_LOCATION ? 0 : sane_line (line)))
        return false;
      /* Every code unit has two bytes.  */
      offset += units * 2;
      /* Columns, which we do not need, fill the rest of the entry.  */
      while (at < length && (data[at] & 0x80) == 0)
        at++;
    }
  return sink (context, offset, 0);
}

bool
tide_line_walk (uint32_t version_hex,
                const uint8_t *data,
                size_t length,
                uint32_t first_line,
                TideLineSink sink,
                void *context)
{
  if (version_hex < VERSION_3_10)
    return decode_lnotab (sink, context, data, length, first_line);
  if (version_hex < VERSION_3_11)
    return decode_ranges (sink, context, data, length, first_line);
  return decode_locations (sink, context, data, length, first_line);
}

typedef struct
{
  uint32_t offset;
  uint32_t line;
} Search;

static bool
stop_behind (void *context, uint32_t offset, uint32_t line)
{
  Search *search = context;

  if (offset > search->offset)
    return false;
  search->line = line;
  return true;
}

uint32_t
tide_line_find (
    uint32_t version_hex, const uint8_t *data, size_t length, uint32_t first_line, uint32_t offset)
{
  Search search = { offset, 0 };

  tide_line_walk (version_hex, data, length, first_line, stop_behind, &search);
  return search.line;
}
