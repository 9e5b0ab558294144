#include "helper-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static gboolean
slice_is (TideSlice slice, const char *text)
{
  return slice.length == strlen (text) && memcmp (slice.data, text, slice.length) == 0;
}

static int
run_plainly (const char *argument, char **out, char **err)
{
  const char *argv[] = { g_getenv ("PAGETIDE_HELPER"), argument, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, err, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_usage (void)
{
  static const char *const bad[] = { "launch", "fly", "--frames" };
  g_autofree char *version = NULL, *help = NULL, *err = NULL;

  g_assert_cmpint (run_plainly ("--version", &version, NULL), ==, 0);
  g_assert_true (g_str_has_prefix (version, "pagetide-helper "));
  g_assert_cmpint (run_plainly ("--help", &help, &err), ==, 0);
  g_assert_nonnull (strstr (help, "--frames FD"));
  g_assert_cmpstr (err, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *out = NULL, *sentence = NULL;

      g_assert_cmpint (run_plainly (bad[i], &out, &sentence), ==, 2);
      g_assert_cmpstr (out, ==, "");
      g_assert_true (g_str_has_prefix (sentence, "pagetide-helper: "));
    }
}

static void
test_exit (void)
{
  g_autoptr (Run) run = run_new ("--directory /");

  run_add_target (run, "exit=42", "second \xff\n word", NULL);
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 42);
  g_assert_cmpint (run->bye.kind, ==, TIDE_END_EXITED);
  g_assert_cmpuint (run->bye.value, ==, 42);
  g_assert_cmpuint (run->bye.peak_rss_bytes, >, 100000);
  g_assert_cmpuint (run->hello.pid, >, 1);
  g_assert_cmpuint (run->hello.page_size, ==, sysconf (_SC_PAGESIZE));
  g_assert_cmpuint (run->hello.instruments & TIDE_INSTRUMENT_SAMPLER, !=, 0);
  g_assert_cmpuint (run->hello.clock_base_ns, >, 0);
  g_assert_cmpuint (run->hello.process_start_ns, ==, run->hello.clock_base_ns);
  /* A wall clock of this century, in nanoseconds.  */
  g_assert_cmpuint (run->hello.start_wall_ns / 1000000000, >, 1700000000);
  g_assert_true (slice_is (run->hello.executable, run_target_path ()));
  g_assert_true (slice_is (run->hello.directory, "/"));
  g_assert_cmpuint (run->hello.n_args, ==, 3);
  g_assert_true (slice_is (run->hello.args[0], run_target_path ()));
  g_assert_true (slice_is (run->hello.args[2], "second \xff\n word"));
  g_assert_cmpuint (run->overhead.helper_ns, >, 0);
}

static void
test_signal (void)
{
  static const struct
  {
    const char *step;
    int number;
  } cases[] = { { "kill=9", SIGKILL }, { "kill=15", SIGTERM }, { "kill=6", SIGABRT }, { "kill=34", 34 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Run) run = run_new (NULL);

      run_add_target (run, cases[i].step, NULL);
      run_start (run, NULL);
      g_assert_cmpint (run_finish (run), ==, 128 + cases[i].number);
      g_assert_cmpint (run->bye.kind, ==, TIDE_END_SIGNALLED);
      g_assert_cmpint ((int)run->bye.value, ==, cases[i].number);
    }
}

static guint64
last_rss (Run *run)
{
  g_assert_cmpuint (run->samples->len, >, 0);
  return g_array_index (run->samples, TideSample, run->samples->len - 1).rss_pages;
}

/* A full SAMPLE comes each 100 ms in which nothing moves: two of them with the same RSS are rest.  */
static guint64
rss_at_rest (Run *run)
{
  guint64 rss = 0;

  for (;;)
    {
      const TideSample *sample;

      g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
      sample = &g_array_index (run->samples, TideSample, run->samples->len - 1);
      if (sample->parts != 0 && sample->rss_pages == rss)
        return rss;
      rss = sample->rss_pages;
    }
}

static void
test_growth (void)
{
  const guint64 page = (guint64)sysconf (_SC_PAGESIZE);
  g_autoptr (Run) run = run_new ("--instruments 1");
  g_autofree char *from = NULL;
  guint64 before, grown;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "wait", "grow=8192", "wait", "drop", "wait", NULL);
  run_start (run, NULL);
  before = rss_at_rest (run);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  while (last_rss (run) < before + 8192)
    g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  grown = rss_at_rest (run);
  /* What the target's own code touches on the way.  */
  g_assert_cmpuint (grown - before, >=, 8192);
  g_assert_cmpuint (grown - before, <, 8192 + 64);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  while (last_rss (run) > before + 64)
    g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpuint (run->bye.peak_rss_bytes, >=, grown * page);
  g_assert_cmpuint (run->bye.peak_rss_bytes, <, (grown + 64) * page);
  /* The end has a figure too, and it is not that of a dead process.  */
  g_assert_cmpuint (last_rss (run), >, 0);
  g_assert_cmpuint (run->events->len, ==, 0);
  run_remove_fifo (fifo, fd);
}

