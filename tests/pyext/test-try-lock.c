#define _GNU_SOURCE
#include "tide-try-lock.h"

#include <errno.h>
#include <glib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Locks whose holder has lost the processor, or never comes back.  */

static _Atomic uint32_t lock;
static guint n_sleeps;
static guint n_sleeps_of_holder; /* it goes on after so many; 0: never */

/* The C library's, for those who sleep.  */
long
syscall (long number, ...)
{
  g_assert_cmpint (number, ==, SYS_futex);
  if (++n_sleeps == n_sleeps_of_holder)
    tide_try_unlock (&lock);
  errno = ETIMEDOUT;
  return -1;
}

static void
begin (void)
{
  atomic_store (&lock, 0);
  n_sleeps = n_sleeps_of_holder = 0;
}

static void
test_free (void)
{
  begin ();
  g_assert_true (tide_try_lock_long (&lock));
  g_assert_false (tide_try_lock_at_once (&lock));
  g_assert_false (tide_try_lock (&lock));
  tide_try_unlock (&lock);
  g_assert_true (tide_try_lock_at_once (&lock));
  g_assert_cmpuint (n_sleeps, ==, 0);
}

/* Its holder needs a while to go on, as on a busy machine.  */
static void
test_held (void)
{
  begin ();
  for (guint i = 1; i <= 5; i++)
    {
      g_assert_true (tide_try_lock (&lock));
      n_sleeps = 0;
      n_sleeps_of_holder = 10 * i;
      errno = ENOTTY;
      g_assert_true (tide_try_lock_long (&lock));
      g_assert_cmpint (errno, ==, ENOTTY);
      g_assert_cmpuint (n_sleeps, ==, 10 * i);
      tide_try_unlock (&lock);
    }
}

/* Who never goes on is waited for once, and when he does after all, all is as before.  */
static void
test_given_up (void)
{
  guint n;

  begin ();
  g_assert_true (tide_try_lock (&lock));
  errno = ENOTTY;
  g_assert_false (tide_try_lock_long (&lock));
  g_assert_cmpint (errno, ==, ENOTTY);
  n = n_sleeps;
  g_assert_cmpuint (n, >, 50);
  for (guint i = 0; i < 10; i++)
    {
      g_assert_false (tide_try_lock_long (&lock));
      g_assert_false (tide_try_lock (&lock));
      g_assert_false (tide_try_lock_at_once (&lock));
    }
  g_assert_cmpuint (n_sleeps, ==, n);
  tide_try_unlock (&lock);
  g_assert_true (tide_try_lock_long (&lock));
  n_sleeps_of_holder = n_sleeps + 5;
  g_assert_true (tide_try_lock_long (&lock));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/try-lock/free", test_free);
  g_test_add_func ("/try-lock/held", test_held);
  g_test_add_func ("/try-lock/given-up", test_given_up);
  return g_test_run ();
}
