#include "ui-fixture.h"

#include "tide-settings.h"

/* What the three tables have in common is tried on that of functions, and what must not mix on two.  */

static TideTableColumns *
get_functions (TideWindow *window)
{
  return tide_functions_view_get_columns (tide_window_get_functions_view (window));
}

static GtkColumnViewColumn *
get_column (TideWindow *window, TideFunctionColumn column)
{
  return tide_table_columns_get_column (get_functions (window), column);
}

static guint
get_place (TideWindow *window, GtkColumnViewColumn *column)
{
  GListModel *columns = gtk_column_view_get_columns (
      tide_functions_view_get_column_view (tide_window_get_functions_view (window)));

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) at = g_list_model_get_item (columns, i);

      if (at == column)
        return i;
    }
  g_assert_not_reached ();
}

/* As a menu's item does it.  */
static void
activate (TideWindow *window, const char *name, GVariant *parameter)
{
  g_action_group_activate_action (tide_table_columns_get_actions (get_functions (window)), name, parameter);
}

static TideFunctionColumn
get_sort (TideWindow *window, gboolean *descending)
{
  return tide_function_slots_get_sort (
      tide_functions_view_get_slots (tide_window_get_functions_view (window)), descending);
}

/* GTK 4.8 leaves room for the fixed width of a column that is not shown; and what the person made wide comes
 * back as wide as it was.  */
static void
test_hidden_column_keeps_its_width (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (5);
  GtkColumnViewColumn *samples = get_column (window, TIDE_FUNCTION_COLUMN_SAMPLES);

  ui_window_show (window, recording);
  gtk_column_view_column_set_fixed_width (samples, 173);
  activate (window, "samples", NULL);
  g_assert_false (gtk_column_view_column_get_visible (samples));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (samples), ==, -1);
  tide_session_refresh (tide_window_get_session (window));
  ui_settle (window);
  g_assert_false (gtk_column_view_column_get_visible (samples));
  activate (window, "samples", NULL);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (samples), ==, 173);
  ui_window_destroy (window);
}

/* What the person chose holds against what the data would have.  */
static void
test_choice_outlives_the_data (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) without = ui_recording (5);
  g_autoptr (TideRecording) with = ui_recording_of_bytes (5, 0);
  GtkColumnViewColumn *live = get_column (window, TIDE_FUNCTION_COLUMN_LIVE);
  GtkColumnViewColumn *peak = get_column (window, TIDE_FUNCTION_COLUMN_PEAK);
  GtkColumnViewColumn *freed = get_column (window, TIDE_FUNCTION_COLUMN_FREED);

  ui_window_show (window, with);
  g_assert_true (gtk_column_view_column_get_visible (live));
  activate (window, "live", NULL);
  activate (window, "freed", NULL);
  ui_window_show (window, without);
  g_assert_false (gtk_column_view_column_get_visible (peak));
  ui_window_show (window, with);
  g_assert_true (gtk_column_view_column_get_visible (peak));
  g_assert_false (gtk_column_view_column_get_visible (live));
  g_assert_true (gtk_column_view_column_get_visible (freed));
  activate (window, "reset", NULL);
  g_assert_true (gtk_column_view_column_get_visible (live));
  g_assert_false (gtk_column_view_column_get_visible (freed));
  ui_window_destroy (window);
}

static void
test_sort_without_a_pointer (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (20);
  GActionGroup *actions = tide_table_columns_get_actions (get_functions (window));
  gboolean descending;

  ui_window_show (window, recording);
  /* A number from the greatest, a name from the first.  */
  activate (window, "sort", g_variant_new_string ("falls"));
  g_assert_cmpint (get_sort (window, &descending), ==, TIDE_FUNCTION_COLUMN_FALL);
  g_assert_true (descending);
  activate (window, "sort", g_variant_new_string ("name"));
  g_assert_cmpint (get_sort (window, &descending), ==, TIDE_FUNCTION_COLUMN_NAME);
  g_assert_false (descending);
  activate (window, "descending", NULL);
  g_assert_cmpint (get_sort (window, &descending), ==, TIDE_FUNCTION_COLUMN_NAME);
  g_assert_true (descending);
  /* A click on a header is told by the menu, too.  */
  gtk_column_view_sort_by_column (
      tide_functions_view_get_column_view (tide_window_get_functions_view (window)),
      get_column (window, TIDE_FUNCTION_COLUMN_RISE), GTK_SORT_ASCENDING);
  {
    g_autoptr (GVariant) sort = g_action_group_get_action_state (actions, "sort");

    g_assert_cmpstr (g_variant_get_string (sort, NULL), ==, "rises");
  }
  /* What another version of Pagetide knows is none of ours.  */
  activate (window, "sort", g_variant_new_string ("gone"));
  g_assert_cmpint (get_sort (window, &descending), ==, TIDE_FUNCTION_COLUMN_RISE);
  ui_window_destroy (window);
}

