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

/* Makes the chunk that begins with element INDEX; FALSE when the directory is full.  */
static gboolean
add_chunk (TideColumn *self, gsize index)
{
  gsize chunk, page;

  if (index < TIDE_CHUNK_SIZE)
    {
      guint bucket = tide_column_bucket (index);
      gsize end = (gsize)TIDE_COLUMN_SMALLEST << bucket;

      self->small[bucket] = g_malloc_n (end - index, self->element_size);
      return TRUE;
    }

  chunk = (index >> TIDE_CHUNK_SHIFT) - 1;
  page = chunk >> TIDE_COLUMN_PAGE_SHIFT;
  if (page >= N_PAGES)
    return FALSE;
  if (self->root == NULL)
    self->root = g_new0 (guint8 **, N_PAGES);
  if (self->root[page] == NULL)
    self->root[page] = g_new0 (guint8 *, PAGE_SIZE);
  self->root[page][chunk & (PAGE_SIZE - 1)] = g_malloc_n (TIDE_CHUNK_SIZE, self->element_size);
  return TRUE;
}

gpointer
tide_column_push (TideColumn *self)
{
  gsize index = self->filled;
  gboolean is_first;

  if (index >= self->limit)
    return NULL;

  /* First of a chunk: a multiple of 64 Ki, or below that zero or a power of two from 64 on.  */
  if (index >= TIDE_CHUNK_SIZE)
    is_first = (index & (TIDE_CHUNK_SIZE - 1)) == 0;
  else
    is_first = index == 0 || (index >= TIDE_COLUMN_SMALLEST && (index & (index - 1)) == 0);
  if (is_first && !add_chunk (self, index))
    return NULL;

  self->filled = index + 1;
  return tide_column_at (self, index);
}
