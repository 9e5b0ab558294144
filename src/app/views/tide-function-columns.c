#include "config.h"

#include "tide-function-columns.h"

#include "tide-compat.h"
#include "tide-delta-bar.h"
#include "tide-function-cell.h"
#include "tide-row-kind.h"

#include <glib/gi18n-lib.h>

/* The bar after a number and what is left free beside it.  */
#define BAR_SPACE 113

typedef struct
{
  TideFunctionColumns *columns;
  TideFunctionColumn column;
} TideColumnData;

struct _TideFunctionColumns
{
  GtkColumnView *view;      /* borrowed: the owner outlives us */
  TideFunctionSlots *slots; /* borrowed */
  TideFunctionSortFunc func;
  gpointer user_data;
  GtkColumnViewColumn *columns[TIDE_N_FUNCTION_COLUMNS]; /* borrowed from the view */
  TideColumnData data[TIDE_N_FUNCTION_COLUMNS];
  GSimpleActionGroup *actions;
  GHashTable *bound; /* GtkListItem, borrowed while bound, to GUINT (column) */
  TideFunctionColumn sorted;
  gboolean descending;
  gboolean showing;   /* the order is set by us */
  gboolean has_bytes; /* the columns of Python bytes are shown */
  gboolean has_calls; /* and that of calls                     */
  int probed;         /* the column whose sorter was asked first, -1: none yet */
};

/* Characters that a cell is wide: constant, so that no text ever changes the layout.  */
static const struct
{
  guint nat_chars;
  int width;
} column_sizes[TIDE_N_FUNCTION_COLUMNS] = {
  [TIDE_FUNCTION_COLUMN_NAME] = { 24, 170 },   [TIDE_FUNCTION_COLUMN_WHERE] = { 20, 150 },
  [TIDE_FUNCTION_COLUMN_SELF] = { 11, 232 },   [TIDE_FUNCTION_COLUMN_TOTAL] = { 11, 120 },
  [TIDE_FUNCTION_COLUMN_RISE] = { 11, 110 },   [TIDE_FUNCTION_COLUMN_FALL] = { 11, 110 },
  [TIDE_FUNCTION_COLUMN_SAMPLES] = { 7, 100 }, [TIDE_FUNCTION_COLUMN_ALLOCATED] = { 11, 110 },
  [TIDE_FUNCTION_COLUMN_FREED] = { 11, 110 },  [TIDE_FUNCTION_COLUMN_LIVE] = { 11, 110 },
  [TIDE_FUNCTION_COLUMN_PEAK] = { 11, 110 },   [TIDE_FUNCTION_COLUMN_CALLS] = { 9, 110 },
};

static gboolean
tide_function_column_is_bytes (TideFunctionColumn column)
{
  return column >= TIDE_FUNCTION_COLUMN_ALLOCATED && column <= TIDE_FUNCTION_COLUMN_PEAK;
}

static gboolean
tide_function_column_is_number (TideFunctionColumn column)
{
  return column >= TIDE_FUNCTION_COLUMN_SELF;
}

static GtkInscription *
tide_function_cell_get_text (GtkWidget *cell)
{
  return GTK_INSCRIPTION (GTK_IS_INSCRIPTION (cell) ? cell : gtk_widget_get_first_child (cell));
}

/* What is no function looks otherwise, not only by its brackets.  */
static void
tide_function_columns_mark (GtkWidget *text, const TideFunctionRow *row)
{
  gboolean other = row != NULL && tide_row_kind_of (row) != TIDE_ROW_FUNCTION;

  if (gtk_widget_has_css_class (text, "no-function") == other)
    return;
  if (other)
    gtk_widget_add_css_class (text, "no-function");
  else
    gtk_widget_remove_css_class (text, "no-function");
}

static void
tide_function_columns_write (TideFunctionColumns *self, GtkListItem *item, TideFunctionColumn column)
{
  const TideFunctionRow *row = tide_function_slots_get_row (self->slots, gtk_list_item_get_position (item));
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkInscription *text = tide_function_cell_get_text (cell);
  char buffer[256];
  const char *fresh = "";

  if (row != NULL)
    fresh = tide_function_cell_format (row, column, tide_function_slots_has_bytes (self->slots), buffer,
                                       sizeof buffer);

  if (g_strcmp0 (gtk_inscription_get_text (text), fresh) != 0)
    gtk_inscription_set_text (text, fresh);
  if (column == TIDE_FUNCTION_COLUMN_NAME)
    tide_function_columns_mark (GTK_WIDGET (text), row);
  if (column == TIDE_FUNCTION_COLUMN_SELF)
    {
      gint64 greatest = tide_function_slots_get_greatest (self->slots);
      gboolean has_bar = row != NULL && greatest > 0 && tide_row_kind_is_growth (tide_row_kind_of (row));
      double value = has_bar ? (double)TIDE_FUNCTION_ROW_SELF (row) / (double)greatest : 0.0;

      tide_delta_bar_set_value (TIDE_DELTA_BAR (gtk_widget_get_last_child (cell)), value);
    }
}

