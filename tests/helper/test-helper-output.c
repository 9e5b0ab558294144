#include "helper-fixture.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static void
add_shell (Run *run, const char *script)
{
  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, script);
}

static void
wait_readable (int fd)
{
  struct pollfd p = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (poll (&p, 1, PATIENCE_MS), ==, 1);
}

static void
assert_lines (const GString *output)
{
  for (gsize i = 0; i < output->len; i++)
    if (output->str[i] != (i % 64 == 63 ? '\n' : 'x'))
      g_error ("byte %" G_GSIZE_FORMAT " of the output is %d", i, output->str[i]);
}

static void
test_streams (void)
{
  g_autoptr (Run) run = run_new ("--capture");

  add_shell (run,
             "printf 'one\\n\\377\\ttwo'; printf 'three\\n' >&2; cat; test -t 1 && test -t 2 && printf 4");
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpstr (run->output[1]->str, ==, "one\n\377\ttwo4");
  g_assert_cmpstr (run->output[2]->str, ==, "three\n");
}

/* A session of its own, without a terminal that could hang it up.  */
static void
test_session (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_autofree char *expected = NULL;

  add_shell (run, "cut -d ' ' -f 5-7 /proc/$$/stat; echo $$");
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  expected = g_strdup_printf ("%u %u 0\n%u\n", run->hello.pid, run->hello.pid, run->hello.pid);
  g_assert_cmpstr (run->output[1]->str, ==, expected);
}

static void
test_all_bytes (void)
{
  g_autoptr (Run) run = run_new ("--capture");

  run_add_target (run, "write=1048576", NULL);
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpuint (run->output[1]->len, ==, 1048576);
  assert_lines (run->output[1]);
  g_assert_cmpuint (run->lost->len, ==, 0);
}

/* Nobody reads while the target writes 8 MiB: it ends all the same, and what does not come is counted to the
 * byte.  */
static void
test_slow_reader (void)
{
  g_autoptr (Run) run = run_new ("--capture --instruments 1");
  g_autofree char *script = NULL;
  guint64 lost = 0;
  int fd;
  char *fifo = run_make_fifo (&fd);

  script = g_strdup_printf ("'%s' write=8388608 && echo done > '%s'", run_target_path (), fifo);
  add_shell (run, script);
  run_start (run, NULL);
  wait_readable (fd);
  g_assert_cmpint (run_finish (run), ==, 0);
  for (guint i = 0; i < run->lost->len; i++)
    {
      const TideLost *l = &g_array_index (run->lost, TideLost, i);

      g_assert_cmpint (l->kind, ==, TIDE_LOST_OUTPUT);
      lost += l->count;
    }
  g_assert_cmpuint (lost, >, 0);
  g_assert_cmpuint (run->output[1]->len, >, 1 << 20);
  g_assert_cmpuint (run->output[1]->len + lost, ==, 8388608);
  run_remove_fifo (fifo, fd);
}

/* The viewer goes, then the program writes: no write fails, none waits.  */
static void
test_reader_gone (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_autofree char *script = NULL;
  int at_fd, then_fd;
  char *at = run_make_fifo (&at_fd), *then = run_make_fifo (&then_fd);

  script = g_strdup_printf ("echo before; read line < '%s'; '%s' write=1048576 && echo good > '%s'; exit 5",
                            at, run_target_path (), then);
  add_shell (run, script);
  run_start (run, NULL);
  g_assert_true (run_read_until (run, TIDE_FRAME_OUTPUT));
  run_close_frames (run);
  g_assert_cmpint (write (at_fd, "go\n", 3), ==, 3);
  wait_readable (then_fd);
  g_assert_cmpint (run_wait (run), ==, 5);
  run_remove_fifo (at, at_fd);
  run_remove_fifo (then, then_fd);
}

/* A child that outlives the program holds its terminal: the end is told at once, with all that was written.
 */
static void
test_heir (void)
{
  g_autoptr (Run) run = run_new ("--capture");
  g_autofree char *script = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);

  script = g_strdup_printf ("'%s' from='%s' wait & echo last words", run_target_path (), fifo);
  add_shell (run, script);
  run_start (run, NULL);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpstr (run->output[1]->str, ==, "last words\n");
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  run_remove_fifo (fifo, fd);
}

/* Without capture the target has the very stdout of the helper, and no OUTPUT comes.  */
static void
test_passed_through (void)
{
  g_autofree char *script = g_strdup_printf (
      "exec 7>/dev/null; '%s' launch --frames 7 -- sh -c 'cat; echo out; echo err >&2; exit 9'",
      g_getenv ("PAGETIDE_HELPER"));
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (WEXITSTATUS (status), ==, 9);
  g_assert_cmpstr (out, ==, "out\n");
  g_assert_cmpstr (err, ==, "err\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper/output/streams", test_streams);
  g_test_add_func ("/helper/output/session", test_session);
  g_test_add_func ("/helper/output/all-bytes", test_all_bytes);
  g_test_add_func ("/helper/output/slow-reader", test_slow_reader);
  g_test_add_func ("/helper/output/reader-gone", test_reader_gone);
  g_test_add_func ("/helper/output/heir", test_heir);
  g_test_add_func ("/helper/output/passed-through", test_passed_through);
  return g_test_run ();
}
