#include "tide-loader.h"
#include "tide-target.h"
#include "tide-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *scratch;

/* What came of one target.  */
typedef struct
{
  TideTarget *target;
  char *path;
  TideRecording *recording;
  GString *output, *errors; /* of the program: what stands between two chunks of one may be of the other */
  gboolean ended;
} Run;

static void
take_all (Run *run)
{
  TideBatch *batch;

  while ((batch = tide_target_pop (run->target)) != NULL)
    {
      for (guint i = 0; batch->outputs != NULL && i < batch->outputs->len; i++)
        {
          gsize length;
          const TideOutputChunk *chunk = &g_array_index (batch->outputs, TideOutputChunk, i);
          const char *bytes = g_bytes_get_data (chunk->bytes, &length);

          g_string_append_len (chunk->descriptor == 2 ? run->errors : run->output, bytes, length);
        }
      tide_recording_append (run->recording, batch);
    }
}

static void
on_ready (TideTarget *target, gpointer data)
{
  take_all (data);
}

static void
on_ended (TideTarget *target, gpointer data)
{
  Run *run = data;

  take_all (run);
  run->ended = TRUE;
}

static TideLaunch *
launch_of (const char *code)
{
  TideLaunch *launch = tide_launch_new ();

  launch->kind = TIDE_PROGRAM_CODE;
  launch->program = g_strdup (code);
  launch->instruments = TIDE_INSTRUMENT_SAMPLER;
  launch->capture_output = TRUE;
  return launch;
}

static void
start (Run *run, const TideLaunch *launch)
{
  g_autoptr (GError) error = NULL;

  run->path = g_build_filename (scratch, "target.pagetide", NULL);
  run->recording = tide_recording_new ();
  run->output = g_string_new (NULL);
  run->errors = g_string_new (NULL);
  run->ended = FALSE;
  run->target = tide_target_launch (launch, run->path, &error);
  g_assert_no_error (error);
  g_signal_connect (run->target, "ready", G_CALLBACK (on_ready), run);
  g_signal_connect (run->target, "ended", G_CALLBACK (on_ended), run);
}

static void
finish (Run *run)
{
  g_clear_object (&run->target);
  g_object_unref (run->recording);
  g_string_free (run->output, TRUE);
  g_string_free (run->errors, TRUE);
  g_unlink (run->path);
  g_free (run->path);
}

static void
wait_for_output (Run *run, const char *text)
{
  while (strstr (run->output->str, text) == NULL)
    {
      g_assert_false (run->ended);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
wait_for_end (Run *run)
{
  while (!run->ended)
    g_main_context_iteration (NULL, TRUE);
}

static const TideProcessEnd *
get_end (Run *run)
{
  TideProcess *process = tide_recording_get_process (run->recording, 0);

  g_assert_nonnull (process);
  g_assert_nonnull (tide_process_get_end (process));
  return tide_process_get_end (process);
}

static void
test_exit (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("import os, sys; sys.stderr.write(os.environ['TIDE_A'] + "
                                             "str('TIDE_B' in os.environ)); print(os.getcwd()); sys.exit(3)");
  g_autoptr (GFile) file = NULL;
  g_autoptr (TideRecording) loaded = NULL;
  g_autoptr (GError) error = NULL;
  Run run;

  g_setenv ("TIDE_B", "1", TRUE);
  launch->environment = g_strsplit ("TIDE_A=b c|TIDE_B", "|", -1);
  launch->directory = g_strdup ("/");
  start (&run, launch);
  wait_for_end (&run);
  g_assert_true (tide_target_has_ended (run.target));
  g_assert_true (tide_target_is_whole (run.target));
  g_assert_null (tide_target_get_error (run.target));
  g_assert_cmpuint (get_end (&run)->kind, ==, TIDE_END_EXITED);
  g_assert_cmpuint (get_end (&run)->value, ==, 3);
  g_assert_cmpstr (run.errors->str, ==, "b cFalse");
  g_assert_cmpstr (run.output->str, ==, "/\n");

  file = g_file_new_for_path (tide_target_get_journal_path (run.target));
  loaded = tide_load (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tide_recording_is_complete (loaded));
  g_assert_cmpuint (tide_target_get_journal_bytes (run.target), >, 100);
  finish (&run);
}

static void
test_signal (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("import signal; print('here', flush=True); signal.pause()");
  Run run;

  start (&run, launch);
  wait_for_output (&run, "here");
  tide_target_send_signal (run.target, SIGTERM);
  wait_for_end (&run);
  g_assert_cmpuint (get_end (&run)->kind, ==, TIDE_END_SIGNALLED);
  g_assert_cmpuint (get_end (&run)->value, ==, SIGTERM);
  /* Too late for anybody, but no harm.  */
  tide_target_send_signal (run.target, SIGTERM);
  tide_target_suspend (run.target, TRUE);
  tide_target_detach (run.target);
  finish (&run);
}

static void
test_suspend (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("import signal; print('here', flush=True); signal.pause()");
  Run run;
  TideProcess *process;
  guint n_pauses = 0;

  start (&run, launch);
  wait_for_output (&run, "here");
  tide_target_suspend (run.target, TRUE);
  tide_target_suspend (run.target, FALSE);
  tide_target_send_signal (run.target, SIGTERM);
  wait_for_end (&run);
  process = tide_recording_get_process (run.recording, 0);
  for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
    n_pauses += tide_process_get_note (process, i)->kind == TIDE_NOTE_PAUSE;
  g_assert_cmpuint (n_pauses, ==, 2);
  finish (&run);
}

/* All that had come is in the file, as a loader finds it.  */
static void
assert_kept (Run *run)
{
  g_autoptr (GFile) file = g_file_new_for_path (tide_target_get_journal_path (run->target));
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) loaded = tide_load (file, NULL, NULL, NULL, &error);
  TideProcess *live = tide_recording_get_process (run->recording, 0), *kept;
  TideSeries *rss = tide_process_get_rss (live);
  gsize n_events = tide_process_get_n_events (live);

  g_assert_no_error (error);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (loaded), ==, 0);
  kept = tide_recording_get_process (loaded, 0);
  g_assert_cmpuint (n_events, >, 0);
  g_assert_cmpuint (tide_process_get_n_events (kept), ==, n_events);
  for (gsize i = 0; i < n_events; i++)
    g_assert_cmpint (tide_process_get_event (kept, i)->delta_bytes, ==,
                     tide_process_get_event (live, i)->delta_bytes);
  for (gsize i = 0; i < tide_series_get_length (rss); i++)
    {
      gint64 time_ns, value, before, after;

      /* How many points a value that stays has depends on how the frames came.  */
      tide_series_get (rss, i, &time_ns, &value);
      g_assert_true (tide_series_value_at (rss, time_ns, &before));
      g_assert_true (tide_series_value_at (tide_process_get_rss (kept), time_ns, &after));
      g_assert_cmpint (after, ==, before);
    }
  g_assert_cmpuint (tide_process_get_n_outputs (kept), ==, tide_process_get_n_outputs (live));
  g_assert_cmpint (tide_process_get_last_time (kept), ==, tide_process_get_last_time (live));
}

