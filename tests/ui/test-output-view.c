#include "ui-fixture.h"

#include <string.h>

static gboolean
has_end (gpointer data)
{
  g_autofree char *text = tide_output_view_dup_text (data);

  return strstr (text, "[The program") != NULL;
}

static void
test_text (void)
{
  TideWindow *window = ui_window_new ();
  TideOutputView *view = tide_window_get_output_view (window);
  g_autoptr (TideRecording) recording = ui_recording (3);
  g_autofree char *text = NULL;

  ui_window_show (window, recording);
  ui_wait (has_end, view);
  text = tide_output_view_dup_text (view);
  g_assert_cmpstr (text, ==, "loading\n100 %\nwarning: \xef\xbf\xbd\n[The program exited with status 3]\n");
  tide_session_close (tide_window_get_session (window));
  g_free (text);
  text = tide_output_view_dup_text (view);
  g_assert_cmpstr (text, ==, "");
  ui_window_destroy (window);
}

static void
test_bounded (void)
{
  TideWindow *window = ui_window_new ();
  TideOutputView *view = tide_window_get_output_view (window);
  g_autoptr (TideRecording) recording = ui_recording (1);
  TideBatch *batch = tide_batch_new (0);
  g_autofree char *line = g_strnfill (4095, 'x');
  g_autofree char *text = NULL;
  g_autofree char *with_end = g_strconcat (line, "\n", NULL);

  /* Half as much again as is kept.  */
  for (guint i = 0; i < TIDE_OUTPUT_MAX_CHARS / 4096 * 3 / 2; i++)
    {
      TideOutputChunk chunk = { .time_ns = UI_MS * 20,
                                .descriptor = 1,
                                .bytes = g_bytes_new (with_end, 4096) };

      g_array_append_val (batch->outputs, chunk);
    }
  batch->last_time_ns = UI_MS * 20;
  tide_recording_append (recording, batch);
  ui_window_show (window, recording);
  ui_wait (has_end, view);
  text = tide_output_view_dup_text (view);
  g_assert_cmpuint (strlen (text), <=, TIDE_OUTPUT_MAX_CHARS + 100);
  g_assert_cmpuint (strlen (text), >=, TIDE_OUTPUT_MAX_CHARS / 2);
  g_assert_cmpint (text[0], ==, 'x');
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/output-view/text", test_text);
  g_test_add_func ("/output-view/bounded", test_bounded);
  return g_test_run ();
}
