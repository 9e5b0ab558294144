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

/* What a thread believes of SIGTRAP, where that differs from its real mask.  A thread inherits this as it
 * inherits the mask, but nobody tells us of its start: until it sets a mask of its own it is taken to believe
 * what the main thread does, the one that the kernel asks first.  */
typedef enum
{
  INHERITED,
  AS_IT_IS,
  BLOCKED
} Belief;

static _Atomic bool keeps_open;
static _Atomic bool main_blocks;
static __thread Belief belief __attribute__ ((tls_model ("initial-exec")));
static __thread bool is_main __attribute__ ((tls_model ("initial-exec")));

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

static void
block (void)
{
  sigset_t trap;

  belief = AS_IT_IS;
  sigemptyset (&trap);
  sigaddset (&trap, SIGTRAP);
  set_mask (SIG_BLOCK, &trap, NULL);
}

static int
change (int how, const sigset_t *set, sigset_t *old)
{
  bool claimed = tide_mask_claims_trap (), claims = claimed;
  sigset_t copy;

  if (set)
    {
      copy = *set;
      for (int number = FIRST_INTERNAL; number <= LAST_INTERNAL; number++)
        copy.__val[0] &= ~(1ul << (number - 1));
      if (!atomic_load (&keeps_open))
        {
          if (claimed)
            block ();
          claims = false;
        }
      /* Blocked for good reason already: in a handler, or before we came.  */
      else if (claimed || !is_blocked ())
        {
          bool named = sigismember (set, SIGTRAP) == 1;

          claims = how == SIG_SETMASK ? named : how == SIG_BLOCK ? claimed || named : claimed && !named;
          if (how != SIG_UNBLOCK)
            sigdelset (&copy, SIGTRAP);
        }
    }
  if (set_mask (how, set ? &copy : NULL, old) != 0)
    return -1;
  if (set)
    {
      belief = claims ? BLOCKED : AS_IT_IS;
      if (is_main)
        atomic_store (&main_blocks, claims || is_blocked ());
    }
  if (old && claimed)
    sigaddset (old, SIGTRAP);
  return 0;
}

void
tide_mask_keep_open (void)
{
  is_main = true;
  belief = AS_IT_IS;
  atomic_store (&keeps_open, true);
}

bool
tide_mask_claims_trap (void)
{
  return belief == BLOCKED || (belief == INHERITED && atomic_load (&main_blocks));
}

void
tide_mask_settle (void)
{
  atomic_store (&keeps_open, false);
  if (tide_mask_claims_trap ())
    block ();
}

void
tide_mask_drop (void)
{
  tide_mask_settle ();
  /* Threads that this child starts inherit what is real from now on.  */
  is_main = false;
  atomic_store (&main_blocks, false);
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
