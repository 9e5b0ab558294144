#include "config.h"

#include "tide-table-columns-private.h"

#include "tide-compat.h"

/* A drag of a border changes the width with each frame; only the last one is worth a write.  */
#define SAVE_DELAY_MS 400

/* --- what is remembered --- */

static void
tide_table_columns_save (TideTableColumns *self)
{
  g_autoptr (GVariant) tables = NULL;
  GVariantBuilder fresh;
  GVariantIter iter;
  const char *name;
  GVariant *table;

  g_clear_handle_id (&self->save, g_source_remove);
  if (self->settings == NULL)
    return;
  tables = g_settings_get_value (self->settings, "tables");
  g_variant_builder_init (&fresh, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_iter_init (&iter, tables);
  while (g_variant_iter_loop (&iter, "{&s@a{sv}}", &name, &table))
    {
      if (!g_str_equal (name, self->kind->name))
        g_variant_builder_add (&fresh, "{s@a{sv}}", name, table);
    }
  g_variant_builder_add (&fresh, "{s@a{sv}}", self->kind->name,
                         tide_table_layout_to_variant (&self->layout, self->ids));
  g_settings_set_value (self->settings, "tables", g_variant_builder_end (&fresh));
}

static gboolean
tide_table_columns_save_late (gpointer user_data)
{
  TideTableColumns *self = user_data;

  self->save = 0;
  tide_table_columns_save (self);
  return G_SOURCE_REMOVE;
}

static void
tide_table_columns_changed (TideTableColumns *self)
{
  if (self->settings != NULL && self->save == 0)
    self->save = g_timeout_add (SAVE_DELAY_MS, tide_table_columns_save_late, self);
}

/* --- headers --- */

static guint
tide_table_columns_find (TideTableColumns *self, GtkColumnViewColumn *view_column)
{
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      if (self->data[i].view_column == view_column)
        return i;
    }
  g_assert_not_reached ();
}

/* GTK makes a header anew when its column comes to another place.  */
static void
tide_table_columns_dress_headers (TideTableColumns *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  for (guint place = 0; place < g_list_model_get_n_items (columns); place++)
    {
      g_autoptr (GtkColumnViewColumn) view_column = g_list_model_get_item (columns, place);
      guint column = tide_table_columns_find (self, view_column);
      TideColumnFlags flags = self->kind->columns[column].flags;
      GtkWidget *header = tide_compat_column_header (self->view, place);

      if (header != NULL)
        gtk_widget_set_tooltip_text (header, self->kind->get_definition (column));
      if ((flags & TIDE_COLUMN_NUMBER) != 0)
        tide_compat_column_header_align_end (
            self->view, place, (flags & TIDE_COLUMN_BAR) != 0 ? tide_table_cells_bar_space () : 0);
    }
}

/* --- sorting --- */

/* GTK 4.8 does not say by which column a view is sorted.  So each column's sorter notes that it was asked,
 * and one question to the view's sorter tells the column (the first that is asked) and the direction (the
 * answer).  Rows are put in order by whoever owns them.  */
static int
tide_table_columns_probe (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TideColumnData *data = user_data;

  if (data->columns->probed < 0)
    data->columns->probed = (int)data->column;
  return GTK_ORDERING_SMALLER;
}

/* By the header's arrow.  */
static void
tide_table_columns_show_sort (TideTableColumns *self, guint column, gboolean descending)
{
  self->sorted = column;
  self->descending = descending;
  self->setting = TRUE;
  gtk_column_view_sort_by_column (self->view, self->data[column].view_column,
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->setting = FALSE;
  tide_table_columns_menu_show_sort (self);
}

void
tide_table_columns_sort_by (TideTableColumns *self, guint column, gboolean descending)
{
  tide_table_columns_show_sort (self, column, descending);
  self->layout.sort = (int)column;
  self->layout.descending = descending;
  tide_table_columns_changed (self);
  self->kind->sort (self->owner, column, descending);
  if (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->view))) > 0)
    tide_compat_column_view_scroll_to (self->view, 0);
}

static void
tide_table_columns_sorter_changed (GtkSorter *sorter, GtkSorterChange change, TideTableColumns *self)
{
  g_autoptr (GObject) a = NULL, b = NULL;
  GtkOrdering ordering;
  guint column;
  gboolean descending;

  if (self->setting)
    return;
  a = g_object_new (G_TYPE_OBJECT, NULL);
  b = g_object_new (G_TYPE_OBJECT, NULL);
  self->probed = -1;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (self->probed < 0)
    return;

  column = (guint)self->probed;
  descending = ordering == GTK_ORDERING_LARGER;
  /* The first click on a number asks for the greatest.  */
  if (column != self->sorted && (self->kind->columns[column].flags & TIDE_COLUMN_NUMBER) != 0)
    descending = TRUE;
  tide_table_columns_sort_by (self, column, descending);
}

