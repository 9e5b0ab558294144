#include "tide-table-layout.h"

void
tide_table_layout_init (TideTableLayout *self, guint n_columns)
{
  g_return_if_fail (n_columns <= TIDE_TABLE_MAX_COLUMNS);

  *self = (TideTableLayout){ .n_columns = n_columns, .sort = -1 };
  for (guint i = 0; i < n_columns; i++)
    self->order[i] = i;
}

static gboolean
tide_table_layout_has_order (const TideTableLayout *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (self->order[i] != i)
        return TRUE;
    }
  return FALSE;
}

static void
tide_table_layout_put_shown (const TideTableLayout *self,
                             const char *const *ids,
                             TideColumnShown shown,
                             const char *key,
                             GVariantDict *dict)
{
  const char *names[TIDE_TABLE_MAX_COLUMNS];
  gsize n = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      if (self->shown[i] == shown)
        names[n++] = ids[i];
    }
  if (n > 0)
    g_variant_dict_insert_value (dict, key, g_variant_new_strv (names, (gssize)n));
}

GVariant *
tide_table_layout_to_variant (const TideTableLayout *self, const char *const *ids)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) widths = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{si}"));
  gboolean has_width = FALSE;

  if (tide_table_layout_has_order (self))
    {
      const char *names[TIDE_TABLE_MAX_COLUMNS];

      for (guint i = 0; i < self->n_columns; i++)
        names[i] = ids[self->order[i]];
      g_variant_dict_insert_value (&dict, "order", g_variant_new_strv (names, (gssize)self->n_columns));
    }
  tide_table_layout_put_shown (self, ids, TIDE_COLUMN_SHOWN, "shown", &dict);
  tide_table_layout_put_shown (self, ids, TIDE_COLUMN_HIDDEN, "hidden", &dict);
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (self->width[i] > 0)
        {
          g_variant_builder_add (&widths, "{si}", ids[i], self->width[i]);
          has_width = TRUE;
        }
    }
  if (has_width)
    g_variant_dict_insert_value (&dict, "widths", g_variant_builder_end (&widths));
  if (self->sort >= 0)
    {
      g_variant_dict_insert (&dict, "sort", "s", ids[self->sort]);
      g_variant_dict_insert (&dict, "descending", "b", self->descending);
    }
  return g_variant_dict_end (&dict);
}

static int
tide_table_layout_find (const TideTableLayout *self, const char *const *ids, const char *id)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (g_str_equal (ids[i], id))
        return (int)i;
    }
  return -1;
}

/* Those that the list names come first, in its order.  */
static void
tide_table_layout_read_order (TideTableLayout *self, const char *const *ids, GVariant *list)
{
  gboolean placed[TIDE_TABLE_MAX_COLUMNS] = { FALSE };
  GVariantIter iter;
  const char *id;
  guint n = 0;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &id))
    {
      int column = tide_table_layout_find (self, ids, id);

      if (column >= 0 && !placed[column])
        {
          self->order[n++] = (guint)column;
          placed[column] = TRUE;
        }
    }
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (!placed[i])
        self->order[n++] = i;
    }
}

static void
tide_table_layout_read_shown (TideTableLayout *self,
                              const char *const *ids,
                              GVariant *list,
                              TideColumnShown shown)
{
  GVariantIter iter;
  const char *id;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &id))
    {
      int column = tide_table_layout_find (self, ids, id);

      if (column >= 0)
        self->shown[column] = shown;
    }
}

static void
tide_table_layout_read_widths (TideTableLayout *self, const char *const *ids, GVariant *widths)
{
  GVariantIter iter;
  const char *id;
  gint32 width;

  g_variant_iter_init (&iter, widths);
  while (g_variant_iter_next (&iter, "{&si}", &id, &width))
    {
      int column = tide_table_layout_find (self, ids, id);

      if (column >= 0 && width > 0)
        self->width[column] = CLAMP (width, TIDE_TABLE_MIN_WIDTH, TIDE_TABLE_MAX_WIDTH);
    }
}

void
tide_table_layout_from_variant (TideTableLayout *self,
                                guint n_columns,
                                const char *const *ids,
                                GVariant *variant)
{
  g_autoptr (GVariant) order = NULL, shown = NULL, hidden = NULL, widths = NULL;
  const char *sort;

  tide_table_layout_init (self, n_columns);
  if (variant == NULL || !g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return;
  order = g_variant_lookup_value (variant, "order", G_VARIANT_TYPE_STRING_ARRAY);
  shown = g_variant_lookup_value (variant, "shown", G_VARIANT_TYPE_STRING_ARRAY);
  hidden = g_variant_lookup_value (variant, "hidden", G_VARIANT_TYPE_STRING_ARRAY);
  widths = g_variant_lookup_value (variant, "widths", G_VARIANT_TYPE ("a{si}"));
  if (order != NULL)
    tide_table_layout_read_order (self, ids, order);
  if (shown != NULL)
    tide_table_layout_read_shown (self, ids, shown, TIDE_COLUMN_SHOWN);
  if (hidden != NULL)
    tide_table_layout_read_shown (self, ids, hidden, TIDE_COLUMN_HIDDEN);
  if (widths != NULL)
    tide_table_layout_read_widths (self, ids, widths);
  if (g_variant_lookup (variant, "sort", "&s", &sort))
    self->sort = tide_table_layout_find (self, ids, sort);
  if (self->sort >= 0)
    g_variant_lookup (variant, "descending", "b", &self->descending);
}