/* The same with an account but without an agent: what was charged adds up to what is there.  */
static void
test_account (void)
{
  g_autoptr (Run) run = run_new ("--instruments 3");
  gboolean refused = FALSE;

  run_add_target (run, "grow=2048", "drop", "grow=4096", NULL);
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  for (guint i = 0; i < run->instruments->len; i++)
    {
      const TideInstrumentInfo *info = &g_array_index (run->instruments, TideInstrumentInfo, i);

      if (info->instrument == TIDE_INSTRUMENT_EVENTS)
        {
          g_assert_cmpint (info->state, ==, TIDE_STATE_REFUSED);
          g_assert_cmpuint (info->reason.length, >, 0);
          refused = TRUE;
        }
      else
        {
          g_assert_cmpint (info->instrument, ==, TIDE_INSTRUMENT_SAMPLER);
          g_assert_cmpint (info->state, ==, TIDE_STATE_ON);
          g_assert_cmpuint (info->unit_bytes, >=, run->hello.page_size);
        }
    }
  g_assert_true (refused);
  g_assert_cmpuint (run->instruments->len, ==, 2);
  if (run->events->len > 0)
    {
      const TideEvent *last = &g_array_index (run->events, TideEvent, run->events->len - 1);

      g_assert_cmpint (run_sum_events (run), ==, (gint64)last->rss_pages);
      g_assert_cmpuint (last_rss (run), ==, last->rss_pages);
    }
}

static void
test_cannot (void)
{
  static const struct
  {
    const char *options;
    const char *program;
    int status;
    const char *part;
  } cases[] = {
    { NULL, "/nowhere/at all", 127, "/nowhere/at all" },
    { NULL, "no-such-program-anywhere", 127, "no-such-program-anywhere" },
    { NULL, "/", 126, "/" },
    { "--directory /nowhere", "/bin/true", 126, "/nowhere" },
    { "--capture", "/nowhere/captured", 127, "/nowhere/captured" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Run) run = run_new (cases[i].options);
      const TideMessage *message;
      g_autofree char *text = NULL;

      run_add (run, "--");
      run_add (run, cases[i].program);
      run_start (run, NULL);
      g_assert_cmpint (run_finish (run), ==, cases[i].status);
      g_assert_cmpint (run->bye.kind, ==, TIDE_END_EXITED);
      g_assert_cmpint ((int)run->bye.value, ==, cases[i].status);
      g_assert_cmpuint (run->messages->len, ==, 1);
      message = &g_array_index (run->messages, TideMessage, 0);
      g_assert_cmpint (message->severity, ==, TIDE_SEVERITY_ERROR);
      text = g_strndup (message->text.data, message->text.length);
      g_assert_nonnull (strstr (text, cases[i].part));
    }
}

static void
test_environment (void)
{
  g_autoptr (Run) run =
      run_new ("--capture --set A=b=c --set EMPTY= --unset GONE --set GONE2=x --unset GONE2");
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "GONE", "still here", TRUE);

  environment = g_environ_setenv (environment, "KEPT", "as it was", TRUE);
  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run,
           "echo \"$A|${EMPTY-unset}|${GONE-unset}|${GONE2-unset}|$KEPT|$TERM|${PAGETIDE_REGION-unset}\"");
  run_start (run, environment);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpstr (run->output[1]->str, ==, "b=c||unset|unset|as it was|dumb|unset\n");
  g_assert_cmpstr (run->output[2]->str, ==, "");
}

