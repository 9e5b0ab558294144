#include "helper-fixture.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 60000

/* The interpreters of this machine: PATH's, and pyenv's.  */
static GPtrArray *
find_pythons (void)
{
  GPtrArray *pythons = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *root = g_getenv ("PYENV_ROOT") != NULL
                              ? g_strdup (g_getenv ("PYENV_ROOT"))
                              : g_build_filename (g_get_home_dir (), ".pyenv", NULL);
  g_autofree char *versions = g_build_filename (root, "versions", NULL);
  g_autoptr (GDir) directory = g_dir_open (versions, 0, NULL);
  char *own = g_find_program_in_path ("python3");
  const char *name;

  if (own != NULL)
    g_ptr_array_add (pythons, own);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      char *python = g_build_filename (versions, name, "bin", "python3", NULL);

      /* PATH's may be one of them, where a version of pyenv has been made the shell's.  */
      if (g_file_test (python, G_FILE_TEST_IS_EXECUTABLE) && g_strcmp0 (python, own) != 0)
        g_ptr_array_add (pythons, python);
      else
        g_free (python);
    }
  return pythons;
}

static char *
get_program (void)
{
  return g_test_build_filename (G_TEST_DIST, "growth.py", NULL);
}

/* The line of growth.py with this mark.  */
static guint
find_line (const char *mark)
{
  g_autofree char *path = get_program (), *text = NULL, *wanted = g_strconcat ("  # ", mark, "\n", NULL);
  guint line = 1;
  char *at;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, wanted);
  g_assert_nonnull (at);
  for (char *c = text; c < at; c++)
    line += *c == '\n';
  return line;
}

static Run *
run_python (const char *options, const char *python, const char *how, const char *fifo)
{
  g_autofree char *program = get_program ();
  Run *run = run_new (options);

  run_add_python (run, python, program);
  run_add (run, how);
  if (fifo != NULL)
    run_add (run, fifo);
  run_start (run, NULL);
  return run;
}

/* What was charged to this line of this function of growth.py.  */
static gint64
sum_of_line (Run *run, const char *function, guint line)
{
  gint64 sum = 0;

  for (guint i = 0; i < run->events->len; i++)
    {
      const TideEvent *event = &g_array_index (run->events, TideEvent, i);
      const TideNodeInfo *node;
      const TideCodeInfo *code;

      if (event->node == 0)
        continue;
      node = &g_array_index (run->nodes, TideNodeInfo, event->node - 1);
      code = &g_array_index (run->codes, TideCodeInfo, node->code - 1);
      if (node->line == line && strcmp (run->strings->pdata[code->name - 1], function) == 0
          && g_str_has_suffix (run->strings->pdata[code->file - 1], "/growth.py"))
        sum += event->delta_pages;
    }
  return sum;
}

/* The account is exact: every page is charged once.  */
static void
assert_exact (Run *run)
{
  const TideSample *sample = &g_array_index (run->samples, TideSample, run->samples->len - 1);
  const TideEvent *event = &g_array_index (run->events, TideEvent, run->events->len - 1);

  g_assert_cmpint (run_sum_events (run), ==, (gint64)event->rss_pages);
  g_assert_cmpuint (sample->rss_pages, ==, event->rss_pages);
}

static gboolean
is_measured (Run *run)
{
  for (guint i = 0; i < run->instruments->len; i++)
    {
      const TideInstrumentInfo *info = &g_array_index (run->instruments, TideInstrumentInfo, i);

      if (info->instrument == TIDE_INSTRUMENT_EVENTS && info->state == TIDE_STATE_ON)
        return TRUE;
    }
  return FALSE;
}

static void
assert_growth (Run *run, gint64 filled)
{
  const gint64 threaded = 8192;

  g_assert_cmpint (ABS (sum_of_line (run, "fill", find_line ("fill")) - filled), <=, filled / 20 + 16);
  g_assert_cmpint (ABS (sum_of_line (run, "in_thread", find_line ("thread")) - threaded), <=, threaded / 20);
  /* 2 million objects of 16 bytes, and the list that holds them.  */
  g_assert_cmpint (sum_of_line (run, "objects", find_line ("objects")), >, 8000);
  g_assert_cmpint (sum_of_line (run, "objects", find_line ("objects")), <, 14000);
  g_assert_cmpint (run_sum_of (run, "[before measuring]"), >, 500);
}

typedef struct
{
  char *python;
  const char *how;
} Case;

