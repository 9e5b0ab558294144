#define _GNU_SOURCE
#include "tide-try-lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* What a lock is once somebody has slept for it in vain.  */
#define GIVEN_UP_ON 2u

#define N_SLEEPS 250
#define SLEEP_NS 1000000

static __attribute__ ((noinline, cold)) bool
sleep_for (_Atomic uint32_t *lock)
{
  const struct timespec time = { .tv_nsec = SLEEP_NS };
  uint32_t held = 1;

  for (int i = 0; i < N_SLEEPS; i++)
    {
      if (tide_try_lock_at_once (lock))
        return true;
      if (atomic_load_explicit (lock, memory_order_relaxed) == GIVEN_UP_ON)
        return false;
      /* Nobody wakes us.  No function of the C library's: a thread is not to be cancelled here.  */
      syscall (SYS_futex, lock, FUTEX_WAIT, held, &time, NULL, 0);
    }
  atomic_compare_exchange_strong (lock, &held, GIVEN_UP_ON);
  return false;
}

bool
tide_try_lock_long (_Atomic uint32_t *lock)
{
  int saved = errno;
  bool locked = tide_try_lock (lock) || sleep_for (lock);

  errno = saved;
  return locked;
}
