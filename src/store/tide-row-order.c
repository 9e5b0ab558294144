#include "tide-row-order.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  gsize row;
  gint64 number; /* of the cell; nulls are not in the array that is sorted */
  char *text;
} Key;

static int
compare_numbers (const void *a, const void *b)
{
  const Key *left = a, *right = b;

  if (left->number != right->number)
    return left->number > right->number ? -1 : 1;
  return left->row < right->row ? -1 : 1;
}

static int
compare_texts (const void *a, const void *b)
{
  const Key *left = a, *right = b;
  int order = strcmp (right->text, left->text);

  if (order != 0)
    return order;
  return left->row < right->row ? -1 : 1;
}

static gboolean
has_text (const char *text, const char *folded_filter)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, folded_filter) != NULL;
}

static gboolean
matches (const TideRowSource *source, const TideCell *cells, const char *folded_filter)
{
  for (guint i = 0; i < source->n_columns; i++)
    {
      if (cells[i].is_null)
        continue;
      if (cells[i].text != NULL && has_text (cells[i].text, folded_filter))
        return TRUE;
      for (guint k = 0; cells[i].list != NULL && cells[i].list[k] != NULL; k++)
        if (has_text (cells[i].list[k], folded_filter))
          return TRUE;
    }
  return FALSE;
}

static void
key_clear (gpointer data)
{
  g_free (((Key *)data)->text);
}

gboolean
tide_row_order (TideRowSource *source,
                const char *filter,
                gint column,
                gsize **order,
                gsize *n,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree TideCell *cells = g_new0 (TideCell, source->n_columns);
  g_autofree char *folded = filter != NULL ? g_utf8_casefold (filter, -1) : NULL;
  g_autoptr (GArray) keys = NULL;  /* Key */
  g_autoptr (GArray) nulls = NULL; /* gsize */
  gboolean by_text = column >= 0 && source->columns[column].cells == TIDE_CELLS_TEXT;

  *order = NULL;
  *n = source->n_rows;
  if (filter == NULL && column < 0)
    return TRUE;
  keys = g_array_new (FALSE, FALSE, sizeof (Key));
  nulls = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_array_set_clear_func (keys, key_clear);
  for (gsize row = 0; row < source->n_rows; row++)
    {
      Key key = { row, 0, NULL };

      if (row % 65536 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      tide_row_source_fill (source, row, cells);
      if (folded != NULL && !matches (source, cells, folded))
        continue;
      if (column >= 0 && cells[column].is_null)
        {
          g_array_append_val (nulls, row);
          continue;
        }
      if (column >= 0)
        {
          key.number = cells[column].number;
          key.text = by_text ? g_strdup (cells[column].text) : NULL;
        }
      g_array_append_val (keys, key);
    }
  if (column >= 0 && keys->len > 1)
    qsort (keys->data, keys->len, sizeof (Key), by_text ? compare_texts : compare_numbers);
  *n = (gsize)keys->len + nulls->len;
  /* Not NULL even where nothing matched: that would mean all rows.  */
  *order = g_new (gsize, *n + 1);
  for (guint i = 0; i < keys->len; i++)
    (*order)[i] = g_array_index (keys, Key, i).row;
  for (guint i = 0; i < nulls->len; i++)
    (*order)[keys->len + i] = g_array_index (nulls, gsize, i);
  return TRUE;
}
