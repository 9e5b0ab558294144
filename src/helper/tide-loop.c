#include "tide-loop.h"

#include "tide-clock.h"
#include "tide-pidfd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a reader that takes nothing is waited for at the end.  */
#define LAST_FLUSH_MS 5000
/* How long the agent is waited for at a detach: 200 ms.  */
#define DETACH_ROUNDS 40
#define DETACH_ROUND_NS 5000000
/* Nothing to do wakes us as seldom as this.  */
#define LONGEST_NS 1000000000
/* Who comes after the target's end may ring before we listen, and then there is no tick that sees him.  */
#define LONGEST_AT_END_NS 10000000
/* How long children that go with the target are waited for.  */
#define GRACE_NS 300000000
/* And those that it had forked just before.  */
#define COMING_NS 1000000000

int64_t
tide_loop_now (void)
{
  return (int64_t)tide_clock_ns (CLOCK_MONOTONIC);
}

static bool
is_measuring (const TideLoop *self)
{
  return !self->detached && tide_outlet_is_open (&self->outlet);
}

static void
breathe (int64_t ns)
{
  struct timespec ts = { 0, ns };

  nanosleep (&ts, NULL);
}

static void
let_go (TideLoop *self)
{
  tide_family_let_go (&self->family);
  self->detached = true;
}

static void
pump (TideLoop *self, int64_t now_ns)
{
  tide_pump_run (&self->pump, &tide_family_get_target (&self->family)->stream, now_ns);
}

static void
detach (TideLoop *self, int64_t now_ns)
{
  let_go (self);
  /* The agents let go at their next look; one that has nothing to look at is not waited for long.  */
  for (int i = 0; i < DETACH_ROUNDS && !tide_family_has_let_go (&self->family); i++)
    {
      pump (self, now_ns);
      breathe (DETACH_ROUND_NS);
    }
  now_ns = tide_loop_now ();
  tide_family_put_detached (&self->family, now_ns);
  tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
  tide_outlet_close (&self->outlet);
}

static void
obey (TideLoop *self, int64_t now_ns)
{
  tide_control_read (&self->control);
  while (is_measuring (self))
    {
      TideControlCommand command = tide_control_next (&self->control);

      switch (command.kind)
        {
        case TIDE_CONTROL_NOTHING:
          return;
        case TIDE_CONTROL_SIGNAL:
          /* A captured target leads its own group, as a job of a shell would.  */
          kill (self->options->capture ? -self->pid : self->pid, command.signal_number);
          break;
        case TIDE_CONTROL_SUSPEND:
        case TIDE_CONTROL_RESUME:
          tide_family_suspend (&self->family, command.kind == TIDE_CONTROL_SUSPEND, now_ns);
          break;
        case TIDE_CONTROL_DETACH:
          detach (self, now_ns);
          break;
        case TIDE_CONTROL_SWITCH:
        case TIDE_CONTROL_BUDGET:
          tide_family_change (&self->family, &command, now_ns);
          break;
        }
    }
}

