#define _GNU_SOURCE
#include "tide-mask.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the kernel knows of a sigset_t.  */
#define KERNEL_SET_SIZE (_NSIG / 8)

/* glibc keeps these two to itself, and leaves them out of every mask.  */
#define FIRST_INTERNAL 32
#define LAST_INTERNAL 33

static _Atomic bool keeps_open;
static __thread bool claims_trap __attribute__ ((tls_model ("initial-exec")));

static int
set_mask (int how, const sigset_t *set, sigset_t *old)
{
  return (int)syscall (SYS_rt_sigprocmask, how, set, old, KERNEL_SET_SIZE);
}

static bool
is_blocked (void)
{
  sigset_t now;

  sigemptyset (&now);
  return set_mask (SIG_BLOCK, NULL, &now) == 0 && sigismember (&now, SIGTRAP) == 1;
}

static int
change (int how, const sigset_t *set, sigset_t *old)
{
  bool claims = claims_trap, claimed = claims_trap;
  sigset_t copy;

  if (set)
    {
      copy = *set;
      for (int number = FIRST_INTERNAL; number <= LAST_INTERNAL; number++)
        copy.__val[0] &= ~(1ul << (number - 1));
      /* Blocked for good reason already: in a handler, or before we came.  */
      if (atomic_load (&keeps_open) && (claims || !is_blocked ()))
        {
          bool named = sigismember (set, SIGTRAP) == 1;

          claims = how == SIG_SETMASK ? named : how == SIG_BLOCK ? claims || named : claims && !named;
          if (how != SIG_UNBLOCK)
            sigdelset (&copy, SIGTRAP);
        }
    }
  if (set_mask (how, set ? &copy : NULL, old) != 0)
    return -1;
  claims_trap = claims;
  if (old && claimed)
    sigaddset (old, SIGTRAP);
  return 0;
}

void
tide_mask_keep_open (void)
{
  atomic_store (&keeps_open, true);
}

bool
tide_mask_claims_trap (void)
{
  return claims_trap;
}

void
tide_mask_settle (void)
{
  sigset_t trap;

  atomic_store (&keeps_open, false);
  if (!claims_trap)
    return;
  claims_trap = false;
  sigemptyset (&trap);
  sigaddset (&trap, SIGTRAP);
  set_mask (SIG_BLOCK, &trap, NULL);
}

__attribute__ ((visibility ("default"))) int
sigprocmask (int how, const sigset_t *set, sigset_t *old)
{
  return change (how, set, old);
}

__attribute__ ((visibility ("default"))) int
pthread_sigmask (int how, const sigset_t *set, sigset_t *old)
{
  int saved = errno, error;

  error = change (how, set, old) == 0 ? 0 : errno;
  errno = saved;
  return error;
}