/* --- which are shown, how wide, in which order --- */

static gboolean
tide_table_columns_should_show (TideTableColumns *self, guint column)
{
  if ((self->kind->columns[column].flags & TIDE_COLUMN_NAMES) != 0)
    return TRUE;
  if (self->layout.shown[column] != TIDE_COLUMN_SHOWN_BY_DEFAULT)
    return self->layout.shown[column] == TIDE_COLUMN_SHOWN;
  return self->kind->is_default == NULL || self->kind->is_default (self->owner, column);
}

/* GTK 4.8 leaves room for the fixed width of columns that are not shown.  */
static void
tide_table_columns_fit (TideTableColumns *self, guint column)
{
  GtkColumnViewColumn *view_column = self->data[column].view_column;
  int width = self->layout.width[column] > 0 ? self->layout.width[column] : self->kind->columns[column].width;

  if (!gtk_column_view_column_get_visible (view_column))
    width = -1;
  if (gtk_column_view_column_get_fixed_width (view_column) != width)
    gtk_column_view_column_set_fixed_width (view_column, width);
}

static void
tide_table_columns_show (TideTableColumns *self)
{
  self->setting = TRUE;
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      gboolean shown = tide_table_columns_should_show (self, i);

      if (gtk_column_view_column_get_visible (self->data[i].view_column) != shown)
        gtk_column_view_column_set_visible (self->data[i].view_column, shown);
      tide_table_columns_fit (self, i);
    }
  self->setting = FALSE;
}

static void
tide_table_columns_notify_visible (GtkColumnViewColumn *view_column, GParamSpec *pspec, TideColumnData *data)
{
  TideTableColumns *self = data->columns;
  gboolean shown = gtk_column_view_column_get_visible (view_column);

  if (self->setting)
    return;
  self->layout.shown[data->column] = shown ? TIDE_COLUMN_SHOWN : TIDE_COLUMN_HIDDEN;
  self->setting = TRUE;
  tide_table_columns_fit (self, data->column);
  self->setting = FALSE;
  tide_table_columns_changed (self);
}

static void
tide_table_columns_notify_width (GtkColumnViewColumn *view_column, GParamSpec *pspec, TideColumnData *data)
{
  TideTableColumns *self = data->columns;
  int width = gtk_column_view_column_get_fixed_width (view_column);

  if (self->setting || width <= 0)
    return;
  self->layout.width[data->column] = CLAMP (width, TIDE_TABLE_MIN_WIDTH, TIDE_TABLE_MAX_WIDTH);
  tide_table_columns_changed (self);
}

/* A header was dragged to another place: GTK takes the column out and puts it in again.  */
static void
tide_table_columns_moved (
    GListModel *columns, guint position, guint removed, guint added, TideTableColumns *self)
{
  guint n = g_list_model_get_n_items (columns);

  if (self->setting || n != self->kind->n_columns)
    return;
  for (guint place = 0; place < n; place++)
    {
      g_autoptr (GtkColumnViewColumn) view_column = g_list_model_get_item (columns, place);

      self->layout.order[place] = tide_table_columns_find (self, view_column);
    }
  tide_table_columns_changed (self);
}

static void
tide_table_columns_put_in_order (TideTableColumns *self)
{
  self->setting = TRUE;
  for (guint place = 0; place < self->kind->n_columns; place++)
    gtk_column_view_insert_column (self->view, place, self->data[self->layout.order[place]].view_column);
  self->setting = FALSE;
  tide_table_columns_dress_headers (self);
}

/* The layout is another one as a whole.  */
static void
tide_table_columns_apply (TideTableColumns *self)
{
  tide_table_columns_put_in_order (self);
  tide_table_columns_show (self);
}

void
tide_table_columns_reset (TideTableColumns *self)
{
  int sort = self->layout.sort;
  gboolean descending = self->layout.descending;

  tide_table_layout_init (&self->layout, self->kind->n_columns);
  /* How the rows are sorted is about them, not about the columns.  */
  self->layout.sort = sort;
  self->layout.descending = descending;
  tide_table_columns_apply (self);
  tide_table_columns_changed (self);
}

void
tide_table_columns_set_settings (TideTableColumns *self, GSettings *settings)
{
  g_autoptr (GVariant) tables = NULL, table = NULL;

  g_return_if_fail (self->settings == NULL);

  if (settings == NULL)
    return;
  self->settings = g_object_ref (settings);
  tables = g_settings_get_value (settings, "tables");
  table = g_variant_lookup_value (tables, self->kind->name, G_VARIANT_TYPE_VARDICT);
  if (table == NULL)
    return;
  tide_table_layout_from_variant (&self->layout, self->kind->n_columns, self->ids, table);
  tide_table_columns_apply (self);
  if (self->kind->sort != NULL && self->layout.sort >= 0)
    {
      tide_table_columns_show_sort (self, (guint)self->layout.sort, self->layout.descending);
      self->kind->sort (self->owner, self->sorted, self->descending);
    }
}

