#include "ui-fixture.h"

#include "tide-calls-frames.h"

/* N calls and returns of "function_0000", one of each in 100 us, with a line between; each call brings a
 * page.
 */
static void
append_calls (TideRecording *recording, guint first, guint n)
{
  TideBatch *batch = tide_batch_new (0);
  g_autofree TideCall *calls = g_new0 (TideCall, 3 * n);
  TideCallBlock block = { .n = 3 * n };
  TideBuffer buffer;

  for (guint i = 0; i < 3 * n; i++)
    {
      static const TideCallKind kinds[] = { TIDE_CALL_CALL, TIDE_CALL_LINE, TIDE_CALL_RETURN };

      calls[i] = (TideCall){ .time_ns = (gint64)(first * 3 + i) * 100000,
                             .cpu_ns = i == 0 ? -1 : (gint64)(first * 3 + i) * 60000,
                             .rss_pages = 1000 + first + i / 3,
                             .code = 1,
                             .line = 10 + i % 3,
                             .kind = kinds[i % 3] };
      block.n_of_kind[calls[i].kind]++;
    }
  tide_buffer_init (&buffer);
  tide_put_calls (&buffer, 0, calls, 3 * n);
  block.first_ns = calls[0].time_ns;
  block.last_ns = calls[3 * n - 1].time_ns;
  block.last_rss_pages = (gint64)calls[3 * n - 1].rss_pages;
  block.payload = g_bytes_new (buffer.data + TIDE_WIRE_HEADER_SIZE, buffer.length - TIDE_WIRE_HEADER_SIZE);
  g_array_append_val (batch->call_blocks, block);
  batch->last_time_ns = block.last_ns;
  tide_buffer_finish (&buffer);
  tide_recording_append (recording, batch);
}

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

  append_calls (recording, 0, 100);
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
  append_calls (recording, 100, 50);
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
