#include "helper-fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static guint64
last_rss (Run *run)
{
  g_assert_cmpuint (run->samples->len, >, 0);
  return g_array_index (run->samples, TideSample, run->samples->len - 1).rss_pages;
}

static void
send_signal (Run *run, guint number)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_signal (&buffer, 0, number);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
}

static void
send_suspend (Run *run, gboolean suspend)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_suspend (&buffer, 0, suspend);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
}

static void
send_detach (Run *run)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_detach (&buffer, 0);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
}

static void
test_signal (void)
{
  g_autoptr (Run) run = run_new (NULL);
  g_autofree char *from = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "wait", NULL);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  /* None of these is a signal; the target lives on.  */
  send_signal (run, 0);
  send_signal (run, 4000000000u);
  send_signal (run, SIGTERM);
  g_assert_cmpint (run_finish (run), ==, 128 + SIGTERM);
  g_assert_cmpint (run->bye.kind, ==, TIDE_END_SIGNALLED);
  g_assert_cmpuint (run->bye.value, ==, SIGTERM);
  run_remove_fifo (fifo, fd);
}

/* A captured target is sent a signal with all of its group: the child of the shell ends too, or the shell
 * would wait for it.  */
static void
test_signal_group (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_autofree char *script = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  script = g_strdup_printf ("trap 'wait; echo ended; exit 4' TERM; '%s' from='%s' ready wait & wait",
                            run_target_path (), fifo);
  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, script);
  run_start (run, NULL);
  while (strstr (run->output[1]->str, "ready") == NULL)
    g_assert_true (run_read_frame (run));
  send_signal (run, SIGTERM);
  g_assert_cmpint (run_finish (run), ==, 4);
  g_assert_nonnull (strstr (run->output[1]->str, "ended"));
  run_remove_fifo (fifo, fd);
}

static void
test_suspend (void)
{
  g_autoptr (Run) run = run_new ("--capture --instruments 1");
  g_autofree char *from = NULL;
  guint64 before;
  guint n_samples;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "ready", "wait", "grow=2048", "ready", "wait", NULL);
  run_start (run, NULL);
  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  send_suspend (run, TRUE);
  send_suspend (run, TRUE);
  g_assert_true (run_read_until (run, TIDE_FRAME_PAUSE));
  before = last_rss (run);
  n_samples = run->samples->len;
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  while (run->output[1]->len < 2 * strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  send_suspend (run, FALSE);
  g_assert_true (run_read_until (run, TIDE_FRAME_PAUSE));
  /* Output came in the pause, and no figure; one pause was told, though two were asked for.  */
  g_assert_cmpuint (run->samples->len, ==, n_samples);
  g_assert_cmpuint (run->pauses->len, ==, 2);
  g_assert_true (g_array_index (run->pauses, TidePause, 0).paused);
  g_assert_false (g_array_index (run->pauses, TidePause, 1).paused);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpuint (last_rss (run), >=, before + 2048);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 0);
  run_remove_fifo (fifo, fd);
}

static void
test_detach (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_autofree char *from = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  /* More than a terminal holds: it would wait if nobody took it.  */
  run_add_target (run, from, "wait", "write=200000", "exit=6", NULL);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  send_detach (run);
  while (run_read_frame (run))
    ;
  g_assert_cmpint (run->bye.kind, ==, TIDE_END_DETACHED);
  g_assert_cmpuint (run->bye.peak_rss_bytes, >, 0);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_wait (run), ==, 6);
  run_remove_fifo (fifo, fd);
}

/* Frames of a newer viewer are skipped; what is no frame ends the control, never the target.  */
static void
test_garbage (void)
{
  g_autoptr (Run) run = run_new (NULL);
  g_autofree char *from = NULL;
  TideBuffer buffer;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "wait", "exit=2", NULL);
  run_start (run, NULL);
  tide_buffer_init (&buffer);
  tide_buffer_begin (&buffer, (TideFrameType)999, 0);
  tide_buffer_put_bytes (&buffer, "newer", 5);
  tide_buffer_end (&buffer);
  tide_put_suspend (&buffer, 0, true);
  tide_put_suspend (&buffer, 0, false);
  run_send (run, &buffer);
  g_assert_true (run_read_until (run, TIDE_FRAME_PAUSE));
  tide_buffer_clear (&buffer);
  for (guint i = 0; i < 5000; i++)
    tide_buffer_put_bytes (&buffer, "\xff", 1);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
  g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 2);
  run_remove_fifo (fifo, fd);
}

static void
test_control_closed (void)
{
  g_autoptr (Run) run = run_new (NULL);
  g_autofree char *from = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  from = g_strconcat ("from=", fifo, NULL);
  run_add_target (run, from, "wait", "exit=8", NULL);
  run_start (run, NULL);
  close (run->control);
  run->control = -1;
  for (guint i = 0; i < 3; i++)
    g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 8);
  run_remove_fifo (fifo, fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* The helper may be gone when a frame is sent.  */
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/helper/control/signal", test_signal);
  g_test_add_func ("/helper/control/signal-group", test_signal_group);
  g_test_add_func ("/helper/control/suspend", test_suspend);
  g_test_add_func ("/helper/control/detach", test_detach);
  g_test_add_func ("/helper/control/garbage", test_garbage);
  g_test_add_func ("/helper/control/closed", test_control_closed);
  return g_test_run ();
}
