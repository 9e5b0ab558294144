#include "tide-function-table-private.h"

#include "tide-process-private.h"

#include <string.h>

/* A row and what it is sorted by.  */
typedef struct
{
  guint64 key;
  guint32 row;
} Item;

/* Sorts by key, a byte at a time from the lowest up, and leaves equal keys in the order in which they are.
 * Bytes that are the same in all keys are passed over: most are.  Gives the one of the two arrays that has
 * the result.  */
static Item *
sort_items (Item *items, Item *scratch, guint n)
{
  guint64 differ = 0;

  for (guint i = 1; i < n; i++)
    differ |= items[i].key ^ items[0].key;

  for (guint shift = 0; shift < 64; shift += 8)
    {
      guint starts[256] = { 0 };
      guint start = 0;
      Item *sorted = scratch;

      if (((differ >> shift) & 0xff) == 0)
        continue;
      for (guint i = 0; i < n; i++)
        starts[(items[i].key >> shift) & 0xff]++;
      for (guint i = 0; i < 256; i++)
        {
          guint count = starts[i];

          starts[i] = start;
          start += count;
        }
      for (guint i = 0; i < n; i++)
        sorted[starts[(items[i].key >> shift) & 0xff]++] = items[i];
      scratch = items;
      items = sorted;
    }
  return items;
}

/* The rows that belong to no code come first in both orders.  */
static guint64
get_rank (const TideFunctionRow *row, const guint32 *ranks)
{
  if (row->code == TIDE_CODE_BEFORE)
    return 0;
  return row->code == 0 ? 1 : (guint64)ranks[row->code - 1] + 2;
}

static guint32 *
sort_by_ranks (GArray *rows, const guint32 *ranks)
{
  g_autofree Item *items = g_new (Item, rows->len);
  g_autofree Item *scratch = g_new (Item, rows->len);
  guint32 *order = g_new (guint32, rows->len);
  const Item *sorted;

  for (guint i = 0; i < rows->len; i++)
    items[i] = (Item){ get_rank (&g_array_index (rows, TideFunctionRow, i), ranks), i };
  sorted = sort_items (items, scratch, rows->len);
  for (guint i = 0; i < rows->len; i++)
    order[i] = sorted[i].row;
  return order;
}

void
tide_function_table_sort_names (TideFunctionTable *self)
{
  g_autoptr (TideNameOrder) names = NULL;
  guint n_codes = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      guint32 code = g_array_index (self->rows, TideFunctionRow, i).code;

      if (code != TIDE_CODE_BEFORE)
        n_codes = MAX (n_codes, code);
    }
  names = tide_process_ref_name_order (self->process, n_codes);
  self->by_name = sort_by_ranks (self->rows, names->name_ranks);
  self->by_place = sort_by_ranks (self->rows, names->place_ranks);
}

/* A filter, and what it said of the strings that it saw: files are the same in many rows.  */
typedef struct
{
  char *folded;
  gsize length;
  TideProcess *process;
  guint n_strings;
  guint8 *verdicts; /* by string id; 0 not known, 1 no, 2 yes */
} Filter;

static gboolean
contains_folded (const Filter *filter, const char *text)
{
  gsize length = strlen (text);
  gboolean is_ascii = TRUE;

  /* Letters of ASCII fold to letters of ASCII, each by itself: what is found here is there in the folded
   * text, too.  */
  for (gsize i = 0; i < length; i++)
    {
      gsize k = 0;

      if (text[i] & 0x80)
        is_ascii = FALSE;
      while (k < filter->length && i + k < length && g_ascii_tolower (text[i + k]) == filter->folded[k])
        k++;
      if (k == filter->length)
        return TRUE;
    }
  if (!is_ascii)
    {
      g_autofree char *folded = g_utf8_casefold (text, length);

      return strstr (folded, filter->folded) != NULL;
    }
  return FALSE;
}

static gboolean
string_passes (Filter *filter, guint32 id)
{
  if (id == 0 || id > filter->n_strings)
    return FALSE;
  if (filter->verdicts[id] == 0)
    filter->verdicts[id] = contains_folded (filter, tide_process_get_string (filter->process, id)) ? 2 : 1;
  return filter->verdicts[id] == 2;
}

static gboolean
row_passes (Filter *filter, const TideFunctionRow *row)
{
  const TideCode *code;

  if (filter->length == 0)
    return TRUE;
  if (row->code == 0 || row->code == TIDE_CODE_BEFORE)
    return contains_folded (filter, row->function);
  code = tide_process_get_code (filter->process, row->code);
  return string_passes (filter, code->name) || string_passes (filter, code->file);
}

static gint64
get_figure (const TideFunctionRow *row, TideFunctionColumn column)
{
  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_SELF:
      return TIDE_FUNCTION_ROW_SELF (row);
    case TIDE_FUNCTION_COLUMN_TOTAL:
      return TIDE_FUNCTION_ROW_TOTAL (row);
    case TIDE_FUNCTION_COLUMN_RISE:
      return row->self_rise;
    case TIDE_FUNCTION_COLUMN_FALL:
      return row->self_fall;
    case TIDE_FUNCTION_COLUMN_SAMPLES:
      return row->n_samples;
    case TIDE_FUNCTION_COLUMN_NAME:
    case TIDE_FUNCTION_COLUMN_WHERE:
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      g_return_val_if_reached (0);
    }
}

GArray *
tide_function_table_order (TideFunctionTable *self,
                           TideFunctionColumn column,
                           gboolean descending,
                           const char *filter)
{
  gboolean is_text = column == TIDE_FUNCTION_COLUMN_NAME || column == TIDE_FUNCTION_COLUMN_WHERE;
  const guint32 *base = column == TIDE_FUNCTION_COLUMN_WHERE ? self->by_place : self->by_name;
  guint n_rows = self->rows->len;
  g_autofree Item *items = g_new (Item, n_rows);
  g_autofree Item *scratch = g_new (Item, n_rows);
  const Item *sorted;
  Filter state = { .process = self->process };
  GArray *order;
  guint n = 0;

  if (filter != NULL && *filter != '\0')
    {
      g_autofree char *valid = g_utf8_make_valid (filter, -1);

      state.folded = g_utf8_casefold (valid, -1);
      state.length = strlen (state.folded);
      state.n_strings = tide_process_get_n_strings (self->process);
      state.verdicts = g_new0 (guint8, (gsize)state.n_strings + 1);
    }

  for (guint i = 0; i < n_rows; i++)
    {
      guint32 index = base[is_text && descending ? n_rows - 1 - i : i];
      const TideFunctionRow *row = &g_array_index (self->rows, TideFunctionRow, index);
      /* With the sign turned over, negative figures come before positive ones as unsigned numbers, too.  */
      guint64 key = is_text ? 0 : (guint64)get_figure (row, column) ^ (G_GUINT64_CONSTANT (1) << 63);

      if (row_passes (&state, row))
        items[n++] = (Item){ descending ? ~key : key, index };
    }
  sorted = is_text ? items : sort_items (items, scratch, n);

  order = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);
  for (guint i = 0; i < n; i++)
    {
      guint row = sorted[i].row;

      g_array_append_val (order, row);
    }
  g_free (state.folded);
  g_free (state.verdicts);
  return order;
}