/* Megabytes of arguments and variables arrive, and HELLO stays a frame.  */
static void
test_huge (void)
{
  g_autofree char *long_text = g_strnfill (100000, 'y');
  g_auto (GStrv) environment = g_get_environ ();
  g_autoptr (Run) run = run_new ("--capture");

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("HUGE%u", i);

      environment = g_environ_setenv (environment, name, long_text, TRUE);
    }
  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, "echo ${#HUGE4} $# ${#6}");
  run_add (run, "sh");
  for (guint i = 0; i < 6; i++)
    run_add (run, long_text);
  run_start (run, environment);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpstr (run->output[1]->str, ==, "100000 6 100000\n");
  g_assert_cmpuint (run->hello.n_args, ==, 10);
  g_assert_cmpuint (run->hello.args[4].length, ==, 100000);
}

/* None of our descriptors, none of our signal settings.  */
static void
test_inherited (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_auto (GStrv) lines = NULL;

  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, "ls -l /proc/self/fd; grep -e SigBlk -e SigIgn /proc/self/status");
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  lines = g_strsplit (run->output[1]->str, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_null (strstr (*line, "pagetide"));
      g_assert_null (strstr (*line, " 8 -> pipe:"));
      g_assert_null (strstr (*line, " 9 -> pipe:"));
    }
  g_assert_nonnull (strstr (run->output[1]->str, " 0 -> /dev/null\n"));
  g_assert_nonnull (strstr (run->output[1]->str, "SigBlk:\t0000000000000000\n"));
  g_assert_nonnull (strstr (run->output[1]->str, "SigIgn:\t0000000000000000\n"));
}

static void
wait_readable (int fd)
{
  struct pollfd p = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (poll (&p, 1, PATIENCE_MS), ==, 1);
}

/* A shell that waits at a FIFO, then says so at another one, then ends with 7.  */
static void
add_patient (Run *run, const char *at, const char *then)
{
  g_autofree char *script = g_strdup_printf ("read line < '%s'; echo on > '%s'; exit 7", at, then);

  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, script);
}

static void
test_helper_signals (void)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
  g_autoptr (Run) run = run_new (NULL);
  g_autofree char *from = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "wait", "exit=3", NULL);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpint (kill (run->pid, numbers[i]), ==, 0);
  /* It samples on.  */
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 3);
  run_remove_fifo (fifo, fd);
}

static void
test_helper_killed (void)
{
  g_autoptr (Run) run = run_new (NULL);
  int at_fd, then_fd;
  char *at = run_make_fifo (&at_fd), *then = run_make_fifo (&then_fd);

  add_patient (run, at, then);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpint (kill (run->pid, SIGKILL), ==, 0);
  g_assert_cmpint (run_wait (run), ==, 1000 + SIGKILL);
  g_assert_cmpint (write (at_fd, "go\n", 3), ==, 3);
  wait_readable (then_fd);
  run_remove_fifo (at, at_fd);
  run_remove_fifo (then, then_fd);
}

static void
test_reader_gone (void)
{
  g_autoptr (Run) run = run_new (NULL);
  int at_fd, then_fd;
  char *at = run_make_fifo (&at_fd), *then = run_make_fifo (&then_fd);

  add_patient (run, at, then);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  run_close_frames (run);
  g_assert_cmpint (write (at_fd, "go\n", 3), ==, 3);
  wait_readable (then_fd);
  g_assert_cmpint (run_wait (run), ==, 7);
  run_remove_fifo (at, at_fd);
  run_remove_fifo (then, then_fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper/usage", test_usage);
  g_test_add_func ("/helper/exit", test_exit);
  g_test_add_func ("/helper/signal", test_signal);
  g_test_add_func ("/helper/growth", test_growth);
  g_test_add_func ("/helper/account", test_account);
  g_test_add_func ("/helper/cannot", test_cannot);
  g_test_add_func ("/helper/environment", test_environment);
  g_test_add_func ("/helper/huge", test_huge);
  g_test_add_func ("/helper/inherited", test_inherited);
  g_test_add_func ("/helper/helper-signals", test_helper_signals);
  g_test_add_func ("/helper/helper-killed", test_helper_killed);
  g_test_add_func ("/helper/reader-gone", test_reader_gone);
  return g_test_run ();
}