/* --- the whole --- */

static void
tide_table_columns_add (TideTableColumns *self, guint column)
{
  const TideTableColumn *said = &self->kind->columns[column];
  TideColumnData *data = &self->data[column];
  g_autoptr (GtkColumnViewColumn) view_column = NULL;

  *data = (TideColumnData){ self, column, NULL };
  view_column =
      gtk_column_view_column_new (self->kind->get_title (column), tide_table_cells_new_factory (data));
  data->view_column = view_column;
  if (self->kind->sort != NULL)
    {
      g_autoptr (GtkSorter) sorter =
          GTK_SORTER (gtk_custom_sorter_new (tide_table_columns_probe, data, NULL));

      gtk_column_view_column_set_sorter (view_column, sorter);
    }
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, (said->flags & TIDE_COLUMN_EXPAND) != 0);
  g_signal_connect (view_column, "notify::visible", G_CALLBACK (tide_table_columns_notify_visible), data);
  g_signal_connect (view_column, "notify::fixed-width", G_CALLBACK (tide_table_columns_notify_width), data);
  gtk_column_view_append_column (self->view, view_column);
}

TideTableColumns *
tide_table_columns_new (GtkColumnView *view, const TideTableKind *kind, gpointer owner)
{
  TideTableColumns *self = g_new0 (TideTableColumns, 1);

  g_assert (kind->n_columns <= TIDE_TABLE_MAX_COLUMNS);
  self->view = view;
  self->kind = kind;
  self->owner = owner;
  self->bound = g_hash_table_new (NULL, NULL);
  tide_table_layout_init (&self->layout, kind->n_columns);
  for (guint i = 0; i < kind->n_columns; i++)
    {
      self->ids[i] = kind->columns[i].id;
      tide_table_columns_add (self, i);
    }
  tide_table_columns_menu_init (self);
  for (guint i = 0; i < kind->n_columns; i++)
    gtk_column_view_column_set_header_menu (self->data[i].view_column, G_MENU_MODEL (self->menu));
  gtk_column_view_set_reorderable (view, TRUE);
  tide_table_columns_dress_headers (self);
  tide_table_columns_show (self);
  if (kind->sort != NULL)
    tide_table_columns_show_sort (self, kind->sort_column, kind->sort_descending);
  g_signal_connect (gtk_column_view_get_sorter (view), "changed",
                    G_CALLBACK (tide_table_columns_sorter_changed), self);
  g_signal_connect (gtk_column_view_get_columns (view), "items-changed",
                    G_CALLBACK (tide_table_columns_moved), self);
  return self;
}

void
tide_table_columns_free (TideTableColumns *self)
{
  if (self == NULL)
    return;
  if (self->save != 0)
    tide_table_columns_save (self);
  g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->view), self);
  g_signal_handlers_disconnect_by_data (gtk_column_view_get_columns (self->view), self);
  tide_table_columns_menu_finish (self);
  /* Takes the cells down while we can still be told.  */
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      g_signal_handlers_disconnect_by_data (self->data[i].view_column, &self->data[i]);
      gtk_column_view_remove_column (self->view, self->data[i].view_column);
    }
  g_hash_table_unref (self->bound);
  g_clear_object (&self->settings);
  g_free (self);
}

void
tide_table_columns_refresh (TideTableColumns *self)
{
  GHashTableIter iter;
  gpointer item, column;

  tide_table_columns_show (self);
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &column))
    tide_table_cells_write (self, item, GPOINTER_TO_UINT (column));
}

guint
tide_table_columns_pick (TideTableColumns *self, double x, double y)
{
  GtkListItem *item = tide_table_cells_find_item (
      gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT), self->view);

  return item != NULL ? gtk_list_item_get_position (item) : GTK_INVALID_LIST_POSITION;
}

char *
tide_table_columns_dup_text (TideTableColumns *self, guint position, guint column)
{
  GHashTableIter iter;
  gpointer item, bound_column;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &bound_column))
    {
      if (GPOINTER_TO_UINT (bound_column) == column && gtk_list_item_get_position (item) == position)
        return g_strdup (
            gtk_inscription_get_text (tide_table_cells_get_text (gtk_list_item_get_child (item))));
    }
  return NULL;
}

GtkColumnViewColumn *
tide_table_columns_get_column (TideTableColumns *self, guint column)
{
  g_return_val_if_fail (column < self->kind->n_columns, NULL);
  return self->data[column].view_column;
}

GActionGroup *
tide_table_columns_get_actions (TideTableColumns *self)
{
  return G_ACTION_GROUP (self->actions);
}

GMenuModel *
tide_table_columns_get_menu (TideTableColumns *self)
{
  return G_MENU_MODEL (self->menu);
}
