#define _GNU_SOURCE
#include "tide-faults.h"
#include "tide-account.h"
#include "tide-instrument.h"
#include "tide-mask.h"
#include "tide-statm.h"
#include "tide-wake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* si_code of these signals; older headers lack it.  */
#define TRAP_BY_PERF 6

/* Before 5.18 such a signal may kill a program that blocks SIGTRAP.  */
#define MIN_KERNEL_MAJOR 5
#define MIN_KERNEL_MINOR 18

/* The period adapts so that signals of 2 to 3 us each take at most some 5 % where memory grows at full speed,
 * and every few pages are seen where it grows slowly.  Threads that start later inherit the first period and
 * keep it: the kernel adapts only one event at a time.  */
#define MIN_PERIOD 8u
#define MAX_PERIOD 64u
#define TOO_CLOSE_NS 100000
#define FAR_NS 400000
#define VERY_FAR_NS 10000000

static struct
{
  _Atomic int fd; /* -1: off */
  uint64_t id;    /* tells our event from another file with its number */
  uint64_t period;
  uint64_t last_ns;
  pthread_t main_thread;
  bool handling; /* our handler is installed */
} faults = { .fd = -1 };

/* glibc's own function, under the name that it keeps for itself: ours hides the public one.  */
extern int __sigaction (int number, const struct sigaction *action, struct sigaction *old);
extern __typeof (signal (0, NULL)) ssignal (int number, __typeof (signal (0, NULL)) handler);

static bool
is_ours (int fd)
{
  uint64_t id = 0;

  return fd >= 0 && ioctl (fd, PERF_EVENT_IOC_ID, &id) == 0 && id == faults.id;
}

static void
adapt (void)
{
  struct timespec t;
  uint64_t now, distance, period = faults.period;
  int fd = atomic_load (&faults.fd);

  clock_gettime (CLOCK_MONOTONIC, &t);
  now = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
  distance = now - faults.last_ns;
  faults.last_ns = now;
  if (distance < TOO_CLOSE_NS && period < MAX_PERIOD)
    period *= 2;
  else if (distance > VERY_FAR_NS)
    period = MIN_PERIOD;
  else if (distance > FAR_NS && period > MIN_PERIOD)
    period /= 2;
  if (period != faults.period && is_ours (fd) && ioctl (fd, PERF_EVENT_IOC_PERIOD, &period) == 0)
    {
      faults.period = period;
      tide_account_set_signal_pages (2 * (int64_t)period);
    }
}

/* A signal that somebody sent waits for the program: for this thread, or for the whole process, as it was
 * sent.  */
static void
put_back (siginfo_t *info)
{
  pid_t pid = getpid ();

  if (info->si_code == SI_TKILL)
    syscall (SYS_rt_tgsigqueueinfo, pid, (pid_t)syscall (SYS_gettid), SIGTRAP, info);
  else if (info->si_code == SI_USER && info->si_pid == pid)
    kill (pid, SIGTRAP);
  else
    {
      /* The kernel lets nobody else say of somebody that he called kill().  */
      if (info->si_code == SI_USER)
        info->si_code = SI_QUEUE;
      syscall (SYS_rt_sigqueueinfo, pid, SIGTRAP, info);
    }
}

static void
on_trap (int number, siginfo_t *info, void *context)
{
  int saved = errno;

  if (info->si_code <= 0 && tide_mask_claims_trap ())
    {
      /* Somebody sent it, and the program believes that it has blocked it: from now on it has, and this one
       * waits for it.  */
      tide_faults_stop ();
      tide_mask_settle ();
      sigaddset (&((ucontext_t *)context)->uc_sigmask, SIGTRAP);
      put_back (info);
    }
  else if (info->si_code != TRAP_BY_PERF)
    {
      /* What would have happened without us: the death that a breakpoint brings.  */
      struct sigaction action = { .sa_handler = SIG_DFL };

      __sigaction (SIGTRAP, &action, NULL);
      raise (SIGTRAP);
    }
  else if (atomic_load (&faults.fd) >= 0)
    {
      tide_account (TIDE_SOURCE_FAULT, NULL);
      if (pthread_self () == faults.main_thread)
        adapt ();
    }
  errno = saved;
}

static bool
kernel_is_new_enough (void)
{
  struct utsname name;
  int major = 0, minor = 0;
  const char *p = name.release;

  if (uname (&name) != 0)
    return false;
  for (; *p >= '0' && *p <= '9'; p++)
    major = major * 10 + (*p - '0');
  if (*p == '.')
    for (p++; *p >= '0' && *p <= '9'; p++)
      minor = minor * 10 + (*p - '0');
  return major > MIN_KERNEL_MAJOR || (major == MIN_KERNEL_MAJOR && minor >= MIN_KERNEL_MINOR);
}

