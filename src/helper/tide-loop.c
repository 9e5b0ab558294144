#include "tide-loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IDLE_NS 10000000
/* How long a reader that takes nothing is waited for at the end.  */
#define LAST_FLUSH_MS 5000
/* How long the agent is waited for at a detach: 200 ms.  */
#define DETACH_ROUNDS 40
#define DETACH_ROUND_NS 5000000

int64_t
tide_loop_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
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
  for (uint32_t i = 0; i < self->n_processes; i++)
    tide_measured_let_go (self->processes[i]);
  self->detached = true;
}

static bool
have_let_go (const TideLoop *self)
{
  for (uint32_t i = 0; i < self->n_processes; i++)
    if (!tide_measured_has_let_go (self->processes[i]))
      return false;
  return true;
}

static void
pump (TideLoop *self, int64_t now_ns)
{
  tide_pump_run (&self->pump, &self->processes[0]->stream, now_ns);
}

static void
suspend (TideLoop *self, bool on, int64_t now_ns)
{
  for (uint32_t i = 0; i < self->n_processes; i++)
    tide_measured_suspend (self->processes[i], on, now_ns);
}

static void
detach (TideLoop *self, int64_t now_ns)
{
  let_go (self);
  /* The agents let go at their next look; one that has nothing to look at is not waited for long.  */
  for (int i = 0; i < DETACH_ROUNDS && !have_let_go (self); i++)
    {
      pump (self, now_ns);
      breathe (DETACH_ROUND_NS);
    }
  now_ns = tide_loop_now ();
  for (uint32_t i = 0; i < self->n_processes; i++)
    tide_measured_put_detached (self->processes[i], now_ns);
  tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
  tide_outlet_close (&self->outlet);
}

/* Those that COMMAND is meant for.  */
static void
change (TideLoop *self, const TideControlCommand *command, int64_t now_ns)
{
  for (uint32_t i = 0; i < self->n_processes; i++)
    {
      TideMeasured *process = self->processes[i];

      if (command->stream != TIDE_STREAM_ALL && command->stream != process->stream.number)
        continue;
      if (command->kind == TIDE_CONTROL_SWITCH)
        tide_measured_switch (process, &command->wish, now_ns);
      else
        tide_wish_set_budget (&process->wish, command->thousandths);
    }
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
          suspend (self, command.kind == TIDE_CONTROL_SUSPEND, now_ns);
          break;
        case TIDE_CONTROL_DETACH:
          detach (self, now_ns);
          break;
        case TIDE_CONTROL_SWITCH:
        case TIDE_CONTROL_BUDGET:
          change (self, &command, now_ns);
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

  while (read (self->child_fd, ignored, sizeof ignored) > 0)
    ;
  /* It stays a zombie, so that /proc can still be read and its number is nobody else's.  */
  self->ended =
      waitid (P_PID, (id_t)self->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == self->pid;
}

static int64_t
get_next_tick (const TideLoop *self)
{
  int64_t next_ns = INT64_MAX;

  for (uint32_t i = 0; i < self->n_processes; i++)
    if (self->processes[i]->next_tick_ns < next_ns)
      next_ns = self->processes[i]->next_tick_ns;
  return next_ns;
}

/* Somebody rang.  Who rings without end gets no more looks than who moves.  */
static void
hurry (TideLoop *self)
{
  for (uint32_t i = 0; i < self->n_processes; i++)
    {
      TideMeasured *process = self->processes[i];

      if (process->next_tick_ns > process->tick_ns + self->options->interval_ns)
        process->next_tick_ns = process->tick_ns + self->options->interval_ns;
    }
}

/* Looks at those whose time has come.  */
static void
tick (TideLoop *self, int64_t now_ns)
{
  bool idle = true;

  for (uint32_t i = 0; i < self->n_processes; i++)
    {
      TideMeasured *process = self->processes[i];
      bool moving;

      if (now_ns >= process->next_tick_ns)
        {
          tide_measured_tick (process, now_ns);
          moving = tide_measured_is_moving (process, now_ns);
          process->next_tick_ns =
              now_ns + (moving ? tide_measured_get_interval (process, self->options->interval_ns) : IDLE_NS);
        }
      idle = idle && !tide_measured_is_moving (process, now_ns);
    }
  tide_broker_look (&self->broker, self->options, self->processes[0], now_ns);
  tide_bell_set_idle (&self->bell, idle);
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
    PUMP
  };
  bool measuring = is_measuring (self), pending = measuring && tide_outlet_get_pending (&self->outlet) > 0;
  int64_t next_ns = get_next_tick (self), sleep_ns = next_ns > now_ns ? next_ns - now_ns : 0;
  struct timespec timeout = { sleep_ns / 1000000000, sleep_ns % 1000000000 };
  struct pollfd p[] = {
    [CHILD] = { .fd = self->child_fd, .events = POLLIN },
    [BELL] = { .fd = measuring ? self->bell.fd : -1, .events = POLLIN },
    [CONTROL] = { .fd = measuring ? self->control.fd : -1, .events = POLLIN },
    /* Without a request it still tells that the reader is gone.  */
    [OUTLET] = { .fd = self->outlet.fd, .events = pending ? POLLOUT : 0 },
    [PUMP] = { .fd = self->pump.master[0], .events = POLLIN },
    [PUMP + 1] = { .fd = self->pump.master[1], .events = POLLIN },
  };

  if (ppoll (p, sizeof p / sizeof p[0], measuring ? &timeout : NULL, NULL) <= 0)
    return;
  now_ns = tide_loop_now ();
  if (p[CHILD].revents != 0)
    look_for_end (self);
  if (p[BELL].revents != 0)
    {
      tide_bell_clear (&self->bell);
      hurry (self);
    }
  if ((p[PUMP].revents | p[PUMP + 1].revents) != 0)
    pump (self, now_ns);
  if (p[CONTROL].revents != 0)
    obey (self, now_ns);
  if (p[OUTLET].revents & (POLLERR | POLLNVAL))
    tide_outlet_close (&self->outlet);
}

/* Its last words, how it ended, and the status that says so.  */
static int
finish (TideLoop *self)
{
  TideMeasured *target = self->processes[0];
  int64_t now_ns = tide_loop_now ();
  TideProcStat stat = { 0 };
  struct rusage usage;
  uint64_t peak;
  int status = 0;

  tide_pump_drain (&self->pump, &target->stream, now_ns);
  if (is_measuring (self))
    tide_measured_put_rest (target, now_ns);
  tide_procfs_read_stat (&target->procfs, &stat);
  while (wait4 (self->pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  /* The kernel's peak is also that of children that were waited for, if there were any.  */
  peak = stat.child_faults == 0 ? (uint64_t)usage.ru_maxrss << 10 : target->peak_bytes;
  if (target->top_pages * target->page_size > peak)
    peak = target->top_pages * target->page_size;
  if (is_measuring (self))
    {
      tide_measured_put_bye (target, now_ns, WIFSIGNALED (status) ? TIDE_END_SIGNALLED : TIDE_END_EXITED,
                             (uint32_t)(WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status)),
                             peak);
      tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
    }
  return WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status);
}

int
tide_loop_run (TideLoop *self)
{
  while (!self->ended)
    {
      int64_t now_ns = tide_loop_now ();

      if (is_measuring (self))
        tick (self, now_ns);
      if (tide_outlet_is_open (&self->outlet))
        tide_outlet_flush (&self->outlet);
      if (!tide_outlet_is_open (&self->outlet) && !self->detached)
        let_go (self);
      wait_for_something (self, now_ns);
    }
  return finish (self);
}