/* Made when it is asked for: the exact bytes, or the full path.  */
static gboolean
tide_function_columns_query_tooltip (
    GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip, GtkListItem *item)
{
  TideColumnData *data = g_object_get_data (G_OBJECT (cell), "tide-column");
  TideFunctionSlots *slots = data->columns->slots;
  const TideFunctionRow *row = tide_function_slots_get_row (slots, gtk_list_item_get_position (item));
  g_autofree char *text = NULL;

  if (row != NULL)
    text = tide_function_cell_dup_tooltip (row, data->column, tide_function_slots_has_bytes (slots));
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
tide_function_columns_setup (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  GtkWidget *text = gtk_inscription_new (NULL), *cell = text;
  gboolean number = tide_function_column_is_number (data->column);

  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), column_sizes[data->column].nat_chars);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), MIN (column_sizes[data->column].nat_chars, 9));
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), number ? 1.f : 0.f);
  /* The dots of a cut text may come from a font with deeper lines: the base line is to stay.  */
  gtk_inscription_set_yalign (GTK_INSCRIPTION (text), 0.f);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  /* A place says most at its end: the line.  */
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), data->column == TIDE_FUNCTION_COLUMN_WHERE
                                                                 ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                                                 : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if (number)
    gtk_widget_add_css_class (text, "number");
  if (data->column == TIDE_FUNCTION_COLUMN_NAME || data->column == TIDE_FUNCTION_COLUMN_SELF)
    gtk_widget_add_css_class (text, "strong");
  if (data->column == TIDE_FUNCTION_COLUMN_WHERE)
    gtk_widget_add_css_class (text, "dim");

  if (data->column == TIDE_FUNCTION_COLUMN_SELF)
    {
      GtkWidget *bar = tide_delta_bar_new ();

      cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
      gtk_widget_set_hexpand (bar, TRUE);
      gtk_box_append (GTK_BOX (cell), text);
      gtk_box_append (GTK_BOX (cell), bar);
    }
  g_object_set_data (G_OBJECT (cell), "tide-column", data);
  g_object_set_data (G_OBJECT (cell), "tide-item", item);
  gtk_widget_set_has_tooltip (cell, TRUE);
  g_signal_connect (cell, "query-tooltip", G_CALLBACK (tide_function_columns_query_tooltip), item);
  gtk_list_item_set_child (item, cell);
}

static void
tide_function_columns_bind (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  g_hash_table_insert (data->columns->bound, item, GUINT_TO_POINTER (data->column));
  tide_function_columns_write (data->columns, item, data->column);
}

static void
tide_function_columns_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, TideColumnData *data)
{
  g_hash_table_remove (data->columns->bound, item);
}

/* GTK 4.8 does not say by which column a view is sorted.  So each column's sorter notes that it was asked,
 * and one question to the view's sorter tells the column (the first that is asked) and the direction (the
 * answer).  Rows are put in order by the slots.  */
static int
tide_function_columns_probe (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TideColumnData *data = user_data;

  if (data->columns->probed < 0)
    data->columns->probed = (int)data->column;
  return GTK_ORDERING_SMALLER;
}

static void
tide_function_columns_sorter_changed (GtkSorter *sorter, GtkSorterChange change, TideFunctionColumns *self)
{
  g_autoptr (GObject) a = NULL, b = NULL;
  GtkOrdering ordering;
  TideFunctionColumn column;
  gboolean descending;

  if (self->showing)
    return;
  a = g_object_new (TIDE_TYPE_FUNCTION_SLOT, NULL);
  b = g_object_new (TIDE_TYPE_FUNCTION_SLOT, NULL);
  self->probed = -1;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (self->probed < 0)
    return;

  column = (TideFunctionColumn)self->probed;
  descending = ordering == GTK_ORDERING_LARGER;
  /* The first click on a number asks for the greatest.  */
  if (column != self->sorted && tide_function_column_is_number (column))
    descending = TRUE;
  tide_function_columns_show_sort (self, column, descending);
  self->func (column, descending, self->user_data);
}

