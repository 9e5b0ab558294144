#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-clock.h"
#include "tide-fault-events.h"
#include "tide-fault-price.h"
#include "tide-instrument.h"
#include "tide-mask.h"
#include "tide-statm.h"
#include "tide-wake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <ucontext.h>
#include <unistd.h>

/* si_code of these signals; older headers lack it.  */
#define TRAP_BY_PERF 6

/* Before 5.18 such a signal may kill a program that blocks SIGTRAP.  */
#define MIN_KERNEL_MAJOR 5
#define MIN_KERNEL_MINOR 18

static bool handling;     /* our handler is installed */
static uint64_t price_ns; /* of a signal, beyond the handler */

/* glibc's own function, under the name that it keeps for itself: ours hides the public one.  */
extern int __sigaction (int number, const struct sigaction *action, struct sigaction *old);
extern __typeof (signal (0, NULL)) ssignal (int number, __typeof (signal (0, NULL)) handler);

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
take_fault (const void *touched)
{
  uint64_t since_ns = tide_clock_ns (CLOCK_MONOTONIC);

  tide_account_fault (touched, since_ns);
  tide_fault_events_adapt (since_ns);
  tide_account_add_cost (TIDE_INSTRUMENT_FAULTS, tide_clock_ns (CLOCK_MONOTONIC) - since_ns + price_ns);
}

static void
on_trap (int number, siginfo_t *info, void *context)
{
  int saved = errno;

  if (info->si_code <= 0 && tide_mask_claims_trap ())
    {
      /* Somebody sent it, and the program believes that it has blocked it: from now on it has, and this one
       * waits for it.  */
      tide_fault_events_close ();
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
  else if (tide_fault_events_are_open () && !tide_fault_price_takes_signal ())
    take_fault (info->si_addr);
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
  if (__sigaction (SIGTRAP, NULL, &action) != 0
      || (action.sa_handler != SIG_DFL && action.sa_sigaction != on_trap))
    return "The program handles SIGTRAP itself.";
  if (sigprocmask (SIG_BLOCK, NULL, &blocked) != 0 || sigismember (&blocked, SIGTRAP))
    return "The program blocks SIGTRAP.";
  return NULL;
}

static bool
start (TideRegion *region, TideInstrumentReport *report)
{
  struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK };
  uint64_t lag = (uint64_t)tide_statm_lag (), unit = tide_fault_events_unit ();
  const char *reason = obstacle ();
  bool asked = false;
  int error = 0;

  if (!reason && !tide_fault_events_open (region, &error, &asked))
    reason = words_for (error);
  if (reason || error)
    {
      if (reason)
        snprintf (report->reason, sizeof report->reason, "%s%s", reason,
                  asked ? " Pagetide's helper is asked to do it instead." : "");
      else
        snprintf (report->reason, sizeof report->reason, "perf_event_open failed with error %d.", error);
      return false;
    }

  sigemptyset (&action.sa_mask);
  if (__sigaction (SIGTRAP, &action, NULL) != 0 || (price_ns = tide_fault_price_find ()) == 0
      || !tide_fault_events_enable ())
    {
      snprintf (report->reason, sizeof report->reason, "Page-fault signals could not be switched on.");
      tide_fault_events_close ();
      return false;
    }
  handling = true;
  tide_mask_keep_open ();
  if (tide_fault_events_missed () > 0)
    snprintf (report->reason, sizeof report->reason, "%u threads were there already that are not followed.",
              tide_fault_events_missed ());
  report->unit_bytes = (lag > unit ? lag : unit) * region->page_size;
  return true;
}

static bool
stop (TideRegion *region)
{
  tide_fault_events_close ();
  return true;
}

static const char *
check (void)
{
  if (tide_fault_events_are_ours ())
    return NULL;
  /* No growth may be left to a signal that never comes.  */
  tide_fault_events_close ();
  return "The program took SIGTRAP for itself, or closed our descriptor.";
}

static void
drop (void)
{
  tide_fault_events_drop ();
  tide_mask_drop ();
}

const TideAgentInstrument tide_instrument_faults = {
  .bit = TIDE_INSTRUMENT_FAULTS,
  .free_threaded = true,
  .start = start,
  .stop = stop,
  .check = check,
  .end = tide_fault_events_close,
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
  if (number != SIGTRAP || !handling)
    return __sigaction (number, action, old);
  if (__sigaction (SIGTRAP, NULL, &now) != 0 || now.sa_sigaction != on_trap)
    return __sigaction (number, action, old);

  if (action && (action->sa_handler != SIG_DFL || action->sa_flags & SA_SIGINFO))
    {
      tide_fault_events_close ();
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
  if (number != SIGTRAP || !handling)
    return ssignal (number, handler);
  sigemptyset (&action.sa_mask);
  return sigaction (number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
