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
#define MOVING_NS 1000000000
#define SAMPLE_NS 100000000
#define STATUS_NS 1000000000
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

/* Nobody looks any more: the agent gives everything back as it was.  */
static void
let_go (TideLoop *self)
{
  atomic_store (&self->shared.region->stop, 1);
  self->detached = true;
}

static void
put_overhead (TideLoop *self, int64_t now_ns)
{
  TideOverhead overhead = { 0 };
  struct timespec own;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &own);
  overhead.helper_ns = (uint64_t)own.tv_sec * 1000000000u + (uint64_t)own.tv_nsec;
  overhead.agent_ns = atomic_load_explicit (&self->shared.region->hook_ns, memory_order_relaxed);
  overhead.agent_bytes = self->shared.region->agent_bytes;
  if (!tide_procfs_read_cpu (&self->procfs, &overhead.target_cpu_ns))
    return;
  overhead.time_ns = tide_outlet_stamp (&self->outlet, now_ns);
  tide_put_overhead (&self->outlet.buffer, 0, &overhead);
}

/* A SAMPLE of the RSS that was seen last.  FULL: with what is read from more of /proc.  */
static void
put_sample (TideLoop *self, int64_t now_ns, bool full)
{
  TideSample sample = { .rss_pages = self->rss_pages };
  TideProcStat stat;

  if (full && tide_procfs_read_stat (&self->procfs, &stat))
    {
      sample.parts = TIDE_SAMPLE_SWAP | TIDE_SAMPLE_FAULTS | TIDE_SAMPLE_CPU | TIDE_SAMPLE_THREADS;
      sample.swap_pages = self->swap_pages;
      sample.minor_faults = stat.minor_faults;
      sample.major_faults = stat.major_faults;
      sample.user_ns = stat.user_ns;
      sample.system_ns = stat.system_ns;
      sample.n_threads = stat.n_threads;
    }
  sample.time_ns = tide_outlet_stamp (&self->outlet, now_ns);
  tide_outlet_put_sample (&self->outlet, &sample);
}

static void
read_status (TideLoop *self)
{
  uint64_t swap, peak;

  if (!tide_procfs_read_status (&self->procfs, &swap, &peak))
    return;
  self->swap_pages = swap / self->page_size;
  if (peak > self->peak_bytes)
    self->peak_bytes = peak;
}

static void
tick (TideLoop *self, int64_t now_ns)
{
  uint64_t pages;
  bool full;

  tide_account_follow (&self->account, now_ns);
  tide_account_drain (&self->account, now_ns);
  if (self->suspended || !tide_account_charge (&self->account, now_ns, &pages))
    return;
  if (now_ns - self->status_ns >= STATUS_NS)
    {
      if (self->status_ns != 0)
        put_overhead (self, now_ns);
      self->status_ns = now_ns;
      read_status (self);
    }
  full = now_ns - self->sample_ns >= SAMPLE_NS;
  if (pages != self->rss_pages || full)
    {
      if (pages != self->rss_pages)
        self->moved_ns = now_ns;
      self->rss_pages = pages;
      if (pages > self->top_pages)
        self->top_pages = pages;
      if (full)
        self->sample_ns = now_ns;
      put_sample (self, now_ns, full);
    }
  if (tide_outlet_has_room (&self->outlet))
    tide_outlet_put_lost (&self->outlet, now_ns);
}

static void
suspend (TideLoop *self, bool on, int64_t now_ns)
{
  TidePause pause = { .paused = on };

  if (on == self->suspended)
    return;
  /* What was before a pause is charged before it, and what was in it before anybody else looks.  */
  if (on)
    tick (self, now_ns);
  else
    tide_account_charge_pause (&self->account, now_ns);
  self->suspended = on;
  atomic_store (&self->shared.region->suspend, on ? 1 : 0);
  pause.time_ns = tide_outlet_stamp (&self->outlet, now_ns);
  tide_put_pause (&self->outlet.buffer, 0, &pause);
}

