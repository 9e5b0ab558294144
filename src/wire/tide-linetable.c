#include "tide-linetable.h"

#include <stdlib.h>
#include <string.h>

#define VERSION_3_10 0x030a0000u
#define VERSION_3_11 0x030b0000u

/* Nobody has written a longer program; sums of what passes here stay far from overflow.  */
#define MAX_LINE 0x3fffffff
#define MAX_OFFSET 0x3fffffff

typedef struct
{
  TideLineTable *table;
  uint32_t capacity;
} Builder;

/* The line from OFFSET on.  */
static bool
add (Builder *self, uint32_t offset, uint32_t line)
{
  TideLineTable *table = self->table;
  TideLineRange *last = table->n_ranges > 0 ? &table->ranges[table->n_ranges - 1] : NULL;

  if (last != NULL && last->start == offset)
    {
      /* The range before was empty.  */
      last->line = line;
      if (table->n_ranges > 1 && last[-1].line == line)
        table->n_ranges--;
      return true;
    }
  if (last != NULL && last->line == line)
    return true;
  if (table->n_ranges == self->capacity)
    {
      uint32_t capacity = self->capacity != 0 ? self->capacity * 2 : 16;
      TideLineRange *ranges = realloc (table->ranges, capacity * sizeof *ranges);

      if (ranges == NULL)
        return false;
      table->ranges = ranges;
      self->capacity = capacity;
    }
  table->ranges[table->n_ranges++] = (TideLineRange){ offset, line };
  return true;
}

static uint32_t
sane_line (int64_t line)
{
  return line > 0 && line <= MAX_LINE ? (uint32_t)line : 0;
}

static bool
decode_lnotab (Builder *builder, const uint8_t *data, size_t length, int64_t line)
{
  uint32_t offset = 0;

  if (!add (builder, 0, sane_line (line)))
    return false;
  for (size_t i = 0; i + 1 < length; i += 2)
    {
      offset += data[i];
      line += (int8_t)data[i + 1];
      if (offset > MAX_OFFSET)
        break;
      if (!add (builder, offset, sane_line (line)))
        return false;
    }
  return true;
}

static bool
decode_ranges (Builder *builder, const uint8_t *data, size_t length, int64_t line)
{
  uint32_t offset = 0;

  for (size_t i = 0; i + 1 < length && offset <= MAX_OFFSET; i += 2)
    {
      bool none = data[i + 1] == 0x80;

      if (!none)
        line += (int8_t)data[i + 1];
      if (data[i] > 0 && !add (builder, offset, none ? 0 : sane_line (line)))
        return false;
      offset += data[i];
    }
  return add (builder, offset, 0);
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
decode_locations (Builder *builder, const uint8_t *data, size_t length, int64_t line)
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
      if (!add (builder, offset, kind == NO_LOCATION ? 0 : sane_line (line)))
        return false;
      /* Every code unit has two bytes.  */
      offset += units * 2;
      /* Columns, which we do not need, fill the rest of the entry.  */
      while (at < length && (data[at] & 0x80) == 0)
        at++;
    }
  return add (builder, offset, 0);
}

bool
tide_linetable_init (
    TideLineTable *self, uint32_t version_hex, const uint8_t *data, size_t length, uint32_t first_line)
{
  Builder builder = { self, 0 };
  int64_t line = first_line;
  bool good;

  memset (self, 0, sizeof *self);
  if (version_hex < VERSION_3_10)
    good = decode_lnotab (&builder, data, length, line);
  else if (version_hex < VERSION_3_11)
    good = decode_ranges (&builder, data, length, line);
  else
    good = decode_locations (&builder, data, length, line);
  if (!good)
    tide_linetable_finish (self);
  return good;
}

void
tide_linetable_finish (TideLineTable *self)
{
  free (self->ranges);
  memset (self, 0, sizeof *self);
}

uint32_t
tide_linetable_lookup (const TideLineTable *self, uint32_t offset)
{
  uint32_t low = 0, high = self->n_ranges;

  while (low < high)
    {
      uint32_t middle = low + (high - low) / 2;

      if (self->ranges[middle].start <= offset)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? self->ranges[low - 1].line : 0;
}