static void
test_growth (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Run) run =
      run_python (strcmp (c->how, "flood") == 0 ? "--capture --instruments 3" : "--instruments 3", c->python,
                  c->how, NULL);
  int status = run_finish (run);

  if (!is_measured (run))
    {
      /* Then it says why.  */
      g_assert_cmpuint (
          g_array_index (run->instruments, TideInstrumentInfo, run->instruments->len - 1).reason.length, >,
          0);
      g_test_skip ("this interpreter cannot be measured from inside");
      return;
    }
  g_assert_cmpint (status, ==, strcmp (c->how, "kill") == 0 ? 128 + SIGKILL : 5);
  g_assert_cmpuint (run->python.version_hex >> 16, >=, 0x308);
  assert_exact (run);
  assert_growth (run, 16384);
  if (strcmp (c->how, "flood") == 0)
    {
      guint64 output = run->output[1]->len;

      /* A busy machine may keep us from reading in time; what is lost is counted.  */
      for (guint i = 0; i < run->lost->len; i++)
        if (g_array_index (run->lost, TideLost, i).kind == TIDE_LOST_OUTPUT)
          output += g_array_index (run->lost, TideLost, i).count;
      g_assert_cmpuint (output, ==, 8 << 20);
    }
  g_assert_cmpuint (run->overhead.agent_ns, >, 0);
  g_assert_cmpuint (run->overhead.agent_bytes, <, 5 << 20);
}

/* What grows in a pause is nobody's, and what grows after it is somebody's again.  */
static void
test_pause (gconstpointer python)
{
  TideBuffer buffer;
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autoptr (Run) run = run_python ("--capture --instruments 3", python, "pause", fifo);

  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  tide_buffer_init (&buffer);
  tide_put_suspend (&buffer, 0, true);
  run_send (run, &buffer);
  g_assert_true (run_read_until (run, TIDE_FRAME_PAUSE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  while (run->output[1]->len < 2 * strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  tide_buffer_clear (&buffer);
  tide_put_suspend (&buffer, 0, false);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
  g_assert_true (run_read_until (run, TIDE_FRAME_PAUSE));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 5);
  if (is_measured (run))
    {
      assert_exact (run);
      assert_growth (run, 0);
      g_assert_cmpint (run_sum_of (run, "[while paused]"), >=, 16384);
      g_assert_cmpint (run_sum_of (run, "[while paused]"), <, 16384 + 256);
    }
  run_remove_fifo (fifo, fd);
}

/* Measuring ends, the program does not.  */
static void
test_detach (gconstpointer python)
{
  TideBuffer buffer;
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autoptr (Run) run = run_python ("--capture --instruments 3", python, "pause", fifo);

  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  tide_buffer_init (&buffer);
  tide_put_detach (&buffer, 0);
  run_send (run, &buffer);
  tide_buffer_finish (&buffer);
  while (run_read_frame (run))
    ;
  g_assert_cmpint (run->bye.kind, ==, TIDE_END_DETACHED);
  g_assert_cmpint (write (fd, "xx", 2), ==, 2);
  g_assert_cmpint (run_wait (run), ==, 5);
  run_remove_fifo (fifo, fd);
}

/* More threads than are watched from outside: who reads the figures knows.  */
static void
test_crowd (gconstpointer python)
{
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "crowd.py", NULL);
  g_autoptr (Run) run = run_new ("--capture --instruments 3");

  run_add_python (run, python, program);
  run_add (run, fifo);
  run_start (run, NULL);
  while (!run_is_told (run, "more than 128 threads at once"))
    g_assert_true (run_read_frame (run));
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 5);
  run_remove_fifo (fifo, fd);
}

static void
read_until_events_are (Run *run, TideInstrumentState state)
{
  const TideInstrumentInfo *last = NULL;

  do
    {
      g_assert_true (run_read_until (run, TIDE_FRAME_INSTRUMENT));
      last = &g_array_index (run->instruments, TideInstrumentInfo, run->instruments->len - 1);
    }
  while (last->instrument != TIDE_INSTRUMENT_EVENTS || last->state != state);
}

static gboolean
is_new_enough (const char *python)
{
  const char *argv[] = { python, "-c", "import sys; sys.exit(sys.version_info < (3, 8))", NULL };
  int status;

  return g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

/* Instruments come and go while the main thread sits in a system call and takes no memory, and the program's
 * reading goes on where it was.  */
static void
test_switch (gconstpointer python)
{
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autoptr (Run) run = run_python ("--capture --instruments 3", python, "pause", fifo);

  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  for (guint i = 0; i < 3; i++)
    {
      run_switch (run, 0, TIDE_INSTRUMENT_EVENTS);
      read_until_events_are (run, TIDE_STATE_OFF);
      run_switch (run, TIDE_INSTRUMENT_EVENTS, 0);
      read_until_events_are (run, TIDE_STATE_ON);
    }
  g_assert_cmpint (write (fd, "xx", 2), ==, 2);
  g_assert_cmpint (run_finish (run), ==, 5);
  assert_exact (run);
  run_remove_fifo (fifo, fd);
}

/* Without the agent nothing can be switched on, and that is said each time.  */
static void
test_switch_without_agent (gconstpointer python)
{
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autoptr (Run) run = run_python ("--capture --instruments 1", python, "pause", fifo);

  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  for (guint i = 0; i < 2; i++)
    {
      run_switch (run, TIDE_INSTRUMENT_EVENTS, 0);
      read_until_events_are (run, TIDE_STATE_REFUSED);
    }
  g_assert_cmpint (write (fd, "xx", 2), ==, 2);
  g_assert_cmpint (run_finish (run), ==, 5);
  g_assert_cmpuint (run->events->len, ==, 0);
  run_remove_fifo (fifo, fd);
}

static void
test_lies (void)
{
  static const char *const lies[] = { "head",  "odd-head", "size-0",    "size-large", "frames",
                                      "delta", "code-id",  "code-name", "layout",     "account",
                                      "claim", "block",    "loop" };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *options = g_strdup_printf ("--instruments 3 --set TIDE_LIE=%s", lies[i]);
      g_autofree char *from = NULL;
      int fd;
      char *fifo = run_make_fifo (&fd);
      g_autoptr (Run) run = run_new (options);

      g_test_message ("%s", lies[i]);
      run_add (run, "--agent");
      run_add (run, g_getenv ("TIDE_HELPER_LIAR"));
      from = g_strconcat ("from=", fifo, NULL);
      run_add_target (run, from, "grow=2048", "wait", "exit=9", NULL);
      run_start (run, NULL);
      /* The helper is well and samples on, and so is the target.  */
      do
        g_assert_true (run_read_until (run, TIDE_FRAME_SAMPLE));
      while (g_array_index (run->samples, TideSample, run->samples->len - 1).rss_pages < 2048);
      g_assert_cmpint (write (fd, "x", 1), ==, 1);
      g_assert_cmpint (run_finish (run), ==, 9);
      run_remove_fifo (fifo, fd);
      if (i < 8)
        {
          const TideInstrumentInfo *last =
              &g_array_index (run->instruments, TideInstrumentInfo, run->instruments->len - 1);

          g_assert_cmpuint (run->messages->len, ==, 1);
          g_assert_cmpint (last->instrument, ==, TIDE_INSTRUMENT_EVENTS);
          g_assert_cmpint (last->state, ==, TIDE_STATE_OFF);
          g_assert_cmpuint (last->reason.length, >, 0);
        }
    }
}

