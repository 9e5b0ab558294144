#include "tide-linetable.h"

#include "tide-line-walk.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  TideLineTable *table;
  uint32_t capacity;
} Builder;

/* The line from OFFSET on.  */
static bool
add (void *context, uint32_t offset, uint32_t line)
{
  Builder *self = context;
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

bool
tide_linetable_init (
    TideLineTable *self, uint32_t version_hex, const uint8_t *data, size_t length, uint32_t first_line)
{
  Builder builder = { self, 0 };

  memset (self, 0, sizeof *self);
  if (tide_line_walk (version_hex, data, length, first_line, add, &builder))
    return true;
  tide_linetable_finish (self);
  return false;
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
