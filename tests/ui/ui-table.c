#include "ui-table.h"

#include "tide-resources.h"
#include "ui-fixture.h"

static const TideTableColumn columns[UI_TABLE_N_COLUMNS] = {
  [UI_TABLE_NAME] = { "name", 20, 180,
                      TIDE_COLUMN_NAMES | TIDE_COLUMN_EXPAND | TIDE_COLUMN_STRONG | TIDE_COLUMN_KINDS },
  [UI_TABLE_SIZE] = { "size", 11, 240, TIDE_COLUMN_NUMBER | TIDE_COLUMN_STRONG | TIDE_COLUMN_BAR },
  [UI_TABLE_PLACE] = { "place", 24, 190, TIDE_COLUMN_DIM | TIDE_COLUMN_MIDDLE },
};

static const char *
get_title (guint column)
{
  static const char *const titles[] = { "Name", "Size", "Place" };

  return titles[column];
}

static const char *
get_definition (guint column)
{
  static const char *const definitions[] = { "What it is called", "How large it is", "Where it is" };

  return definitions[column];
}

static char *
dup_text (gpointer owner, guint position, guint column)
{
  UiTable *self = owner;

  return position < UI_TABLE_MAX_ROWS ? g_strdup (self->rows[position].texts[column]) : NULL;
}

static char *
dup_tooltip (gpointer owner, guint position, guint column)
{
  g_autofree char *text = column != UI_TABLE_SIZE ? dup_text (owner, position, column) : NULL;

  return text != NULL ? g_strdup_printf ("all of %s", text) : NULL;
}

static double
get_bar (gpointer owner, guint position)
{
  UiTable *self = owner;

  return self->rows[position].bar;
}

static gboolean
is_other (gpointer owner, guint position)
{
  UiTable *self = owner;

  return self->rows[position].is_other;
}

static void
sort (gpointer owner, guint column, gboolean descending)
{
  UiTable *self = owner;

  self->n_sorts++;
  self->sorted = column;
  self->descending = descending;
}

#define KIND                                                                                                 \
  .name = "test", .columns = columns, .n_columns = UI_TABLE_N_COLUMNS, .get_title = get_title,               \
  .get_definition = get_definition, .dup_text = dup_text, .dup_tooltip = dup_tooltip, .get_bar = get_bar,    \
  .is_other = is_other

static const TideTableKind in_one_order = { KIND };
static const TideTableKind sortable_kind = {
  KIND,
  .sort = sort,
  .sort_column = UI_TABLE_SIZE,
  .sort_descending = TRUE,
};

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

/* Texts are as wide as in the program.  */
static void
load_style (void)
{
  static gboolean loaded;
  g_autoptr (GtkCssProvider) provider = NULL;

  if (loaded)
    return;
  loaded = TRUE;
  tide_resources_ensure ();
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, TIDE_RESOURCE_PATH "/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

UiTable *
ui_table_new (guint n_rows, gboolean sortable)
{
  UiTable *self = g_new0 (UiTable, 1);
  GtkStringList *places = gtk_string_list_new (NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_assert_cmpuint (n_rows, <=, UI_TABLE_MAX_ROWS);
  load_style ();
  for (guint i = 0; i < n_rows; i++)
    {
      self->rows[i].texts[UI_TABLE_NAME] = g_strdup_printf ("name %u", i);
      self->rows[i].texts[UI_TABLE_SIZE] = g_strdup_printf ("%u", i);
      self->rows[i].texts[UI_TABLE_PLACE] = g_strdup_printf ("place %u", i);
      gtk_string_list_append (places, "");
    }
  self->view = GTK_COLUMN_VIEW (
      gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (places)))));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "functions");
  self->columns = tide_table_columns_new (self->view, sortable ? &sortable_kind : &in_one_order, self);
  self->window = gtk_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_window_set_child (GTK_WINDOW (self->window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 700, 400);
  gtk_window_present (GTK_WINDOW (self->window));
  ui_wait (is_mapped, self->window);
  if (n_rows > 0)
    ui_table_wait_for (self, 0, UI_TABLE_NAME);
  return self;
}

void
ui_table_free (UiTable *self)
{
  tide_table_columns_free (self->columns);
  gtk_window_destroy (GTK_WINDOW (self->window));
  for (guint row = 0; row < UI_TABLE_MAX_ROWS; row++)
    {
      for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
        g_free (self->rows[row].texts[column]);
    }
  g_free (self);
}

void
ui_table_set_text (UiTable *self, guint row, guint column, const char *text)
{
  g_free (self->rows[row].texts[column]);
  self->rows[row].texts[column] = g_strdup (text);
}

GtkWidget *
ui_table_get_cell (UiTable *self, guint row, guint column)
{
  GHashTableIter iter;
  gpointer item, bound_column;

  g_hash_table_iter_init (&iter, self->columns->bound);
  while (g_hash_table_iter_next (&iter, &item, &bound_column))
    {
      if (GPOINTER_TO_UINT (bound_column) == column && gtk_list_item_get_position (item) == row)
        return gtk_list_item_get_child (item);
    }
  return NULL;
}

typedef struct
{
  UiTable *table;
  guint row, column;
} Place;

static gboolean
is_bound (gpointer data)
{
  Place *place = data;
  GtkWidget *cell = ui_table_get_cell (place->table, place->row, place->column);

  return cell != NULL && gtk_widget_get_mapped (cell) && gtk_widget_get_width (cell) > 0;
}

void
ui_table_wait_for (UiTable *self, guint row, guint column)
{
  Place place = { self, row, column };

  ui_wait (is_bound, &place);
}
