#include "tide-alarm.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that sleeps until it is told to run, and then runs until it is killed.  */
typedef struct
{
  pid_t pid;
  int tell;
} Child;

static Child
start_child (void)
{
  Child child;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  child.pid = fork ();
  g_assert_cmpint (child.pid, >=, 0);
  if (child.pid == 0)
    {
      char byte;

      close (ends[1]);
      if (read (ends[0], &byte, 1) != 1)
        _exit (0);
      for (;;)
        g_atomic_int_get (&child.tell);
    }
  close (ends[0]);
  child.tell = ends[1];
  return child;
}

static void
end_child (Child *child)
{
  kill (child->pid, SIGKILL);
  g_assert_cmpint (waitpid (child->pid, NULL, 0), ==, child->pid);
  close (child->tell);
}

static void
wait_until_asleep (TideAlarm *alarm)
{
  while (!tide_alarm_look (alarm))
    poll (NULL, 0, 1);
}

static void
test_wakes (gconstpointer data)
{
  const sigset_t *waiting = data;
  Child child = start_child ();
  TideAlarm alarm;

  tide_alarm_init (&alarm, child.pid);
  if (tide_alarm_is_there (&alarm))
    {
      for (int turn = 0; turn < 3; turn++)
        {
          gint64 cpu_ns;

          wait_until_asleep (&alarm);
          cpu_ns = alarm.cpu_ns;
          /* It is said again, as long as it is so: a child that had to wait for a processor may run now.  */
          g_assert_true (tide_alarm_look (&alarm) || alarm.cpu_ns != cpu_ns);
        }
      g_assert_cmpint (write (child.tell, "", 1), ==, 1);
      /* Without an end but the alarm, of which there may be one from before it slept.  */
      do
        {
          g_assert_cmpint (ppoll (NULL, 0, NULL, waiting), ==, -1);
          g_assert_cmpint (errno, ==, EINTR);
        }
      while (tide_alarm_look (&alarm));
    }
  else
    g_test_skip ("The system gives no timer on another process's CPU time.");
  tide_alarm_finish (&alarm);
  end_child (&child);
}

/* Who runs is not said to sleep, once it has a processor.  */
static void
test_runs (void)
{
  Child child = start_child ();
  TideAlarm alarm;
  guint n_seen = 0;

  tide_alarm_init (&alarm, child.pid);
  g_assert_cmpint (write (child.tell, "", 1), ==, 1);
  g_assert_false (tide_alarm_look (&alarm));
  while (tide_alarm_is_there (&alarm) && n_seen < 5)
    {
      gint64 cpu_ns = alarm.cpu_ns;

      poll (NULL, 0, 1);
      if (tide_alarm_look (&alarm))
        continue;
      g_assert_cmpint (alarm.cpu_ns, >, cpu_ns);
      n_seen++;
    }
  tide_alarm_finish (&alarm);
  end_child (&child);
}

static void
test_gone (void)
{
  Child child = start_child ();
  TideAlarm alarm;

  end_child (&child);
  tide_alarm_init (&alarm, child.pid);
  g_assert_false (tide_alarm_is_there (&alarm));
  g_assert_false (tide_alarm_look (&alarm));
  g_assert_false (tide_alarm_look (&alarm));
  tide_alarm_finish (&alarm);
}

int
main (int argc, char **argv)
{
  sigset_t waiting;

  g_test_init (&argc, &argv, NULL);
  tide_alarm_prepare (&waiting);
  g_test_add_data_func ("/helper/alarm/wakes", &waiting, test_wakes);
  g_test_add_func ("/helper/alarm/runs", test_runs);
  g_test_add_func ("/helper/alarm/gone", test_gone);
  return g_test_run ();
}
