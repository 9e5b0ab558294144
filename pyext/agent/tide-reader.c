#define _GNU_SOURCE
#include "tide-reader.h"
#include "tide-memory.h"
#include "tide-python.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(TIDE_MAIL_PAGES *TIDE_MAIL_PAGE <= 64u << 10, "a letter is short");

/* With room for what libraries keep for each thread.  */
#define STACK_SIZE (96u << 10)

/* Those of the libc that the program has, whichever version that is.  */
typedef int Create (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int Join (pthread_t, void **);
typedef int SetCancelState (int, int *);
typedef int SetStack (pthread_attr_t *, void *, size_t);

typedef enum
{
  NONE,
  CHANGES, /* who made it so has the rest for himself */
  RUNS,
} State;

static struct
{
  _Atomic uint32_t state;
  _Atomic uint32_t leave; /* the thread is to end */
  TideRegion *region;
  pid_t pid; /* in which it runs */
  pthread_t thread;
  Join *join; /* these two were found while nobody forks */
  SetCancelState *set_cancel_state;
  void *stack;
} reader;

static bool
change (uint32_t from)
{
  return atomic_compare_exchange_strong (&reader.state, &from, CHANGES);
}

/* False: this process may not even look into itself.  */
static bool
answer (TideRegion *region)
{
  TideRegionMail *mail = &region->mail;
  uint8_t *pages = (uint8_t *)region + TIDE_REGION_MAIL_OFFSET;
  struct iovec local[TIDE_MAIL_PAGES], remote[TIDE_MAIL_PAGES];
  uint32_t letter = atomic_load_explicit (&mail->asked, memory_order_acquire), n = mail->n_pages;
  ssize_t size = 0;
  bool may;

  if (n > TIDE_MAIL_PAGES)
    n = TIDE_MAIL_PAGES;
  for (uint32_t i = 0; i < n; i++)
    {
      local[i] = (struct iovec){ pages + i * TIDE_MAIL_PAGE, TIDE_MAIL_PAGE };
      remote[i] = (struct iovec){ (void *)(uintptr_t)mail->addresses[i], TIDE_MAIL_PAGE };
    }
  size = process_vm_readv (getpid (), local, n, remote, n, 0);
  may = size >= 0 || (errno != EPERM && errno != EACCES && errno != ENOSYS);
  mail->n_copied = size > 0 ? (uint32_t)((size_t)size / TIDE_MAIL_PAGE) : 0;
  if (!may)
    atomic_store (&mail->refused, 1);
  atomic_store_explicit (&mail->answered, letter, memory_order_release);
  syscall (SYS_futex, &mail->answered, FUTEX_WAKE, 1, NULL, NULL, 0);
  return may;
}

static void *
serve (void *data)
{
  TideRegion *region = data;
  TideRegionMail *mail = &region->mail;
  bool may = true;

  prctl (PR_SET_NAME, "pagetide", 0, 0, 0);
  atomic_store (&mail->tid, (uint32_t)syscall (SYS_gettid));
  while (may)
    {
      uint32_t turn = atomic_load (&mail->turn);

      if (atomic_load (&reader.leave))
        break;
      if (atomic_load_explicit (&mail->asked, memory_order_acquire) != atomic_load (&mail->answered))
        may = answer (region);
      else
        syscall (SYS_futex, &mail->turn, FUTEX_WAIT, turn, NULL, NULL, 0);
    }
  atomic_store (&mail->tid, 0);
  return NULL;
}

static bool
make_thread (TideRegion *region)
{
  Create *create = (Create *)tide_symbol ("pthread_create", NULL);
  SetStack *set_stack = (SetStack *)tide_symbol ("pthread_attr_setstack", NULL);
  pthread_attr_t attributes;
  sigset_t all, before;
  bool made;

  reader.join = (Join *)tide_symbol ("pthread_join", NULL);
  reader.set_cancel_state = (SetCancelState *)tide_symbol ("pthread_setcancelstate", NULL);
  if (!create || !set_stack || !reader.join || !reader.set_cancel_state
      || pthread_attr_init (&attributes) != 0)
    return false;
  sigfillset (&all);
  sigprocmask (SIG_BLOCK, &all, &before);
  made = set_stack (&attributes, reader.stack, STACK_SIZE) == 0
         && create (&reader.thread, &attributes, serve, region) == 0;
  sigprocmask (SIG_SETMASK, &before, NULL);
  pthread_attr_destroy (&attributes);
  return made;
}

bool
tide_reader_is_missed (const TideRegion *region)
{
  return atomic_load_explicit (&region->mail.wanted, memory_order_relaxed) != 0
         && atomic_load_explicit (&reader.state, memory_order_relaxed) == NONE
         && atomic_load_explicit (&region->mail.refused, memory_order_relaxed) == 0;
}

static bool
begin (TideRegion *region)
{
  reader.stack = tide_memory_reserve (STACK_SIZE);
  if (!reader.stack)
    return false;
  tide_memory_fill (reader.stack, STACK_SIZE);
  atomic_store (&reader.leave, 0);
  reader.region = region;
  reader.pid = getpid ();
  if (make_thread (region))
    return true;
  tide_memory_unfill (reader.stack, STACK_SIZE);
  return false;
}

void
tide_reader_follow (TideRegion *region)
{
  bool begun;

  if (!tide_reader_is_missed (region) || !change (NONE))
    return;
  begun = begin (region);
  if (!begun)
    atomic_store (&region->mail.refused, 1);
  atomic_store (&reader.state, begun ? RUNS : NONE);
}

void
tide_reader_end (void)
{
  TideRegionMail *mail;
  int cancel_state;

  if (!change (RUNS))
    return;
  /* A child that was forked past libc has no such thread.  */
  if (reader.pid == getpid ())
    {
      mail = &reader.region->mail;
      atomic_store (&reader.leave, 1);
      atomic_fetch_add (&mail->turn, 1);
      syscall (SYS_futex, &mail->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
      /* Who forks with a cancellation pending does not end here, where it otherwise would not.  */
      reader.set_cancel_state (PTHREAD_CANCEL_DISABLE, &cancel_state);
      reader.join (reader.thread, NULL);
      reader.set_cancel_state (cancel_state, NULL);
      tide_memory_unfill (reader.stack, STACK_SIZE);
    }
  atomic_store (&reader.state, NONE);
}

void
tide_reader_drop (void)
{
  atomic_store (&reader.state, NONE);
}
