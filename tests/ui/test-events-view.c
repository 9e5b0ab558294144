#include "ui-fixture.h"

static guint
get_n (TideEventsView *view)
{
  return g_list_model_get_n_items (G_LIST_MODEL (tide_events_view_get_rows (view)));
}

static void
assert_cell (TideEventsView *view, guint position, TideEventsColumn column, const char *expected)
{
  g_autofree char *text = tide_events_view_dup_cell (view, position, column);

  g_assert_cmpstr (text, ==, expected);
}

static void
show_tab (TideWindow *window, const char *name)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string (name));
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

static void
test_empty (void)
{
  TideWindow *window = ui_window_new ();
  TideEventsView *view = tide_window_get_events_view (window);
  g_autoptr (TideRecording) recording = ui_recording (3);

  ui_window_show (window, recording);
  show_tab (window, "events");
  ui_wait (is_mapped, view);
  g_assert_true (tide_events_view_is_empty (view));
  g_assert_cmpuint (get_n (view), ==, 0);
  ui_picture (GTK_WIDGET (window), "events-empty");
  ui_window_destroy (window);
}

static void
test_rows (void)
{
  TideWindow *window = ui_window_new ();
  TideEventsView *view = tide_window_get_events_view (window);
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideRecording) recording = ui_recording (3);

  ui_append_calls (recording, 0, 100);
  ui_window_show (window, recording);
  show_tab (window, "events");
  ui_wait (is_mapped, view);
  g_assert_false (tide_events_view_is_empty (view));
  g_assert_cmpuint (get_n (view), ==, 300);
  assert_cell (view, 0, TIDE_EVENTS_COLUMN_NUMBER, "1");
  assert_cell (view, 0, TIDE_EVENTS_COLUMN_KIND, "CALL");
  assert_cell (view, 3, TIDE_EVENTS_COLUMN_DELTA, "+4 KiB");
  assert_cell (view, 4, TIDE_EVENTS_COLUMN_DELTA, "");
  assert_cell (view, 4, TIDE_EVENTS_COLUMN_KIND, "LINE");
  assert_cell (view, 4, TIDE_EVENTS_COLUMN_TIME, "0.000400");
  assert_cell (view, 4, TIDE_EVENTS_COLUMN_CPU, "0.000240");
  assert_cell (view, 0, TIDE_EVENTS_COLUMN_CPU, "");
  assert_cell (view, 299, TIDE_EVENTS_COLUMN_KIND, "RETURN");
  assert_cell (view, 300, TIDE_EVENTS_COLUMN_KIND, NULL);
  ui_picture (GTK_WIDGET (window), "events");

  /* The selected time, and one kind.  */
  tide_session_set_selection (session, (TideSpan){ 3 * UI_MS, 6 * UI_MS });
  g_assert_cmpuint (get_n (view), ==, 30);
  assert_cell (view, 0, TIDE_EVENTS_COLUMN_NUMBER, "31");
  tide_events_view_set_kinds (view, 3);
  g_assert_cmpuint (get_n (view), ==, 10);
  assert_cell (view, 9, TIDE_EVENTS_COLUMN_KIND, "LINE");
  tide_session_clear_selection (session);
  g_assert_cmpuint (get_n (view), ==, 100);
  tide_events_view_set_kinds (view, 0);
  g_assert_cmpuint (get_n (view), ==, 300);

  /* More comes.  */
  ui_append_calls (recording, 100, 50);
  tide_events_view_refresh (view);
  g_assert_cmpuint (get_n (view), ==, 450);
  assert_cell (view, 449, TIDE_EVENTS_COLUMN_NUMBER, "450");

  tide_session_close (session);
  g_assert_cmpuint (get_n (view), ==, 0);
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/events-view/empty", test_empty);
  g_test_add_func ("/events-view/rows", test_rows);
  return g_test_run ();
}
