#include "tide-name-order.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *name, *file, *base;
  guint32 line, code;
} Item;

typedef int (*Compare) (const void *a, const void *b);

static inline int
to_lower (char c)
{
  return c >= 'A' && c <= 'Z' ? c | 0x20 : (guchar)c;
}

/* As g_ascii_strcasecmp(), which calls a function for each byte and is seen when a large table is made; among
 * texts that differ in nothing else, letter case decides.  */
static int
compare_text (const char *a, const char *b)
{
  const char *x = a, *y = b;

  if (a == b)
    return 0;
  for (; *x != '\0'; x++, y++)
    if (*x != *y && to_lower (*x) != to_lower (*y))
      break;
  return to_lower (*x) != to_lower (*y) ? to_lower (*x) - to_lower (*y) : strcmp (a, b);
}

static int
compare_number (guint32 a, guint32 b)
{
  return (a > b) - (a < b);
}

static int
compare_names (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  int order = compare_text (x->name, y->name);

  if (order == 0)
    order = compare_text (x->file, y->file);
  if (order == 0)
    order = compare_number (x->line, y->line);
  return order != 0 ? order : compare_number (x->code, y->code);
}

static int
compare_places (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  int order = x->file == y->file ? 0 : compare_text (x->base, y->base);

  if (order == 0)
    order = compare_text (x->file, y->file);
  if (order == 0)
    order = compare_number (x->line, y->line);
  if (order == 0)
    order = compare_text (x->name, y->name);
  return order != 0 ? order : compare_number (x->code, y->code);
}

/* All codes in order: those that OLD has sorted already, merged with the others.  SCRATCH has room for the
 * others.  */
static void
sort_codes (const Item *items,
            guint n,
            const guint32 *old,
            guint n_old,
            Compare compare,
            Item *scratch,
            guint32 *sorted,
            guint32 *ranks)
{
  guint n_new = n - n_old;
  guint i = 0, j = 0;

  if (n_new > 0)
    {
      memcpy (scratch, items + n_old, n_new * sizeof *items);
      qsort (scratch, n_new, sizeof *items, compare);
    }
  for (guint k = 0; k < n; k++)
    {
      if (j == n_new || (i < n_old && compare (&items[old[i] - 1], &scratch[j]) < 0))
        sorted[k] = old[i++];
      else
        sorted[k] = scratch[j++].code;
      ranks[sorted[k] - 1] = k;
    }
}

TideNameOrder *
tide_name_order_new (TideProcess *process, guint n_codes, const TideNameOrder *older)
{
  TideNameOrder *self = g_new0 (TideNameOrder, 1);
  g_autofree Item *items = g_new (Item, n_codes);
  guint n_old = older != NULL ? older->n_codes : 0;
  g_autofree Item *scratch = NULL;

  g_assert (n_old <= n_codes);
  scratch = g_new (Item, n_codes - n_old);

  for (guint i = 0; i < n_codes; i++)
    {
      const TideCode *code = tide_process_get_code (process, i + 1);
      const char *file = tide_process_get_string (process, code->file);
      const char *slash = strrchr (file, '/');

      items[i] = (Item){ .name = tide_process_get_string (process, code->name),
                         .file = file,
                         .base = slash != NULL ? slash + 1 : file,
                         .line = code->first_line,
                         .code = i + 1 };
    }

  g_atomic_ref_count_init (&self->ref_count);
  self->n_codes = n_codes;
  self->by_name = g_new (guint32, n_codes);
  self->by_place = g_new (guint32, n_codes);
  self->name_ranks = g_new (guint32, n_codes);
  self->place_ranks = g_new (guint32, n_codes);
  sort_codes (items, n_codes, older != NULL ? older->by_name : NULL, n_old, compare_names, scratch,
              self->by_name, self->name_ranks);
  sort_codes (items, n_codes, older != NULL ? older->by_place : NULL, n_old, compare_places, scratch,
              self->by_place, self->place_ranks);
  return self;
}

TideNameOrder *
tide_name_order_ref (TideNameOrder *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tide_name_order_unref (TideNameOrder *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->by_name);
  g_free (self->by_place);
  g_free (self->name_ranks);
  g_free (self->place_ranks);
  g_free (self);
}
