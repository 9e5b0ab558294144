#include "helper-fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define N_CYCLES 500

/* What can be started where there is no GIL, and from which version on nothing can.  */
#define FREE_THREADED_INSTRUMENTS ((guint)TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS)
#define FREE_THREADED_UNKNOWN 0x030e0000u

/* The interpreters of this machine from 3.8 on, and those that the environment names.  */
static GPtrArray *
find_pythons (void)
{
  GPtrArray *pythons = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) more = g_strsplit (
      g_getenv ("PAGETIDE_TEST_PYTHONS") != NULL ? g_getenv ("PAGETIDE_TEST_PYTHONS") : "", ":", -1);
  const char *argv[] = { "python3", g_getenv ("TIDE_PYTHONS"), NULL };

  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &list, NULL, NULL, NULL))
    return pythons;
  lines = g_strsplit (list, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      /* The version, and the path.  */
      const char *path = strchr (lines[i], '/');

      if (path != NULL)
        g_ptr_array_add (pythons, g_strdup (path));
    }
  for (guint i = 0; more[i] != NULL; i++)
    if (*more[i] != '\0')
      g_ptr_array_add (pythons, g_strdup (more[i]));
  return pythons;
}

/* Reads until each instrument of BITS has told something; gives those of them that are on.  */
static guint
read_until_told (Run *run, guint bits)
{
  guint on = 0;

  while (bits != 0)
    {
      const TideInstrumentInfo *last;

      g_assert_true (run_read_until (run, TIDE_FRAME_INSTRUMENT));
      last = &g_array_index (run->instruments, TideInstrumentInfo, run->instruments->len - 1);
      bits &= ~(guint)last->instrument;
      if (last->state == TIDE_STATE_ON)
        on |= last->instrument;
      else
        on &= ~(guint)last->instrument;
    }
  return on;
}

/* Instruments, alone and together, come and go under a program that takes memory in four threads; then
 * nothing of them is left in it.  */
static void
test_cycles (gconstpointer python)
{
  static const guint sets[] = {
    TIDE_INSTRUMENT_EVENTS,
    TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS,
    TIDE_INSTRUMENT_GC,
    TIDE_INSTRUMENT_CALLS,
    TIDE_INSTRUMENT_BYTES | TIDE_INSTRUMENT_EVENTS,
    TIDE_INSTRUMENT_LINES | TIDE_INSTRUMENT_GC,
    TIDE_INSTRUMENT_BYTES_SAMPLED,
    TIDE_INSTRUMENTS_OF_AGENT,
  };
  guint seen = 0;
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "cycles.py", NULL);
  g_autoptr (Run) run = run_new ("--capture --instruments 129");

  run_add_python (run, python, program);
  run_add (run, fifo);
  run_start (run, NULL);
  while (run->output[1]->len < strlen ("ready\n"))
    g_assert_true (run_read_frame (run));
  run_switch (run, 0, TIDE_INSTRUMENT_GC);
  for (guint i = 0; i < N_CYCLES; i++)
    {
      guint set = sets[i % G_N_ELEMENTS (sets)], on;

      run_switch (run, set, 0);
      on = read_until_told (run, set);
      seen |= on;
      run_switch (run, 0, set);
      g_assert_cmpuint (read_until_told (run, on), ==, 0);
    }
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_cmpint (run_finish (run), ==, 5);
  g_assert_cmpstr (strstr (run->output[1]->str, "left"), ==, "left: []\n");
  g_assert_cmpuint (run->output[2]->len, ==, 0);
  if (!(run->python.flags & TIDE_PYTHON_FREE_THREADED))
    {
      g_assert_cmpuint (seen & (TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC), ==,
                        TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC);
    }
  else if (run->python.version_hex < FREE_THREADED_UNKNOWN)
    {
      g_assert_cmpuint (seen & TIDE_INSTRUMENT_EVENTS, ==, TIDE_INSTRUMENT_EVENTS);
      g_assert_cmpuint (seen & ~FREE_THREADED_INSTRUMENTS, ==, 0);
    }
  else
    g_assert_cmpuint (seen, ==, 0);
  g_test_message ("instruments that were on: 0x%x", seen);
  run_remove_fifo (fifo, fd);
}

/* A program that runs as fast as it can, with every line told, and a tenth of a percent for that: first the
 * lines are given up, then the calls, and the person is told.  */
static void
test_budget (gconstpointer python)
{
  int fd;
  char *fifo = run_make_fifo (&fd);
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "cycles.py", NULL);
  g_autoptr (Run) run = run_new ("--capture --instruments 19 --budget 1");

  run_add_python (run, python, program);
  run_add (run, fifo);
  run_start (run, NULL);
  while (!run_is_told (run, "lines are no longer told") || !run_is_told (run, "calls are no longer told"))
    g_assert_true (run_read_frame (run));
  g_assert_cmpuint (read_until_told (run, TIDE_INSTRUMENT_CALLS), ==, 0);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  while (run->output[1]->len < strlen ("ready\nleft: []\n"))
    g_assert_true (run_read_frame (run));
  /* The events are still there; nothing else is.  */
  g_assert_null (strstr (run->output[1]->str, "profile"));
  g_assert_null (strstr (run->output[1]->str, "monitoring"));
  run_finish (run);
  run_remove_fifo (fifo, fd);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) pythons = NULL;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  pythons = find_pythons ();
  for (guint i = 0; i < pythons->len; i++)
    {
      g_autofree char *path = g_strconcat ("/helper/cycles", pythons->pdata[i], NULL);

      g_test_add_data_func (path, pythons->pdata[i], test_cycles);
    }
  if (pythons->len > 0)
    g_test_add_data_func ("/helper/budget", pythons->pdata[0], test_budget);
  return g_test_run ();
}
