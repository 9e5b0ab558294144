#include "ui-fixture.h"

#include <string.h>

static gboolean
is_settled (gpointer data)
{
  return tide_line_slots_is_settled (data);
}

/* Until the rows that are wanted now have come.  */
static TideLineSlots *
settle (TideWindow *window)
{
  TideLineSlots *slots = tide_lines_view_get_slots (tide_window_get_lines_view (window));

  ui_settle (window);
  ui_wait (is_settled, slots);
  return slots;
}

static TideWindow *
show_lines (TideRecording *recording)
{
  TideWindow *window = ui_window_new ();

  ui_window_show (window, recording);
  g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string ("lines"));
  return window;
}

static gboolean
is_shown (TideWindow *window, TideLineColumn column)
{
  GListModel *columns =
      gtk_column_view_get_columns (tide_lines_view_get_column_view (tide_window_get_lines_view (window)));
  g_autoptr (GtkColumnViewColumn) shown = g_list_model_get_item (columns, column);

  return gtk_column_view_column_get_visible (shown);
}

static void
test_rows (void)
{
  g_autoptr (TideRecording) recording = ui_recording (9);
  TideWindow *window = show_lines (recording);
  TideLineSlots *slots = settle (window);
  const TideLineRow *first = tide_line_slots_get_row (slots, 0);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 9);
  g_assert_cmpstr (first->function, ==, "function_0008");
  g_assert_cmpuint (first->line, ==, 19);
  g_assert_cmpint (TIDE_LINE_ROW_SELF (first), ==, ui_net (8));
  g_assert_false (is_shown (window, TIDE_LINE_COLUMN_LIVE));
  g_assert_null (tide_line_slots_get_row (slots, 9));

  /* Filter and selection hold here, too.  */
  tide_session_set_filter (tide_window_get_session (window), "FUNCTION_0003");
  slots = settle (window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 1);
  tide_session_set_filter (tide_window_get_session (window), "");
  tide_session_set_selection (tide_window_get_session (window), (TideSpan){ 25 * UI_MS, 45 * UI_MS });
  slots = settle (window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 2);
  ui_window_destroy (window);
}

static void
test_bytes (void)
{
  g_autoptr (TideRecording) recording = ui_recording_of_bytes (8, 0);
  TideWindow *window = show_lines (recording);
  TideLinesView *view = tide_window_get_lines_view (window);
  TideLineSlots *slots = settle (window);
  GtkColumnView *table = tide_lines_view_get_column_view (view);
  g_autoptr (GtkColumnViewColumn) live =
      g_list_model_get_item (gtk_column_view_get_columns (table), TIDE_LINE_COLUMN_LIVE);
  g_autofree char *where = NULL, *bytes = NULL, *temporary = NULL;

  for (guint column = TIDE_LINE_COLUMN_ALLOCATED; column <= TIDE_LINE_COLUMN_TEMPORARY; column++)
    g_assert_true (is_shown (window, (TideLineColumn)column));
  /* As a click on the header does it; the first on a number asks for the greatest.  */
  gtk_column_view_sort_by_column (table, live, GTK_SORT_ASCENDING);
  settle (window);
  g_assert_cmpstr (tide_line_slots_get_row (slots, 0)->function, ==, "function_0007");
  where = tide_lines_view_dup_cell_text (view, 0, TIDE_LINE_COLUMN_WHERE);
  bytes = tide_lines_view_dup_cell_text (view, 0, TIDE_LINE_COLUMN_LIVE);
  temporary = tide_lines_view_dup_cell_text (view, 0, TIDE_LINE_COLUMN_TEMPORARY);
  g_assert_cmpstr (where, ==, "module_0.py:18");
  g_assert_cmpstr (bytes, ==, "4 KiB");
  g_assert_cmpstr (temporary, ==, "2");
  gtk_column_view_sort_by_column (table, live, GTK_SORT_ASCENDING);
  settle (window);
  g_assert_cmpstr (tide_line_slots_get_row (slots, 0)->function, ==, "function_0000");
  ui_picture (GTK_WIDGET (window), "lines-bytes");
  ui_window_destroy (window);
}

/* What is not seen costs nothing.  */
static void
test_unseen (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (9);
  TideLineSlots *slots;

  ui_window_show (window, recording);
  slots = settle (window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slots)), ==, 0);
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/lines-view/rows", test_rows);
  g_test_add_func ("/lines-view/bytes", test_bytes);
  g_test_add_func ("/lines-view/unseen", test_unseen);
  return g_test_run ();
}