static void
test_remembered (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (20);
  g_autoptr (GSettings) settings = tide_settings_new ();
  g_autoptr (GVariant) tables = NULL;
  GtkColumnView *view = tide_functions_view_get_column_view (tide_window_get_functions_view (window));
  gboolean descending;

  ui_window_show (window, recording);
  gtk_column_view_column_set_fixed_width (get_column (window, TIDE_FUNCTION_COLUMN_TOTAL), 199);
  activate (window, "where", NULL);
  tide_functions_view_sort (tide_window_get_functions_view (window), TIDE_FUNCTION_COLUMN_RISE, FALSE);
  /* As a drag of the header does it.  */
  gtk_column_view_insert_column (view, 1, get_column (window, TIDE_FUNCTION_COLUMN_SAMPLES));
  tide_table_columns_sort_by (tide_lines_view_get_columns (tide_window_get_lines_view (window)),
                              TIDE_LINE_COLUMN_FUNCTION, TRUE);
  ui_window_destroy (window);

  window = ui_window_new_again ();
  ui_window_show (window, recording);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (window, TIDE_FUNCTION_COLUMN_TOTAL)),
                   ==, 199);
  g_assert_false (gtk_column_view_column_get_visible (get_column (window, TIDE_FUNCTION_COLUMN_WHERE)));
  g_assert_cmpint (get_sort (window, &descending), ==, TIDE_FUNCTION_COLUMN_RISE);
  g_assert_false (descending);
  g_assert_cmpuint (get_place (window, get_column (window, TIDE_FUNCTION_COLUMN_SAMPLES)), ==, 1);
  g_assert_cmpuint (get_place (window, get_column (window, TIDE_FUNCTION_COLUMN_NAME)), ==, 0);
  g_assert_cmpint (
      tide_line_slots_get_sort (tide_lines_view_get_slots (tide_window_get_lines_view (window)), &descending),
      ==, TIDE_LINE_COLUMN_FUNCTION);
  g_assert_true (descending);
  activate (window, "reset", NULL);
  g_assert_cmpuint (get_place (window, get_column (window, TIDE_FUNCTION_COLUMN_SAMPLES)), ==,
                    TIDE_FUNCTION_COLUMN_SAMPLES);
  ui_window_destroy (window);

  /* The reset is remembered as well; the other table's words stay.  */
  tables = g_settings_get_value (settings, "tables");
  g_assert_cmpuint (g_variant_n_children (tables), ==, 2);
  {
    g_autoptr (GVariant) functions = g_variant_lookup_value (tables, "functions", G_VARIANT_TYPE_VARDICT);
    g_autoptr (GVariant) lines = g_variant_lookup_value (tables, "lines", G_VARIANT_TYPE_VARDICT);

    g_assert_false (g_variant_lookup (functions, "widths", "@a{si}", NULL));
    g_assert_true (g_variant_lookup (lines, "sort", "s", NULL));
  }
}

/* The next window is as large as the last that was closed.  */
static void
test_size_of_the_window (void)
{
  g_autoptr (GSettings) settings = tide_settings_new ();
  TideWindow *window = tide_window_new (NULL);
  int width, height;

  gtk_window_set_default_size (GTK_WINDOW (window), 900, 700);
  tide_window_close_asking (window, NULL, NULL);
  window = tide_window_new (NULL);
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_assert_cmpint (width, ==, 900);
  g_assert_cmpint (height, ==, 700);
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "window-height");
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/table-columns/hidden-column-keeps-its-width", test_hidden_column_keeps_its_width);
  g_test_add_func ("/table-columns/choice-outlives-the-data", test_choice_outlives_the_data);
  g_test_add_func ("/table-columns/sort-without-a-pointer", test_sort_without_a_pointer);
  g_test_add_func ("/table-columns/remembered", test_remembered);
  g_test_add_func ("/table-columns/size-of-the-window", test_size_of_the_window);
  return g_test_run ();
}
