#include "model-fixture.h"

typedef struct
{
  GString *log;
  TideRecording *recording;
} Listener;

static void
on_changed (TideRecording *recording, gpointer data)
{
  g_string_append_printf (((Listener *)data)->log, "changed:%" G_GUINT64_FORMAT " ",
                          tide_recording_get_generation (recording));
}

static void
on_process_added (TideRecording *recording, TideProcess *process, gpointer data)
{
  /* It is there, with what came with it.  */
  g_assert_true (tide_recording_get_process (recording, tide_recording_get_n_processes (recording) - 1)
                 == process);
  g_assert_cmpuint (tide_process_get_n_strings (process), ==, 1);
  g_string_append_printf (((Listener *)data)->log, "added:%u ", tide_process_get_stream (process));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  g_string_append_printf (((Listener *)data)->log, "items:%u-%u+%u ", position, removed, added);
}

static void
test_signals (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  Listener listener = { g_string_new (NULL), recording };

  g_signal_connect (recording, "changed", G_CALLBACK (on_changed), &listener);
  g_signal_connect (recording, "process-added", G_CALLBACK (on_process_added), &listener);
  g_signal_connect (recording, "items-changed", G_CALLBACK (on_items_changed), &listener);
  for (guint i = 0; i < 4; i++)
    {
      TideBatch *batch = tide_batch_new (i % 2 == 0 ? 7 : 3);

      fixture_string (batch, "x");
      tide_recording_append (recording, batch);
    }
  g_assert_cmpstr (listener.log->str, ==,
                   "items:0-0+1 added:7 changed:1 items:1-0+1 added:3 changed:2 changed:3 changed:4 ");
  g_string_free (listener.log, TRUE);
}

static void
test_list_model (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  GListModel *model = G_LIST_MODEL (recording);
  g_autoptr (TideProcess) process = NULL;

  g_assert_true (g_list_model_get_item_type (model) == TIDE_TYPE_PROCESS);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_assert_null (g_list_model_get_item (model, 0));
  tide_recording_append (recording, tide_batch_new (1));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  process = g_list_model_get_item (model, 0);
  g_assert_true (process == tide_recording_get_process (recording, 0));
  g_assert_null (tide_recording_get_process (recording, 1));
}

static void
test_times_and_ends (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  TideBatch *batch;

  g_assert_cmpint (tide_recording_get_last_time (recording), ==, 0);
  g_assert_false (tide_recording_is_complete (recording));

  batch = tide_batch_new (0);
  batch->last_time_ns = 500;
  tide_recording_append (recording, batch);
  batch = tide_batch_new (1);
  fixture_sample (batch, 900, 1);
  tide_recording_append (recording, batch);
  g_assert_cmpint (tide_recording_get_last_time (recording), ==, 900);
  g_assert_false (tide_recording_is_complete (recording));

  for (guint stream = 0; stream < 2; stream++)
    {
      g_assert_false (tide_recording_is_complete (recording));
      batch = tide_batch_new (stream);
      batch->end = g_new0 (TideProcessEnd, 1);
      batch->end->time_ns = 1000 + stream;
      tide_recording_append (recording, batch);
    }
  g_assert_true (tide_recording_is_complete (recording));
  g_assert_cmpint (tide_recording_get_last_time (recording), ==, 1001);
}

static void
test_diagnostics (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();

  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  g_assert_null (tide_recording_get_diagnostic (recording, 0));
  tide_recording_add_diagnostic (recording, "The trailer is missing.");
  tide_recording_add_diagnostic (recording, "bad \xff byte");
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 2);
  g_assert_cmpstr (tide_recording_get_diagnostic (recording, 0), ==, "The trailer is missing.");
  g_assert_true (g_utf8_validate (tide_recording_get_diagnostic (recording, 1), -1, NULL));
}

static void
drop (TideRecording *recording, gpointer data)
{
  g_object_unref (recording);
}

/* A handler may give up the last reference.  */
static void
test_dropped_in_handler (void)
{
  TideRecording *recording = tide_recording_new ();
  gpointer pointer = recording;

  g_object_add_weak_pointer (G_OBJECT (recording), &pointer);
  g_signal_connect (recording, "changed", G_CALLBACK (drop), NULL);
  tide_recording_append (recording, tide_batch_new (0));
  g_assert_null (pointer);
}

/* As many streams as the wire can name, each with next to nothing.  */
static void
test_many_processes (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();

  for (guint stream = 0; stream < 65536; stream++)
    {
      TideBatch *batch = tide_batch_new (stream);

      fixture_sample (batch, stream, 1);
      tide_recording_append (recording, batch);
    }
  g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 65536);
  g_assert_cmpint (tide_recording_get_last_time (recording), ==, 65535);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/signals", test_signals);
  g_test_add_func ("/recording/list-model", test_list_model);
  g_test_add_func ("/recording/times-and-ends", test_times_and_ends);
  g_test_add_func ("/recording/diagnostics", test_diagnostics);
  g_test_add_func ("/recording/dropped-in-handler", test_dropped_in_handler);
  g_test_add_func ("/recording/many-processes", test_many_processes);
  return g_test_run ();
}