/* Nobody reads while more happens than the helper may keep: it lets the ring fill, and what was not told then
 * is told later.  No page is charged twice or never.  */
static void
test_many (void)
{
  g_autofree char *script = NULL;
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autoptr (Run) run = run_new ("--instruments 3 --set TIDE_LIE=many");
  struct pollfd p = { .fd = fd, .events = POLLIN };
  guint64 lost = 0;

  script = g_strdup_printf ("echo done > '%s'", fifo);
  run_add (run, "--agent");
  run_add (run, g_getenv ("TIDE_HELPER_LIAR"));
  run_add (run, "--");
  run_add (run, "sh");
  run_add (run, "-c");
  run_add (run, script);
  run_start (run, NULL);
  g_assert_cmpint (poll (&p, 1, PATIENCE_MS), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 0);
  g_assert_cmpuint (run->messages->len, ==, 0);
  for (guint i = 0; i < run->lost->len; i++)
    {
      const TideLost *l = &g_array_index (run->lost, TideLost, i);

      g_assert_cmpint (l->kind, !=, TIDE_LOST_OUTPUT);
      if (l->kind == TIDE_LOST_EVENTS)
        lost += l->count;
    }
  g_test_message ("%u events, %" G_GUINT64_FORMAT " found the ring full", run->events->len, lost);
  g_assert_cmpuint (lost, >, 0);
  /* As many as the pipe and the helper hold, and no more: all of them would be 1.5 million.  */
  g_assert_cmpuint (run->events->len, >, 100000);
  g_assert_cmpuint (run->events->len, <, 1400000);
  /* The last SAMPLE has what was accounted.  */
  g_assert_cmpint (run_sum_events (run), ==,
                   (gint64)g_array_index (run->samples, TideSample, run->samples->len - 1).rss_pages);
  run_remove_fifo (fifo, fd);
}

int
main (int argc, char **argv)
{
  static const char *const hows[] = { "exit", "kill", "flood" };
  g_autoptr (GPtrArray) pythons = find_pythons ();

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  for (guint i = 0; i < pythons->len; i++)
    {
      g_autofree char *switching = NULL;

      /* How it ends is the same for all.  */
      for (guint j = 0; j < (i == 0 ? G_N_ELEMENTS (hows) : 1); j++)
        {
          g_autofree char *path = g_strdup_printf ("/helper/python/%s%s", hows[j], (char *)pythons->pdata[i]);
          Case *c = g_new (Case, 1);

          *c = (Case){ pythons->pdata[i], hows[j] };
          g_test_add_data_func_full (path, c, test_growth, g_free);
        }
      switching = g_strconcat ("/helper/python/switch", pythons->pdata[i], NULL);
      if (is_new_enough (pythons->pdata[i]))
        g_test_add_data_func (switching, pythons->pdata[i], test_switch);
    }
  if (pythons->len > 0)
    {
      g_test_add_data_func ("/helper/python/pause", pythons->pdata[0], test_pause);
      g_test_add_data_func ("/helper/python/crowd", pythons->pdata[0], test_crowd);
      g_test_add_data_func ("/helper/python/detach", pythons->pdata[0], test_detach);
      g_test_add_data_func ("/helper/python/switch-without-agent", pythons->pdata[0],
                            test_switch_without_agent);
    }
  g_test_add_func ("/helper/python/lies", test_lies);
  g_test_add_func ("/helper/python/many", test_many);
  return g_test_run ();
}
