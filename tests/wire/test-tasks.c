#include "tide-tasks.h"

#include <glib.h>
#include <sys/wait.h>
#include <unistd.h>

static gpointer
wait_for_end (gpointer lock)
{
  g_mutex_lock (lock);
  g_mutex_unlock (lock);
  return NULL;
}

/* More than fit into one read of the directory.  */
static void
test_many (void)
{
  enum
  {
    N = 200
  };
  GThread *threads[N];
  uint32_t tids[N + 8], n_before = tide_tasks_list (0, tids, G_N_ELEMENTS (tids)), n;
  gboolean found = FALSE;
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  g_assert_cmpuint (n_before, >=, 1);
  for (guint i = 0; i < N; i++)
    threads[i] = g_thread_new ("one of many", wait_for_end, &lock);
  n = tide_tasks_list (0, tids, G_N_ELEMENTS (tids));
  g_assert_cmpuint (n, ==, n_before + N);
  g_assert_cmpuint (tide_tasks_list (getpid (), NULL, 0), ==, n);
  for (uint32_t i = 0; i < n; i++)
    {
      found = found || tids[i] == (uint32_t)getpid ();
      for (uint32_t j = 0; j < i; j++)
        g_assert_cmpuint (tids[i], !=, tids[j]);
    }
  g_assert_true (found);
  g_mutex_unlock (&lock);
  for (guint i = 0; i < N; i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&lock);
}

static void
test_gone (void)
{
  pid_t pid = fork ();
  uint32_t tid;

  if (pid == 0)
    _exit (0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpuint (tide_tasks_list (pid, &tid, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tasks/many", test_many);
  g_test_add_func ("/tasks/gone", test_gone);
  return g_test_run ();
}
