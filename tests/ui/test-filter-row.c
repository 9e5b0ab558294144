#include "tide-filter-row.h"
#include "ui-fixture.h"

static TideFilterRow *
get_lines_row (TideWindow *window)
{
  GtkWidget *view = GTK_WIDGET (tide_window_get_lines_view (window));
  GtkWidget *row = gtk_widget_get_first_child (gtk_widget_get_first_child (view));

  return TIDE_FILTER_ROW (row);
}

/* What narrows one table narrows the other, and both rows say so.  */
static void
test_rows_agree (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  TideFilterRow *functions = tide_functions_view_get_filter_row (tide_window_get_functions_view (window));
  TideFilterRow *lines = get_lines_row (window);
  g_autoptr (TideRecording) recording = ui_recording (9);

  ui_window_show (window, recording);
  tide_session_set_filter (session, "function_0003");
  tide_session_set_selection (session, (TideSpan){ 10 * UI_MS, 60 * UI_MS });
  g_assert_cmpstr (gtk_editable_get_text (tide_filter_row_get_entry (lines)), ==, "function_0003");
  g_assert_cmpstr (gtk_editable_get_text (tide_filter_row_get_entry (functions)), ==, "function_0003");
  g_assert_true (gtk_widget_get_visible (tide_filter_row_get_chip (lines)));
  g_assert_true (gtk_widget_get_visible (tide_filter_row_get_filter_chip (lines)));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (tide_filter_row_get_chip (lines)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Selected range 0:00.01 to 0:00.06; press to remove it");

  g_signal_emit_by_name (tide_filter_row_get_filter_chip (lines), "clicked");
  g_assert_cmpstr (tide_session_get_filter (session), ==, "");
  g_assert_false (gtk_widget_get_visible (tide_filter_row_get_filter_chip (functions)));
  g_signal_emit_by_name (tide_filter_row_get_chip (lines), "clicked");
  g_assert_false (tide_session_has_selection (session));
  g_assert_false (gtk_widget_get_visible (tide_filter_row_get_chip (functions)));
  ui_window_destroy (window);
}

/* The key for searching stays with the table that is looked at.  */
static void
test_find (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (9);
  TideFilterRow *rows[2];
  static const char *const tabs[][2] = { { "lines", "lines" }, { "output", "functions" } };

  ui_window_show (window, recording);
  rows[0] = get_lines_row (window);
  rows[1] = tide_functions_view_get_filter_row (tide_window_get_functions_view (window));
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_autoptr (GVariant) state = NULL;
      GtkWidget *focus;

      g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string (tabs[i][0]));
      ui_settle (window);
      ui_activate (window, "find");
      state = g_action_group_get_action_state (G_ACTION_GROUP (window), "tab");
      g_assert_cmpstr (g_variant_get_string (state, NULL), ==, tabs[i][1]);
      focus = gtk_root_get_focus (GTK_ROOT (window));
      g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (tide_filter_row_get_entry (rows[i]))));
    }
  ui_window_destroy (window);
}

/* A table without names has something else in place of the filter, and is not said to be filtered.  */
static void
test_control (void)
{
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (GtkWidget) row = g_object_ref_sink (tide_filter_row_new ());
  GtkWidget *control = gtk_label_new ("control");

  tide_filter_row_set_session (TIDE_FILTER_ROW (row), session);
  tide_filter_row_set_control (TIDE_FILTER_ROW (row), control);
  tide_session_set_filter (session, "word");
  g_assert_true (gtk_widget_get_first_child (row) == control);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (tide_filter_row_get_entry (TIDE_FILTER_ROW (row)))));
  g_assert_false (gtk_widget_get_visible (tide_filter_row_get_filter_chip (TIDE_FILTER_ROW (row))));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/filter-row/rows-agree", test_rows_agree);
  g_test_add_func ("/filter-row/find", test_find);
  g_test_add_func ("/filter-row/control", test_control);
  return g_test_run ();
}