/* After a SIGCHLD, which may also tell that it was stopped.  */
static void
look_for_end (TideLoop *self)
{
  struct signalfd_siginfo ignored[4];
  siginfo_t info = { 0 };

  /* The descriptor of a process that is no child of ours says but one thing.  */
  if (self->options->join)
    {
      self->ended = true;
      return;
    }
  while (read (self->child_fd, ignored, sizeof ignored) > 0)
    ;
  /* It stays a zombie, so that /proc can still be read and its number is nobody else's.  */
  self->ended =
      waitid (P_PID, (id_t)self->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == self->pid;
}

static void
wait_for_something (TideLoop *self, int64_t now_ns)
{
  enum
  {
    CHILD,
    BELL,
    CONTROL,
    OUTLET,
    PUMP,
    MEMBERS = PUMP + 2
  };
  int n_ready;
  bool measuring = is_measuring (self);
  bool pending = measuring && !self->waits && tide_outlet_get_pending (&self->outlet) > 0;
  int64_t next_ns = tide_family_get_next_tick (&self->family);
  int64_t sleep_ns = next_ns > now_ns ? next_ns - now_ns : 0;
  int64_t longest_ns = self->ended ? LONGEST_AT_END_NS : LONGEST_NS;
  struct timespec timeout;
  nfds_t n = MEMBERS;
  struct pollfd p[MEMBERS + TIDE_FAMILY_MAX] = {
    [CHILD] = { .fd = self->child_fd, .events = POLLIN },
    [BELL] = { .fd = measuring ? self->bell.fd : -1, .events = POLLIN },
    [CONTROL] = { .fd = measuring ? self->control.fd : -1, .events = POLLIN },
    /* Without a request it still tells that the reader is gone.  */
    [OUTLET] = { .fd = self->outlet.fd, .events = pending ? POLLOUT : 0 },
    [PUMP] = { .fd = self->pump.master[0], .events = POLLIN },
    [PUMP + 1] = { .fd = self->pump.master[1], .events = POLLIN },
  };

  if (sleep_ns > longest_ns)
    sleep_ns = longest_ns;
  timeout = (struct timespec){ sleep_ns / 1000000000, sleep_ns % 1000000000 };
  if (measuring)
    n += tide_family_get_polls (&self->family, &p[MEMBERS]);
  n_ready = ppoll (p, n, measuring ? &timeout : NULL, &self->waiting);
  if (n_ready < 0)
    tide_family_hurry (&self->family);
  if (n_ready <= 0)
    return;
  now_ns = tide_loop_now ();
  if (p[CHILD].revents != 0)
    look_for_end (self);
  if (p[BELL].revents != 0)
    {
      tide_bell_clear (&self->bell);
      tide_family_hurry (&self->family);
    }
  if ((p[PUMP].revents | p[PUMP + 1].revents) != 0)
    pump (self, now_ns);
  if (p[CONTROL].revents != 0)
    obey (self, now_ns);
  if (p[OUTLET].revents & (POLLERR | POLLNVAL))
    tide_outlet_close (&self->outlet);
}

/* Looks at everybody whose time has come, and sends what there is.  */
static void
work (TideLoop *self)
{
  int64_t now_ns = tide_loop_now ();

  if (is_measuring (self))
    {
      bool often;

      tide_family_look_for_ends (&self->family, now_ns);
      tide_family_welcome (&self->family, now_ns);
      often = tide_family_tick (&self->family, now_ns);
      tide_broker_look (&self->broker, self->options, tide_family_get_target (&self->family), now_ns);
      tide_bell_set_idle (&self->bell, !often);
    }
  self->waits = is_measuring (self)
                && tide_outlet_can_wait (&self->outlet, now_ns, tide_family_get_next_tick (&self->family));
  if (tide_outlet_is_open (&self->outlet) && !self->waits)
    tide_outlet_flush (&self->outlet, now_ns);
  if (!tide_outlet_is_open (&self->outlet) && !self->detached)
    let_go (self);
  wait_for_something (self, now_ns);
}

/* Of a process that is no child of ours.  */
static void
finish_joined (TideLoop *self)
{
  TideMeasured *target = tide_family_get_target (&self->family);
  int64_t now_ns = tide_loop_now ();
  int status;

  if (!is_measuring (self))
    return;
  tide_measured_put_rest (target, now_ns);
  if (tide_pidfd_get_status (self->child_fd, &status))
    tide_family_end_target (&self->family, now_ns, status, 0);
  else
    tide_measured_put_bye (target, now_ns, TIDE_END_UNKNOWN, 0, 0);
  tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
}

/* Its last words, how it ended, and the status that says so.  */
static int
finish (TideLoop *self)
{
  TideMeasured *target = tide_family_get_target (&self->family);
  int64_t now_ns = tide_loop_now ();
  TideProcStat stat = { 0 };
  struct rusage usage;
  uint64_t peak;
  int status = 0;

  tide_pump_drain (&self->pump, &target->stream, now_ns);
  if (is_measuring (self))
    {
      tide_family_welcome (&self->family, now_ns);
      if (!target->over && tide_measured_is_executing (target))
        tide_measured_put_replaced (target, now_ns);
      if (!target->over)
        tide_measured_put_rest (target, now_ns);
    }
  tide_procfs_read_stat (&target->procfs, &stat);
  while (wait4 (self->pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  /* The kernel's peak is also that of children that were waited for, if there were any.  */
  peak = stat.child_faults == 0 ? (uint64_t)usage.ru_maxrss << 10 : 0;
  if (is_measuring (self))
    tide_family_end_target (&self->family, now_ns, status, peak);
  return WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status);
}

/* So long after the target's end.  */
static bool
waits_for_children (TideLoop *self, int64_t now_ns, int64_t since_end_ns)
{
  /* Asked first: who has come since then is welcomed here.  */
  bool coming = tide_family_awaits_children (&self->family);

  tide_family_welcome (&self->family, now_ns);
  return (coming && since_end_ns < COMING_NS)
         || (tide_family_has_children (&self->family) && since_end_ns < GRACE_NS);
}

/* The target is gone.  Who goes with it does so now; others go on without us.  */
static void
part (TideLoop *self)
{
  int64_t end_ns = tide_loop_now (), now_ns = end_ns;

  for (; is_measuring (self) && waits_for_children (self, now_ns, now_ns - end_ns); now_ns = tide_loop_now ())
    work (self);
  if (!is_measuring (self))
    return;
  tide_family_let_go (&self->family);
  tide_family_put_detached (&self->family, tide_loop_now ());
  tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
}

int
tide_loop_run (TideLoop *self)
{
  int status;

  tide_alarm_prepare (&self->waiting);
  while (!self->ended && !(self->options->join && self->detached))
    work (self);
  if (self->options->join)
    {
      finish_joined (self);
      return 0;
    }
  status = finish (self);
  part (self);
  return status;
}
