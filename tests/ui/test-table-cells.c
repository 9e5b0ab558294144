#include "tide-compat.h"
#include "tide-delta-bar.h"
#include "ui-fixture.h"
#include "ui-table.h"

static GtkInscription *
get_text (UiTable *table, guint row, guint column)
{
  return tide_table_cells_get_text (ui_table_get_cell (table, row, column));
}

static void
assert_text (UiTable *table, guint row, guint column, const char *expected)
{
  g_assert_cmpstr (gtk_inscription_get_text (get_text (table, row, column)), ==, expected);
}

static gboolean
has_class (UiTable *table, guint row, guint column, const char *name)
{
  return gtk_widget_has_css_class (GTK_WIDGET (get_text (table, row, column)), name);
}

static void
test_look (void)
{
  UiTable *table = ui_table_new (3, TRUE);

  for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
    {
      gboolean is_number = column == UI_TABLE_SIZE;

      g_assert_cmpfloat (gtk_inscription_get_xalign (get_text (table, 1, column)), ==, is_number ? 1.f : 0.f);
      g_assert_cmpint (has_class (table, 1, column, "number"), ==, is_number);
      g_assert_cmpint (has_class (table, 1, column, "strong"), ==, column != UI_TABLE_PLACE);
      g_assert_cmpint (has_class (table, 1, column, "dim"), ==, column == UI_TABLE_PLACE);
      g_assert_cmpint (gtk_inscription_get_text_overflow (get_text (table, 1, column)), ==,
                       column == UI_TABLE_PLACE ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                                : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
    }
  assert_text (table, 2, UI_TABLE_NAME, "name 2");
  assert_text (table, 2, UI_TABLE_SIZE, "2");
  assert_text (table, 2, UI_TABLE_PLACE, "place 2");
  ui_table_free (table);
}

/* No text changes the layout, however long it is and however many lines it has.  */
static void
test_size_is_constant (void)
{
  g_autofree char *longest = g_strnfill (3000, 'x');
  const char *const texts[] = { "", longest, "two\nlines\nor three", "\xf0\x9d\x84\x9e" };
  UiTable *table = ui_table_new (1, TRUE);
  GtkWidget *cell = ui_table_get_cell (table, 0, UI_TABLE_PLACE);
  GtkRequisition minimum, natural;

  gtk_widget_get_preferred_size (cell, &minimum, &natural);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkRequisition minimum_now, natural_now;

      ui_table_set_text (table, 0, UI_TABLE_PLACE, texts[i]);
      tide_table_columns_refresh (table->columns);
      assert_text (table, 0, UI_TABLE_PLACE, texts[i]);
      gtk_widget_get_preferred_size (cell, &minimum_now, &natural_now);
      g_assert_cmpint (minimum_now.width, ==, minimum.width);
      g_assert_cmpint (natural_now.width, ==, natural.width);
      g_assert_cmpint (minimum_now.height, ==, minimum.height);
      g_assert_cmpint (natural_now.height, ==, natural.height);
    }
  ui_table_free (table);
}

static void
count (GtkInscription *text, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_refresh (void)
{
  UiTable *table = ui_table_new (5, TRUE);
  guint n = 0;

  for (guint row = 0; row < 5; row++)
    {
      for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
        g_signal_connect (get_text (table, row, column), "notify::text", G_CALLBACK (count), &n);
    }
  tide_table_columns_refresh (table->columns);
  g_assert_cmpuint (n, ==, 0);
  ui_table_set_text (table, 3, UI_TABLE_SIZE, "33");
  tide_table_columns_refresh (table->columns);
  g_assert_cmpuint (n, ==, 1);
  assert_text (table, 3, UI_TABLE_SIZE, "33");
  /* Its data has become shorter than the list says.  */
  for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
    ui_table_set_text (table, 4, column, NULL);
  tide_table_columns_refresh (table->columns);
  for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
    assert_text (table, 4, column, "");
  ui_table_free (table);
}

/* A place may now be that of a function and then of none.  */
static void
test_others (void)
{
  UiTable *table = ui_table_new (2, TRUE);

  for (guint i = 0; i < 4; i++)
    {
      table->rows[1].is_other = i % 2 == 0;
      tide_table_columns_refresh (table->columns);
      g_assert_cmpint (has_class (table, 1, UI_TABLE_NAME, "no-function"), ==, table->rows[1].is_other);
      g_assert_false (has_class (table, 0, UI_TABLE_NAME, "no-function"));
      g_assert_false (has_class (table, 1, UI_TABLE_PLACE, "no-function"));
    }
  ui_table_free (table);
}

/* The right edge of a column's words in its header.  */
static float
get_header_end (UiTable *table, guint column)
{
  GtkWidget *label = tide_compat_column_header (table->view, column);
  graphene_rect_t bounds;

  while (!GTK_IS_LABEL (label))
    {
      GtkWidget *child = gtk_widget_get_first_child (label);

      while (child != NULL && !GTK_IS_LABEL (child) && gtk_widget_get_first_child (child) == NULL)
        child = gtk_widget_get_next_sibling (child);
      g_assert_nonnull (child);
      label = child;
    }
  g_assert_true (gtk_widget_compute_bounds (label, GTK_WIDGET (table->view), &bounds));
  return bounds.origin.x + bounds.size.width;
}

static float
get_text_end (UiTable *table, guint column)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (get_text (table, 0, column)),
                                            GTK_WIDGET (table->view), &bounds));
  return bounds.origin.x + bounds.size.width;
}