void
tide_function_columns_show_sort (TideFunctionColumns *self, TideFunctionColumn column, gboolean descending)
{
  self->sorted = column;
  self->descending = descending;
  self->showing = TRUE;
  gtk_column_view_sort_by_column (self->view, self->columns[column],
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->showing = FALSE;
}

static gboolean
tide_function_columns_is_default (TideFunctionColumns *self, TideFunctionColumn column)
{
  if (column == TIDE_FUNCTION_COLUMN_CALLS)
    return self->has_calls;
  return !tide_function_column_is_bytes (column) || (self->has_bytes && column != TIDE_FUNCTION_COLUMN_FREED);
}

/* GTK 4.8 leaves room for the fixed width of columns that are not shown.  */
static void
tide_function_columns_fit (GtkColumnViewColumn *view_column, GParamSpec *pspec, TideColumnData *data)
{
  gboolean visible = gtk_column_view_column_get_visible (view_column);
  int width = column_sizes[data->column].width;

  if (!visible)
    gtk_column_view_column_set_fixed_width (view_column, -1);
  else if (width > 0)
    gtk_column_view_column_set_fixed_width (view_column, width);
}

static void
tide_function_columns_add (TideFunctionColumns *self, TideFunctionColumn column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *view_column = gtk_column_view_column_new (tide_function_cell_title (column), factory);
  g_autoptr (GtkSorter) sorter = NULL;
  GtkWidget *header;

  self->data[column] = (TideColumnData){ self, column };
  sorter = GTK_SORTER (gtk_custom_sorter_new (tide_function_columns_probe, &self->data[column], NULL));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, column == TIDE_FUNCTION_COLUMN_NAME
                                                      || column == TIDE_FUNCTION_COLUMN_WHERE);
  g_signal_connect (factory, "setup", G_CALLBACK (tide_function_columns_setup), &self->data[column]);
  g_signal_connect (factory, "bind", G_CALLBACK (tide_function_columns_bind), &self->data[column]);
  g_signal_connect (factory, "unbind", G_CALLBACK (tide_function_columns_unbind), &self->data[column]);
  gtk_column_view_column_set_visible (view_column, tide_function_columns_is_default (self, column));
  tide_function_columns_fit (view_column, NULL, &self->data[column]);
  g_signal_connect (view_column, "notify::visible", G_CALLBACK (tide_function_columns_fit),
                    &self->data[column]);
  gtk_column_view_append_column (self->view, view_column);
  self->columns[column] = view_column;
  g_object_unref (view_column);

  header = tide_compat_column_header (self->view, column);
  if (header != NULL)
    gtk_widget_set_tooltip_text (header, tide_function_cell_definition (column));
  if (tide_function_column_is_number (column))
    tide_compat_column_header_align_end (self->view, column,
                                         column == TIDE_FUNCTION_COLUMN_SELF ? BAR_SPACE : 0);
}

/* --- which columns are shown --- */

static const char *const action_names[TIDE_N_FUNCTION_COLUMNS] = {
  [TIDE_FUNCTION_COLUMN_NAME] = NULL, /* without it the others say nothing */
  [TIDE_FUNCTION_COLUMN_WHERE] = "where",
  [TIDE_FUNCTION_COLUMN_SELF] = "self",
  [TIDE_FUNCTION_COLUMN_TOTAL] = "total",
  [TIDE_FUNCTION_COLUMN_RISE] = "rises",
  [TIDE_FUNCTION_COLUMN_FALL] = "falls",
  [TIDE_FUNCTION_COLUMN_SAMPLES] = "samples",
  [TIDE_FUNCTION_COLUMN_ALLOCATED] = "allocated",
  [TIDE_FUNCTION_COLUMN_FREED] = "freed",
  [TIDE_FUNCTION_COLUMN_LIVE] = "live",
  [TIDE_FUNCTION_COLUMN_PEAK] = "peak",
  [TIDE_FUNCTION_COLUMN_CALLS] = "calls",
};

/* The same as below, of calls.  */
static void
tide_function_columns_follow_calls (TideFunctionColumns *self)
{
  gboolean has_calls = tide_function_slots_has_calls (self->slots);

  if (has_calls == self->has_calls)
    return;
  self->has_calls = has_calls;
  gtk_column_view_column_set_visible (self->columns[TIDE_FUNCTION_COLUMN_CALLS], has_calls);
}