static bool
is_traced (void)
{
  static const char key[] = "TracerPid:\t";
  char text[4096];
  int fd = open ("/proc/self/status", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  const char *line;

  if (fd >= 0)
    close (fd);
  if (n <= 0)
    return false;
  text[n] = '\0';
  line = strstr (text, key);
  return line && line[sizeof key - 1] != '0';
}

static const char *
words_for (int error)
{
  switch (error)
    {
    case EACCES:
    case EPERM:
      return "The system does not let programs count their page faults (perf_event_paranoid, or a "
             "container's filter).";
    case ENOSYS:
      return "This kernel was built without performance events.";
    case EINVAL:
    case E2BIG:
      return "This kernel does not know page-fault signals.";
    case EMFILE:
    case ENFILE:
      return "There is no free file descriptor.";
    default:
      return NULL;
    }
}

static const char *
obstacle (void)
{
  struct sigaction action;
  sigset_t blocked;

  if (!kernel_is_new_enough ())
    return "Page-fault signals are safe only from Linux 5.18 on.";
  if (is_traced ())
    return "A debugger is attached.";
  if (__sigaction (SIGTRAP, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
    return "The program handles SIGTRAP itself.";
  if (sigprocmask (SIG_BLOCK, NULL, &blocked) != 0 || sigismember (&blocked, SIGTRAP))
    return "The program blocks SIGTRAP.";
  return NULL;
}

static int
open_event (void)
{
  struct perf_event_attr attr = {
    .type = PERF_TYPE_SOFTWARE,
    .size = sizeof attr,
    .config = PERF_COUNT_SW_PAGE_FAULTS,
    .sample_period = MIN_PERIOD,
    .sample_type = PERF_SAMPLE_ADDR,
    .exclude_kernel = 1,
    .exclude_hv = 1,
    .sigtrap = 1,
    .remove_on_exec = 1,
    .inherit = 1,
    .inherit_thread = 1,
    .disabled = 1,
  };

  return (int)syscall (SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool
start (TideRegion *region, TideInstrumentReport *report)
{
  struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK };
  uint64_t lag = (uint64_t)tide_statm_lag ();
  const char *reason = obstacle ();
  int fd = -1;

  if (!reason)
    {
      fd = open_event ();
      if (fd < 0)
        reason = words_for (errno);
    }
  if (fd < 0)
    {
      if (reason)
        snprintf (report->reason, sizeof report->reason, "%s", reason);
      else
        snprintf (report->reason, sizeof report->reason, "perf_event_open failed with error %d.", errno);
      return false;
    }

  fd = tide_descriptor_raise (fd);
  sigemptyset (&action.sa_mask);
  faults.period = MIN_PERIOD;
  faults.main_thread = pthread_self ();
  if (ioctl (fd, PERF_EVENT_IOC_ID, &faults.id) != 0 || __sigaction (SIGTRAP, &action, NULL) != 0
      || ioctl (fd, PERF_EVENT_IOC_ENABLE, 0) != 0)
    {
      snprintf (report->reason, sizeof report->reason, "Page-fault signals could not be switched on.");
      close (fd);
      return false;
    }
  faults.handling = true;
  tide_mask_keep_open ();
  report->unit_bytes = (lag > MIN_PERIOD ? lag : MIN_PERIOD) * region->page_size;
  atomic_store (&faults.fd, fd);
  tide_account_set_signal_pages (2 * MIN_PERIOD);
  return true;
}

void
tide_faults_stop (void)
{
  int fd = atomic_exchange (&faults.fd, -1);

  tide_account_set_signal_pages (0);
  if (!is_ours (fd))
    return;
  /* A forked child may hold the event open: closing alone would not end it.  */
  ioctl (fd, PERF_EVENT_IOC_DISABLE, 0);
  close (fd);
}

static bool
stop (TideRegion *region)
{
  tide_faults_stop ();
  return true;
}

static const char *
check (void)
{
  if (is_ours (atomic_load (&faults.fd)))
    return NULL;
  /* No growth may be left to a signal that never comes.  */
  tide_faults_stop ();
  return "The program took SIGTRAP for itself, or closed our descriptor.";
}

static void
drop (void)
{
  int fd = atomic_exchange (&faults.fd, -1);

  if (is_ours (fd))
    close (fd);
  tide_mask_drop ();
}

const TideAgentInstrument tide_instrument_faults = {
  .bit = TIDE_INSTRUMENT_FAULTS,
  .start = start,
  .stop = stop,
  .check = check,
  .end = tide_faults_stop,
  .drop = drop,
};

/* A program that installs a handler of its own must never be surprised by our signals, and one that goes back
 * to the default must not die of them.  So these two stand before libc's: setting the default leaves ours,
 * which does what the default would; anything else ends the instrument first.  */

__attribute__ ((visibility ("default"))) int
sigaction (int number, const struct sigaction *action, struct sigaction *old)
{
  struct sigaction now;
  int result = 0;

  if (action)
    tide_wake_yield (number);
  if (number != SIGTRAP || !faults.handling)
    return __sigaction (number, action, old);
  if (__sigaction (SIGTRAP, NULL, &now) != 0 || now.sa_sigaction != on_trap)
    return __sigaction (number, action, old);

  if (action && (action->sa_handler != SIG_DFL || action->sa_flags & SA_SIGINFO))
    {
      tide_faults_stop ();
      tide_mask_settle ();
      result = __sigaction (SIGTRAP, action, NULL);
    }
  if (result == 0 && old)
    {
      *old = (struct sigaction){ .sa_handler = SIG_DFL };
      sigemptyset (&old->sa_mask);
    }
  return result;
}

__attribute__ ((visibility ("default"))) __typeof (signal (0, NULL))
signal (int number, __typeof (signal (0, NULL)) handler)
{
  struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
  struct sigaction old;

  tide_wake_yield (number);
  if (number != SIGTRAP || !faults.handling)
    return ssignal (number, handler);
  sigemptyset (&action.sa_mask);
  return sigaction (number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