typedef struct
{
  UiTable *table;
  int text; /* width of the number as it was */
} Resize;

static gboolean
is_resized (gpointer data)
{
  Resize *resize = data;

  return gtk_widget_get_width (GTK_WIDGET (get_text (resize->table, 0, UI_TABLE_SIZE))) != resize->text;
}

/* The longest that a number usually is can be read beside its bar, and its header stands over it, however
 * wide the column is made.  */
static void
test_number_beside_bar (void)
{
  UiTable *table = ui_table_new (3, TRUE);
  GtkWidget *text = GTK_WIDGET (get_text (table, 0, UI_TABLE_SIZE));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (text, "+888.8 MiB");
  Resize resize = { table, 0 };
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  g_assert_cmpint (gtk_widget_get_width (text), >=, width);
  g_assert_cmpfloat (get_header_end (table, UI_TABLE_SIZE), ==, get_text_end (table, UI_TABLE_SIZE));
  resize.text = gtk_widget_get_width (text);
  gtk_column_view_column_set_fixed_width (tide_table_columns_get_column (table->columns, UI_TABLE_SIZE), 400);
  ui_wait (is_resized, &resize);
  g_assert_cmpfloat (get_header_end (table, UI_TABLE_SIZE), ==, get_text_end (table, UI_TABLE_SIZE));
  ui_table_free (table);
}

static void
test_bars (void)
{
  static const double values[] = { 0.25, -1, 0, 1 };
  UiTable *table = ui_table_new (2, TRUE);
  GtkWidget *bar = gtk_widget_get_last_child (ui_table_get_cell (table, 1, UI_TABLE_SIZE));

  g_assert_true (TIDE_IS_DELTA_BAR (bar));
  g_assert_true (GTK_IS_INSCRIPTION (ui_table_get_cell (table, 1, UI_TABLE_NAME)));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      table->rows[1].bar = values[i];
      tide_table_columns_refresh (table->columns);
      g_assert_cmpfloat (tide_delta_bar_get_value (TIDE_DELTA_BAR (bar)), ==, values[i]);
    }
  ui_table_free (table);
}

/* Whether the cell says something when one points at it, as GTK asks.  */
static gboolean
has_tooltip (UiTable *table, guint row, guint column)
{
  GtkWidget *cell = ui_table_get_cell (table, row, column);
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean shown = FALSE;

  g_signal_emit_by_name (cell, "query-tooltip", 0, 0, FALSE, tooltip, &shown);
  return shown;
}

/* Cells that were scrolled away serve other rows, and say what those have to say.  */
static void
test_recycled (void)
{
  UiTable *table = ui_table_new (UI_TABLE_MAX_ROWS, TRUE);
  guint last = UI_TABLE_MAX_ROWS - 1;
  guint n_bound = 0;

  g_assert_null (ui_table_get_cell (table, last, UI_TABLE_NAME));
  tide_compat_column_view_scroll_to (table->view, last);
  ui_table_wait_for (table, last, UI_TABLE_NAME);
  for (guint row = 0; row <= last; row++)
    {
      g_autofree char *text = g_strdup_printf ("name %u", row);

      if (ui_table_get_cell (table, row, UI_TABLE_NAME) == NULL)
        continue;
      n_bound++;
      assert_text (table, row, UI_TABLE_NAME, text);
      g_assert_true (has_tooltip (table, row, UI_TABLE_NAME));
      g_assert_false (has_tooltip (table, row, UI_TABLE_SIZE));
    }
  g_assert_cmpuint (n_bound, <, UI_TABLE_MAX_ROWS);
  ui_table_free (table);
}

/* The padding around a cell belongs to its row as well, and a header to none.  */
static void
test_pick (void)
{
  UiTable *table = ui_table_new (5, TRUE);
  GtkWidget *view = GTK_WIDGET (table->view);

  for (guint row = 0; row < 5; row++)
    {
      for (guint column = 0; column < UI_TABLE_N_COLUMNS; column++)
        {
          GtkWidget *cell = ui_table_get_cell (table, row, column);
          graphene_rect_t inner, outer;

          ui_table_wait_for (table, row, column);
          g_assert_true (gtk_widget_compute_bounds (cell, view, &inner));
          g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_parent (cell), view, &outer));
          g_assert_cmpfloat (outer.origin.x, <, inner.origin.x);
          g_assert_cmpuint (tide_table_columns_pick (table->columns, inner.origin.x + 1, inner.origin.y + 1),
                            ==, row);
          g_assert_cmpuint (tide_table_columns_pick (table->columns, outer.origin.x + 1, outer.origin.y + 1),
                            ==, row);
        }
    }
  g_assert_cmpuint (tide_table_columns_pick (table->columns, 5, 5), ==, GTK_INVALID_LIST_POSITION);
  g_assert_cmpuint (tide_table_columns_pick (table->columns, 5, gtk_widget_get_height (view) - 1), ==,
                    GTK_INVALID_LIST_POSITION);
  ui_table_free (table);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/table-cells/look", test_look);
  g_test_add_func ("/table-cells/size-is-constant", test_size_is_constant);
  g_test_add_func ("/table-cells/refresh", test_refresh);
  g_test_add_func ("/table-cells/others", test_others);
  g_test_add_func ("/table-cells/bars", test_bars);
  g_test_add_func ("/table-cells/number-beside-bar", test_number_beside_bar);
  g_test_add_func ("/table-cells/recycled", test_recycled);
  g_test_add_func ("/table-cells/pick", test_pick);
  return g_test_run ();
}
