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

/* A filter, and what it said of the strings that it saw: a file is the same in many rows.  */
typedef struct
{
  char *folded;
  gsize length;
  TideProcess *process;
  guint8 *verdicts; /* by string id; 0 not known, 1 no, 2 yes */
} Filter;

static inline char
to_lower (char c)
{
  return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Without regard to the case of ASCII letters.  In IS_ASCII, when it was not found, whether TEXT has nothing
 * else.  */
static gboolean
contains_ascii (const Filter *filter, const char *text, gboolean *is_ascii)
{
  char first = filter->folded[0];
  char all = 0;

  for (; *text != '\0'; text++)
    {
      gsize k = 1;

      all |= *text;
      if (to_lower (*text) != first)
        continue;
      /* The zero at its end is in no filter.  */
      while (k < filter->length && to_lower (text[k]) == filter->folded[k])
        k++;
      if (k == filter->length)
        return TRUE;
    }
  *is_ascii = (all & 0x80) == 0;
  return FALSE;
}

static gboolean
contains_folded (const Filter *filter, const char *text)
{
  g_autofree char *folded = NULL;
  gboolean is_ascii;

  /* Letters of ASCII fold to letters of ASCII, each by itself: what is found here is there in the folded
   * text, too.  */
  if (contains_ascii (filter, text, &is_ascii))
    return TRUE;
  if (is_ascii)
    return FALSE;
  folded = g_utf8_casefold (text, -1);
  return strstr (folded, filter->folded) != NULL;
}

static gboolean
string_passes (Filter *filter, guint32 id)
{
  const TideStringEntry *entry;
  guint8 *verdict;

  if (id == 0)
    return FALSE;
  entry = tide_column_at (&filter->process->strings, id - 1);
  /* An id that the same text had before: below the length, then, if this one is.  */
  verdict = &filter->verdicts[entry->same_as];
  if (*verdict == 0)
    *verdict = contains_folded (filter, entry->text) ? 2 : 1;
  return *verdict == 2;
}

static gboolean
row_passes (Filter *filter, const TideFunctionRow *row)
{
  const TideCode *code;

  if (row->code == 0 || row->code == TIDE_CODE_BEFORE)
    return contains_folded (filter, row->function);
  code = tide_process_get_code (filter->process, row->code);
  return string_passes (filter, code->name) || string_passes (filter, code->file);
}

/* By row, whether it passes; NULL when all do.  In the order of the rows: that is nearly the order in which
 * their names lie in memory, and the order of names is not.  */
static gboolean *
filter_rows (TideFunctionTable *self, const char *text)
{
  g_autofree char *valid = NULL;
  Filter filter = { .process = self->process };
  gboolean *passes;

  if (text == NULL || *text == '\0')
    return NULL;

  valid = g_utf8_make_valid (text, -1);
  filter.folded = g_utf8_casefold (valid, -1);
  filter.length = strlen (filter.folded);
  filter.verdicts = g_new0 (guint8, (gsize)tide_process_get_n_strings (self->process) + 1);
  passes = g_new (gboolean, self->rows->len);
  for (guint i = 0; i < self->rows->len; i++)
    passes[i] = row_passes (&filter, &g_array_index (self->rows, TideFunctionRow, i));
  g_free (filter.folded);
  g_free (filter.verdicts);
  return passes;
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
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
      return row->bytes.allocated;
    case TIDE_FUNCTION_COLUMN_FREED:
      return row->bytes.freed;
    case TIDE_FUNCTION_COLUMN_LIVE:
      return row->bytes.live;
    case TIDE_FUNCTION_COLUMN_PEAK:
      return row->bytes.peak;
    case TIDE_FUNCTION_COLUMN_CALLS:
      return row->n_calls;
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
  g_autofree gboolean *passes = filter_rows (self, filter);
  GArray *order;
  guint n = 0;

  for (guint i = 0; i < n_rows; i++)
    {
      guint32 index = base[is_text && descending ? n_rows - 1 - i : i];
      const TideFunctionRow *row = &g_array_index (self->rows, TideFunctionRow, index);
      /* With the sign turned over, negative figures come before positive ones as unsigned numbers, too.  */
      guint64 key = is_text ? 0 : (guint64)get_figure (row, column) ^ (G_GUINT64_CONSTANT (1) << 63);

      if (passes == NULL || passes[index])
        items[n++] = (Item){ descending ? ~key : key, index };
    }
  sorted = is_text ? items : sort_items (items, scratch, n);

  order = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);
  for (guint i = 0; i < n; i++)
    {
      guint row = sorted[i].row;

      g_array_append_val (order, row);
    }
  return order;
}