/* Columns of Python bytes come when there is something in them, and go when another recording has none.  */
static void
tide_function_columns_follow_bytes (TideFunctionColumns *self)
{
  gboolean has_bytes = tide_function_slots_has_bytes (self->slots);

  if (has_bytes == self->has_bytes)
    return;
  self->has_bytes = has_bytes;
  for (guint i = TIDE_FUNCTION_COLUMN_ALLOCATED; i <= TIDE_FUNCTION_COLUMN_PEAK; i++)
    gtk_column_view_column_set_visible (self->columns[i],
                                        tide_function_columns_is_default (self, (TideFunctionColumn)i));
}

static void
tide_function_columns_reset (GSimpleAction *action, GVariant *parameter, TideFunctionColumns *self)
{
  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    {
      gtk_column_view_column_set_visible (self->columns[i],
                                          tide_function_columns_is_default (self, (TideFunctionColumn)i));
      tide_function_columns_fit (self->columns[i], NULL, &self->data[i]);
    }
}

static void
tide_function_columns_add_actions (TideFunctionColumns *self)
{
  g_autoptr (GSimpleAction) reset = g_simple_action_new ("reset", NULL);

  self->actions = g_simple_action_group_new ();
  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    {
      g_autoptr (GPropertyAction) action = NULL;

      if (action_names[i] == NULL)
        continue;
      action = g_property_action_new (action_names[i], self->columns[i], "visible");
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
    }
  g_signal_connect (reset, "activate", G_CALLBACK (tide_function_columns_reset), self);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (reset));
}

GActionGroup *
tide_function_columns_get_actions (TideFunctionColumns *self)
{
  return G_ACTION_GROUP (self->actions);
}

void
tide_function_columns_fill_menu (TideFunctionColumns *self, GMenu *menu)
{
  g_autoptr (GMenu) columns = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();

  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    {
      g_autofree char *action = g_strconcat ("columns.", action_names[i], NULL);

      if (action_names[i] != NULL)
        g_menu_append (columns, tide_function_cell_title ((TideFunctionColumn)i), action);
    }
  g_menu_append (rest, _ ("_Reset Columns"), "columns.reset");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (columns));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
}

TideFunctionColumns *
tide_function_columns_new (GtkColumnView *view,
                           TideFunctionSlots *slots,
                           TideFunctionSortFunc func,
                           gpointer user_data)
{
  TideFunctionColumns *self = g_new0 (TideFunctionColumns, 1);
  TideFunctionColumn column;
  gboolean descending;

  self->view = view;
  self->slots = slots;
  self->func = func;
  self->user_data = user_data;
  self->bound = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    tide_function_columns_add (self, (TideFunctionColumn)i);
  tide_function_columns_add_actions (self);
  column = tide_function_slots_get_sort (slots, &descending);
  tide_function_columns_show_sort (self, column, descending);
  g_signal_connect (gtk_column_view_get_sorter (view), "changed",
                    G_CALLBACK (tide_function_columns_sorter_changed), self);
  return self;
}

void
tide_function_columns_free (TideFunctionColumns *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->view), self);
  {
    GAction *reset = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "reset");

    g_signal_handlers_disconnect_by_data (reset, self);
  }
  g_object_unref (self->actions);
  /* Takes the cells down while we can still be told.  */
  for (guint i = 0; i < TIDE_N_FUNCTION_COLUMNS; i++)
    gtk_column_view_remove_column (self->view, self->columns[i]);
  g_hash_table_unref (self->bound);
  g_free (self);
}

void
tide_function_columns_refresh (TideFunctionColumns *self)
{
  GHashTableIter iter;
  gpointer item, column;

  tide_function_columns_follow_bytes (self);
  tide_function_columns_follow_calls (self);
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &column))
    tide_function_columns_write (self, item, (TideFunctionColumn)GPOINTER_TO_UINT (column));
}

guint
tide_function_columns_pick (TideFunctionColumns *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);

  /* The padding around a cell belongs to its parent.  */
  for (; widget != NULL && widget != GTK_WIDGET (self->view); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);
      GtkListItem *item = g_object_get_data (G_OBJECT (widget), "tide-item");

      if (item == NULL && child != NULL)
        item = g_object_get_data (G_OBJECT (child), "tide-item");
      if (item != NULL)
        return gtk_list_item_get_position (item);
    }
  return GTK_INVALID_LIST_POSITION;
}

char *
tide_function_columns_dup_text (TideFunctionColumns *self, guint position, TideFunctionColumn column)
{
  GHashTableIter iter;
  gpointer item, bound_column;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &item, &bound_column))
    {
      if ((TideFunctionColumn)GPOINTER_TO_UINT (bound_column) == column
          && gtk_list_item_get_position (item) == position)
        return g_strdup (
            gtk_inscription_get_text (tide_function_cell_get_text (gtk_list_item_get_child (item))));
    }
  return NULL;
}
