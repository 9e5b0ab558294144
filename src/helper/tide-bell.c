#include "tide-bell.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
futex_wait (_Atomic uint32_t *word, uint32_t value)
{
  syscall (SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void
futex_wake (_Atomic uint32_t *word)
{
  syscall (SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* It sleeps while the word is 1 (nobody rang) and while it is 0 (the helper is awake anyhow); each wake tells
 * which of the two it was.  */
static void *__attribute__ ((noreturn)) wait_for_rings (void *data)
{
  TideBell *self = data;
  _Atomic uint32_t *word = self->idle;
  uint32_t seen = 0;

  for (;;)
    {
      uint32_t now;

      futex_wait (word, seen);
      now = atomic_load (word);
      if (seen != 0 && now == 0)
        {
          const uint64_t one = 1;
          ssize_t n = write (self->fd, &one, sizeof one);

          (void)n; /* full: it is readable already */
        }
      seen = now;
    }
}

void
tide_bell_start (TideBell *self, _Atomic uint32_t *idle)
{
  sigset_t all, before;
  pthread_t thread;

  self->idle = idle;
  self->running = false;
  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->fd < 0)
    return;
  /* Signals are for the thread that works.  */
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  self->running = pthread_create (&thread, NULL, wait_for_rings, self) == 0;
  if (self->running)
    pthread_detach (thread);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

void
tide_bell_set_idle (TideBell *self, bool idle)
{
  if (!self->running || atomic_load (self->idle) == (idle ? 1 : 0))
    return;
  atomic_store (self->idle, idle ? 1 : 0);
  if (idle)
    futex_wake (self->idle);
}

void
tide_bell_clear (TideBell *self)
{
  uint64_t count;
  ssize_t n = read (self->fd, &count, sizeof count);

  (void)n; /* nobody rang: nothing to clear */
}
