#define _GNU_SOURCE
#include "session-fixture.h"

#include "tide-loader.h"
#include "tide-wire.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  TideSession *session;
  /* Where recordings are spooled, and where the tests save them.  */
  char *folder, *saved;
} Fixture;

static void
on_batches_ready (TideSession *session, gpointer data)
{
  while (tide_session_pump (session, 1000))
    ;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = fixture_folder ();
  f->saved = fixture_folder ();
  f->session = tide_session_new ();
  tide_session_set_spool_directory (f->session, f->folder);
  g_signal_connect (f->session, "batches-ready", G_CALLBACK (on_batches_ready), NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->session);
  fixture_remove (f->folder);
  fixture_remove (f->saved);
  g_free (f->folder);
  g_free (f->saved);
}

static void
launch (Fixture *f, const char *code)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  g_autoptr (GError) error = NULL;

  launch->kind = TIDE_PROGRAM_CODE;
  launch->program = g_strdup (code);
  launch->instruments = TIDE_INSTRUMENT_SAMPLER;
  launch->capture_output = TRUE;
  tide_session_launch (f->session, launch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (tide_session_get_state (f->session), ==, TIDE_SESSION_LIVE);
}

static gboolean
has_output (TideSession *session, const char *text)
{
  TideProcess *process = tide_session_get_process (session);

  for (gsize i = 0; process != NULL && i < tide_process_get_n_outputs (process); i++)
    {
      const TideOutputChunk *chunk = tide_process_get_output (process, i);
      gsize length;
      const char *bytes = g_bytes_get_data (chunk->bytes, &length);

      if (memmem (bytes, length, text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
wait_for_output (Fixture *f, const char *text)
{
  while (!has_output (f->session, text))
    {
      if (tide_session_get_state (f->session) != TIDE_SESSION_LIVE)
        {
          const TideProcessEnd *end = tide_process_get_end (tide_session_get_process (f->session));

          g_error ("ended (%u %u) without “%s”, with %zu pieces of output: %s", end->kind, end->value, text,
                   tide_process_get_n_outputs (tide_session_get_process (f->session)),
                   tide_session_get_error_text (f->session));
        }
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
wait_for_end (Fixture *f)
{
  while (tide_session_get_state (f->session) == TIDE_SESSION_LIVE)
    g_main_context_iteration (NULL, TRUE);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static void
test_launch (Fixture *f, gconstpointer data)
{
  g_autofree char *saved = g_build_filename (f->saved, "saved.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (saved);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *spooled = NULL;
  g_autoptr (GError) error = NULL;
  TideSpan visible;

  launch (f, "print('here')");
  g_assert_true (tide_session_is_dirty (f->session));
  g_assert_true (tide_session_get_follow (f->session));
  g_assert_nonnull (tide_session_get_launch (f->session));
  g_assert_true (g_str_has_prefix (tide_session_get_path (f->session), f->folder));
  title = tide_session_dup_title (f->session);
  g_assert_cmpstr (title, ==, "-c");
  wait_for_end (f);
  g_assert_true (has_output (f->session, "here"));
  g_assert_null (tide_session_get_error_text (f->session));
  g_assert_false (tide_session_get_follow (f->session));
  visible = tide_session_get_visible (f->session);
  g_assert_cmpint (visible.end_ns, ==, tide_session_get_whole (f->session).end_ns);
  subtitle = tide_session_dup_subtitle (f->session);
  g_assert_true (g_str_has_prefix (subtitle, "PID "));
  g_assert_nonnull (strstr (subtitle, "launched "));
  fixture_settle (f->session);
  g_assert_nonnull (tide_session_get_table (f->session));

  /* Ours: nobody is to recover it while we show it.  */
  found = tide_session_find_recoverable (f->folder);
  g_assert_cmpuint (found->len, ==, 0);
  spooled = g_strdup (tide_session_get_path (f->session));
  tide_session_save_async (f->session, file, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tide_session_save_finish (f->session, result, &error));
  g_assert_false (tide_session_is_dirty (f->session));
  g_assert_false (g_file_test (spooled, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_delete (file, NULL, &error));
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  const TideProcessEnd *end;

  launch (f, "import signal; print('here', flush=True); signal.pause()");
  wait_for_output (f, "here");
  tide_session_stop (f->session);
  wait_for_end (f);
  end = tide_process_get_end (tide_session_get_process (f->session));
  g_assert_cmpuint (end->kind, ==, TIDE_END_SIGNALLED);
  g_assert_cmpuint (end->value, ==, 15);
}

/* A program that will not hear of SIGTERM.  */
static void
test_stop_twice (Fixture *f, gconstpointer data)
{
  const TideProcessEnd *end;

  /* It waits for the signal itself: a handler does not run before pause() returns if the signal comes just
   * before it.  */
  launch (f, "import signal\n"
             "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
             "print('here', flush=True)\n"
             "while True:\n"
             "    signal.sigwait([signal.SIGTERM])\n"
             "    print('no', flush=True)\n");
  wait_for_output (f, "here");
  tide_session_stop (f->session);
  wait_for_output (f, "no");
  tide_session_stop (f->session);
  wait_for_end (f);
  end = tide_process_get_end (tide_session_get_process (f->session));
  g_assert_cmpuint (end->kind, ==, TIDE_END_SIGNALLED);
  g_assert_cmpuint (end->value, ==, 9);
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  launch (f, "import signal; print('here', flush=True); signal.pause()");
  wait_for_output (f, "here");
  g_object_set (f->session, "paused", TRUE, NULL);
  g_assert_true (tide_session_is_paused (f->session));
  tide_session_set_paused (f->session, FALSE);
  g_assert_false (tide_session_is_paused (f->session));
  tide_session_set_paused (f->session, TRUE);
  tide_session_stop (f->session);
  wait_for_end (f);
  g_assert_false (tide_session_is_paused (f->session));
}

static gboolean
save (TideSession *session, GFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tide_session_save_async (session, file, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tide_session_save_finish (session, result, error);
}

/* What there is so far can be saved of a recording that goes on, which stays as unsaved as it was; closing it
 * takes its file away and leaves the program alone.  */
static void
test_close_live (Fixture *f, gconstpointer data)
{
  g_autofree char *spooled = NULL;
  g_autofree char *copy = g_build_filename (f->saved, "so-far.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (copy);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/x.pagetide");
  g_autoptr (GFile) itself = NULL;
  g_autoptr (TideRecording) read = NULL;
  g_autoptr (GError) error = NULL, refused = NULL, missing = NULL;
  guint pid;

  launch (f, "import signal; print('here', flush=True); signal.pause()");
  wait_for_output (f, "here");
  spooled = g_strdup (tide_session_get_path (f->session));
  itself = g_file_new_for_path (spooled);
  g_assert_true (g_file_test (spooled, G_FILE_TEST_EXISTS));
  pid = tide_process_get_info (tide_session_get_process (f->session))->pid;
  g_assert_false (save (f->session, nowhere, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (save (f->session, itself, &refused));
  g_assert_error (refused, G_IO_ERROR, G_IO_ERROR_BUSY);

  g_assert_true (save (f->session, file, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tide_session_get_state (f->session), ==, TIDE_SESSION_LIVE);
  g_assert_cmpstr (tide_session_get_path (f->session), ==, spooled);
  g_assert_true (tide_session_is_dirty (f->session));
  read = tide_load (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (read), ==, 0);
  {
    g_autoptr (TideProcess) process = g_list_model_get_item (G_LIST_MODEL (read), 0);

    g_assert_cmpuint (tide_process_get_info (process)->pid, ==, pid);
  }
  g_assert_true (g_file_delete (file, NULL, NULL));

  tide_session_close (f->session);
  g_assert_cmpint (tide_session_get_state (f->session), ==, TIDE_SESSION_EMPTY);
  g_assert_null (tide_session_get_target (f->session));
  g_assert_false (g_file_test (spooled, G_FILE_TEST_EXISTS));
  g_assert_cmpint (kill ((pid_t)pid, SIGTERM), ==, 0);
}

static void
test_cannot (Fixture *f, gconstpointer data)
{
  g_autoptr (TideLaunch) bad = tide_launch_new ();
  g_autoptr (TideLaunch) broken = tide_launch_new ();
  g_autofree char *python = g_build_filename (f->folder, "python", NULL);
  g_autoptr (TideRecording) recording = fixture_recording (10);
  g_autoptr (GError) error = NULL;

  /* What is shown stays when nothing comes of a launch.  */
  tide_session_set_recording (f->session, recording, NULL);
  bad->program = g_strdup ("/nowhere/at/all.py");
  g_assert_false (tide_session_launch (f->session, bad, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (tide_session_get_recording (f->session) == recording);

  g_assert_true (g_file_set_contents (python, "#!/nowhere/at/all\n", -1, NULL));
  g_assert_cmpint (chmod (python, 0755), ==, 0);
  broken->python = g_strdup (python);
  broken->kind = TIDE_PROGRAM_CODE;
  broken->program = g_strdup ("pass");
  broken->capture_output = TRUE;
  g_assert_true (tide_session_launch (f->session, broken, &error));
  wait_for_end (f);
  g_assert_nonnull (tide_session_get_error_text (f->session));
  g_assert_nonnull (strstr (tide_session_get_error_text (f->session), python));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session-live/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("launch", test_launch);
  ADD ("stop", test_stop);
  ADD ("stop-twice", test_stop_twice);
  ADD ("pause", test_pause);
  ADD ("close-live", test_close_live);
  ADD ("cannot", test_cannot);
  return g_test_run ();
}