static void
detach (TideLoop *self, int64_t now_ns)
{
  TideBye bye = { .kind = TIDE_END_DETACHED };

  let_go (self);
  /* The agent lets go at its next look; one that has nothing to look at is not waited for long.  */
  for (int i = 0; i < DETACH_ROUNDS && atomic_load (&self->shared.region->agent_state) == TIDE_AGENT_READY;
       i++)
    {
      tide_pump_run (&self->pump, &self->outlet, now_ns);
      breathe (DETACH_ROUND_NS);
    }
  now_ns = tide_loop_now ();
  tide_account_follow (&self->account, now_ns);
  tide_account_drain (&self->account, now_ns);
  read_status (self);
  bye.peak_rss_bytes = self->peak_bytes;
  put_overhead (self, now_ns);
  bye.time_ns = tide_outlet_stamp (&self->outlet, now_ns);
  tide_put_bye (&self->outlet.buffer, 0, &bye);
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
          suspend (self, command.kind == TIDE_CONTROL_SUSPEND, now_ns);
          break;
        case TIDE_CONTROL_DETACH:
          detach (self, now_ns);
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
  int64_t sleep_ns = self->next_tick_ns > now_ns ? self->next_tick_ns - now_ns : 0;
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
      /* A target that rings without end gets no more looks than one that moves.  */
      if (self->next_tick_ns > self->tick_ns + self->options->interval_ns)
        self->next_tick_ns = self->tick_ns + self->options->interval_ns;
    }
  if ((p[PUMP].revents | p[PUMP + 1].revents) != 0)
    tide_pump_run (&self->pump, &self->outlet, now_ns);
  if (p[CONTROL].revents != 0)
    obey (self, now_ns);
  if (p[OUTLET].revents & (POLLERR | POLLNVAL))
    tide_outlet_close (&self->outlet);
}

/* Its last words, how it ended, and the status that says so.  */
static int
finish (TideLoop *self)
{
  int64_t now_ns = tide_loop_now ();
  TideBye bye = { 0 };
  TideProcStat stat = { 0 };
  struct rusage usage;
  uint64_t peak;
  int status = 0;

  tide_pump_drain (&self->pump, &self->outlet, now_ns);
  if (is_measuring (self))
    {
      uint64_t accounted = tide_account_end (&self->account, now_ns);

      if (accounted > 0)
        self->rss_pages = accounted;
      if (!self->suspended && self->rss_pages > 0)
        put_sample (self, now_ns, true);
      put_overhead (self, now_ns);
    }
  tide_procfs_read_stat (&self->procfs, &stat);
  while (wait4 (self->pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  /* The kernel's peak is also that of children that were waited for, if there were any.  */
  peak = stat.child_faults == 0 ? (uint64_t)usage.ru_maxrss << 10 : self->peak_bytes;
  if (self->top_pages * self->page_size > peak)
    peak = self->top_pages * self->page_size;
  bye.peak_rss_bytes = peak;
  bye.kind = WIFSIGNALED (status) ? TIDE_END_SIGNALLED : TIDE_END_EXITED;
  bye.value = (uint32_t)(WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
  if (is_measuring (self))
    {
      tide_outlet_put_lost (&self->outlet, now_ns);
      bye.time_ns = tide_outlet_stamp (&self->outlet, now_ns);
      tide_put_bye (&self->outlet.buffer, 0, &bye);
      tide_outlet_drain (&self->outlet, LAST_FLUSH_MS);
    }
  return WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status);
}

int
tide_loop_run (TideLoop *self)
{
  self->moved_ns = self->next_tick_ns = tide_loop_now ();
  while (!self->ended)
    {
      int64_t now_ns = tide_loop_now ();

      if (is_measuring (self) && now_ns >= self->next_tick_ns)
        {
          bool moving;

          tick (self, now_ns);
          self->tick_ns = now_ns;
          moving = now_ns - self->moved_ns < MOVING_NS && !self->suspended;
          self->next_tick_ns = now_ns + (moving ? self->options->interval_ns : IDLE_NS);
          tide_bell_set_idle (&self->bell, !moving);
        }
      if (tide_outlet_is_open (&self->outlet))
        tide_outlet_flush (&self->outlet);
      if (!tide_outlet_is_open (&self->outlet) && !self->detached)
        let_go (self);
      wait_for_something (self, now_ns);
    }
  return finish (self);
}
