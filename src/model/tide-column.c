#include "tide-column.h"

#define N_PAGES 512
#define PAGE_SIZE ((gsize)1 << TIDE_COLUMN_PAGE_SHIFT)

void
tide_column_init (TideColumn *self, gsize element_size, gsize limit)
{
  g_assert (element_size > 0);

  *self = (TideColumn){ .element_size = element_size, .limit = limit };
}

void
tide_column_clear (TideColumn *self)
{
  for (guint i = 0; i < TIDE_COLUMN_N_SMALL; i++)
    g_free (self->small[i]);

  for (gsize p = 0; self->root != NULL && p < N_PAGES && self->root[p] != NULL; p++)
    {
      for (gsize c = 0; c < PAGE_SIZE; c++)
        g_free (self->root[p][c]);
      g_free (self->root[p]);
    }
  g_free (self->root);

  tide_column_init (self, self->element_size, self->limit);
}

gboolean
tide_column_grow (TideColumn *self)
{
  gsize index = self->filled;

  if (index >= self->limit)
    return FALSE;

  if (index < TIDE_CHUNK_SIZE)
    {
      guint bucket = tide_column_bucket (index);

      self->room = ((gsize)TIDE_COLUMN_SMALLEST << bucket) - index;
      self->next = self->small[bucket] = g_malloc_n (self->room, self->element_size);
    }
  else
    {
      gsize chunk = (index >> TIDE_CHUNK_SHIFT) - 1;
      gsize page = chunk >> TIDE_COLUMN_PAGE_SHIFT;

      if (page >= N_PAGES)
        return FALSE;
      if (self->root == NULL)
        self->root = g_new0 (guint8 **, N_PAGES);
      if (self->root[page] == NULL)
        self->root[page] = g_new0 (guint8 *, PAGE_SIZE);
      self->room = TIDE_CHUNK_SIZE;
      self->next = self->root[page][chunk & (PAGE_SIZE - 1)] = g_malloc_n (self->room, self->element_size);
    }
  self->room = MIN (self->room, self->limit - index);
  return TRUE;
}

gsize
tide_column_count_before (const TideColumn *self, gint64 time_ns)
{
  gsize low = 0, high = tide_column_get_length (self);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (*(const gint64 *)tide_column_at (self, middle) < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
