#include "tide-row-source.h"

#include <string.h>

void
tide_row_source_fill (TideRowSource *self, gsize row, TideCell *cells)
{
  for (guint i = 0; i < self->n_columns; i++)
    cells[i] = (TideCell){ .is_null = TRUE };
  self->fill (self, row, cells);
}

void
tide_row_source_free (TideRowSource *self)
{
  if (self != NULL)
    self->free (self);
}

gint
tide_row_source_find_sortable (TideRowSource *self, const char *key)
{
  for (guint i = 0; i < self->n_columns; i++)
    if ((self->columns[i].audience & TIDE_FOR_PROGRAMS) != 0 && self->columns[i].cells != TIDE_CELLS_LIST
        && strcmp (self->columns[i].key, key) == 0)
      return (gint)i;
  return -1;
}