static void
test_helper_killed (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("import signal; blocks = [b'x' * (1 << 20) for _ in range(32)]; "
                                             "print('here', flush=True); signal.pause()");
  const TideProcessInfo *info;
  Run run;

  launch->instruments |= TIDE_INSTRUMENT_EVENTS;
  start (&run, launch);
  wait_for_output (&run, "here");
  info = tide_process_get_info (tide_recording_get_process (run.recording, 0));
  g_assert_cmpint (kill ((pid_t)info->parent_pid, SIGKILL), ==, 0);
  wait_for_end (&run);
  g_assert_false (tide_target_is_whole (run.target));
  g_assert_nonnull (tide_target_get_error (run.target));
  g_assert_nonnull (strstr (tide_target_get_error (run.target)->message, "signal 9"));
  g_assert_cmpuint (get_end (&run)->kind, ==, TIDE_END_UNKNOWN);
  assert_kept (&run);
  kill ((pid_t)info->pid, SIGKILL);
  finish (&run);
}

/* Giving up a live target does not harm the program: it goes on to say so.  */
static void
test_dropped (void)
{
  g_autofree char *go = g_build_filename (scratch, "go", NULL);
  g_autofree char *said = g_build_filename (scratch, "said", NULL);
  g_autofree char *code =
      g_strdup_printf ("print('here', flush=True)\nopen('%s').read()\nprint('x' * 100000, flush=True)\n"
                       "open('%s', 'w').write('alive')\n",
                       go, said);
  g_autoptr (TideLaunch) launch = launch_of (code);
  char text[16] = "";
  Run run;
  int fd;

  g_assert_cmpint (mkfifo (go, 0600), ==, 0);
  g_assert_cmpint (mkfifo (said, 0600), ==, 0);
  start (&run, launch);
  wait_for_output (&run, "here");
  finish (&run);
  fd = open (go, O_WRONLY);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  fd = open (said, O_RDONLY);
  g_assert_cmpint (read (fd, text, sizeof text - 1), ==, 5);
  g_assert_cmpstr (text, ==, "alive");
  close (fd);
  g_unlink (go);
  g_unlink (said);
}

static void
test_cannot (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("pass");
  g_autofree char *path = g_build_filename (scratch, "nowhere", "x.pagetide", NULL);
  g_autofree char *good = g_build_filename (scratch, "x.pagetide", NULL);
  g_autofree char *helper = g_strdup (g_getenv ("PAGETIDE_HELPER"));
  g_autoptr (GError) error = NULL;

  g_assert_null (tide_target_launch (launch, path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_setenv ("PAGETIDE_HELPER", "/nowhere/helper", TRUE);
  g_assert_null (tide_target_launch (launch, good, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/helper"));
  g_setenv ("PAGETIDE_HELPER", helper, TRUE);
  /* Nothing is written for what cannot be started.  */
  g_assert_false (g_file_test (good, G_FILE_TEST_EXISTS));
}

/* A program that is no interpreter, found out by the helper alone.  */
static void
test_no_program (void)
{
  g_autoptr (TideLaunch) launch = launch_of ("pass");
  g_autofree char *broken = g_build_filename (scratch, "broken", NULL);
  Run run;

  g_assert_true (g_file_set_contents (broken, "#!/nowhere/python\n", -1, NULL));
  g_assert_cmpint (g_chmod (broken, 0755), ==, 0);
  launch->python = g_strdup (broken);
  start (&run, launch);
  wait_for_end (&run);
  g_assert_cmpuint (get_end (&run)->kind, ==, TIDE_END_EXITED);
  g_assert_cmpuint (get_end (&run)->value, ==, 127);
  finish (&run);
  g_unlink (broken);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("tide-target-XXXXXX", NULL);
  g_test_add_func ("/target/exit", test_exit);
  g_test_add_func ("/target/signal", test_signal);
  g_test_add_func ("/target/suspend", test_suspend);
  g_test_add_func ("/target/helper-killed", test_helper_killed);
  g_test_add_func ("/target/dropped", test_dropped);
  g_test_add_func ("/target/cannot", test_cannot);
  g_test_add_func ("/target/no-program", test_no_program);
  status = g_test_run ();
  g_rmdir (scratch);
  g_free (scratch);
  return status;
}
