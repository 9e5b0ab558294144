#include "tide-measured.h"

#include "tide-clock.h"
#include "tide-pace.h"
#include "tide-pidfd.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MOVING_NS 1000000000
#define CROWDED_NS 250000
#define LONGEST_MOVING_NS 10000000
#define SAMPLE_NS 100000000
#define STATUS_NS 1000000000

static void
take_areas (TideMeasured *self)
{
  if (self->shared.areas[TIDE_AREA_CALLS].memory != NULL)
    tide_calls_drain_set_area (&self->calls, self->shared.areas[TIDE_AREA_CALLS].memory);
  tide_sites_drain_set_area (&self->sites, self->shared.areas[TIDE_AREA_SITES].memory);
}

void
tide_measured_start (
    TideMeasured *self, pid_t pid, TideShared *shared, uint32_t instruments, bool use_agent, int64_t now_ns)
{
  self->pid = pid;
  self->pidfd = -1;
  self->shared = *shared;
  *shared = (TideShared){ .fd = -1 };
  self->page_size = (uint64_t)sysconf (_SC_PAGESIZE);
  self->moved_ns = self->next_tick_ns = now_ns;
  tide_procfs_init (&self->procfs, pid);
  tide_alarm_init (&self->alarm, pid);
  tide_account_init (&self->account, &self->stream, self->shared.region, &self->procfs, instruments,
                     use_agent, now_ns);
  tide_wish_init (&self->wish, self->shared.region, &self->procfs, instruments);
  tide_calls_drain_init (&self->calls, &self->stream, &self->account.intern, &self->account.codes,
                         (uint32_t)pid);
  tide_sites_drain_init (&self->sites, &self->stream, &self->account.codes);
  /* Of a process that is gone already all is there.  */
  take_areas (self);
}

void
tide_measured_finish (TideMeasured *self)
{
  tide_sites_drain_finish (&self->sites);
  tide_calls_drain_finish (&self->calls);
  if (self->pidfd >= 0)
    close (self->pidfd);
  tide_account_finish (&self->account);
  tide_alarm_finish (&self->alarm);
  tide_procfs_finish (&self->procfs);
  tide_shared_finish (&self->shared);
}

bool
tide_measured_watch (TideMeasured *self, int64_t at_ns)
{
  TideProcStat before, after;
  /* In this order: what passes between the two makes the moment later, never too early.  */
  int64_t now_ns = (int64_t)tide_clock_ns (CLOCK_MONOTONIC);

  at_ns += (int64_t)tide_clock_ns (CLOCK_BOOTTIME) - now_ns;
  if (!tide_procfs_read_stat (&self->procfs, &before) || (int64_t)before.start_ns > at_ns)
    {
      tide_procfs_finish (&self->procfs);
      return false;
    }
  self->pidfd = tide_pidfd_open (self->pid);
  /* Still there, so the number is its own.  */
  if (self->pidfd >= 0 && !tide_procfs_read_stat (&self->procfs, &after))
    {
      close (self->pidfd);
      self->pidfd = -1;
    }
  return true;
}

bool
tide_measured_has_ended (TideMeasured *self)
{
  struct pollfd p = { .fd = self->pidfd, .events = POLLIN };
  TideProcStat stat;

  if (self->pidfd >= 0)
    return poll (&p, 1, 0) > 0;
  return !tide_procfs_read_stat (&self->procfs, &stat) || stat.state == 'Z' || stat.state == 'X';
}

bool
tide_measured_get_status (TideMeasured *self, int *status)
{
  /* The one knows it of those that were waited for, the other of those that were not: it may become so in
   * between.  */
  return tide_pidfd_get_status (self->pidfd, status) || tide_procfs_read_end (&self->procfs, status)
         || tide_pidfd_get_status (self->pidfd, status);
}

static void
put_overhead (TideMeasured *self, int64_t now_ns)
{
  TideOverhead overhead = { 0 };

  overhead.helper_ns = tide_clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  overhead.agent_ns = tide_shared_get_costs (&self->shared, overhead.cost_ns);
  overhead.n_costs = TIDE_N_INSTRUMENTS;
  overhead.agent_bytes = self->shared.region->agent_bytes;
  if (!tide_procfs_read_cpu (&self->procfs, &overhead.target_cpu_ns))
    return;
  overhead.time_ns = tide_stream_stamp (&self->stream, now_ns);
  tide_put_overhead (tide_stream_get_buffer (&self->stream), self->stream.number, &overhead);
}

/* A SAMPLE of the RSS that was seen last.  FULL: with what is read from more of /proc.  */
static void
put_sample (TideMeasured *self, int64_t now_ns, bool full)
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
  sample.time_ns = tide_stream_stamp (&self->stream, now_ns);
  tide_stream_put_sample (&self->stream, &sample);
}

static void
read_status (TideMeasured *self)
{
  uint64_t swap, peak;

  if (!tide_procfs_read_status (&self->procfs, &swap, &peak))
    return;
  self->swap_pages = swap / self->page_size;
  if (peak > self->peak_bytes)
    self->peak_bytes = peak;
}

/* All that the agent writes is drained here, at each tick.  */
static void
drain (TideMeasured *self, int64_t now_ns)
{
  take_areas (self);
  tide_account_follow (&self->account, now_ns);
  tide_calls_drain_mark (&self->calls);
  if (tide_account_drain (&self->account, now_ns))
    tide_calls_drain_run (&self->calls, now_ns);
  tide_sites_drain_run (&self->sites, now_ns);
}

void
tide_measured_switch (TideMeasured *self, const TideSwitch *wish, int64_t now_ns)
{
  tide_shared_prepare (&self->shared, wish->on);
  tide_account_want (&self->account, tide_wish_change (&self->wish, wish, now_ns), wish->on, now_ns);
}

static void
follow_wishes (TideMeasured *self, int64_t now_ns)
{
  TideSwitch asked;

  if (tide_wish_asked (&self->wish, &asked))
    {
      /* What came about since the last look is told before it may be undone.  */
      tide_account_follow (&self->account, now_ns);
      tide_measured_switch (self, &asked, now_ns);
      tide_wish_granted (&self->wish);
    }
  if (tide_mail_asks (&self->account.mail))
    tide_wish_change (&self->wish, &(TideSwitch){ 0 }, now_ns);
  tide_wish_follow (&self->wish, &self->stream, now_ns);
}

/* Measuring that takes more than it may is made cheaper, and the person is told.  */
static void
keep_to_budget (TideMeasured *self, int64_t now_ns)
{
  TideRegion *region = self->shared.region;
  uint64_t cpu_ns, costs[TIDE_N_INSTRUMENTS];
  TideSwitch wish;
  const char *sentence;

  if (atomic_load_explicit (&region->budget, memory_order_relaxed) == 0)
    return;
  /* What is not done yet has no effect yet.  */
  if (!tide_wish_is_done (&self->wish))
    {
      self->budget = (TideBudget){ 0 };
      return;
    }
  tide_shared_get_costs (&self->shared, costs);
  if (!tide_budget_is_due (&self->budget, region, self->wish.wanted, costs, now_ns)
      || !tide_procfs_read_cpu (&self->procfs, &cpu_ns))
    return;
  sentence = tide_budget_look (&self->budget, region, self->wish.wanted, costs, cpu_ns, now_ns, &wish);
  if (sentence == NULL)
    return;
  tide_stream_put_message (&self->stream, now_ns, TIDE_SEVERITY_WARNING, sentence);
  if (wish.on | wish.off | wish.parts)
    tide_measured_switch (self, &wish, now_ns);
}

void
tide_measured_tick (TideMeasured *self, int64_t now_ns)
{
  uint64_t pages;
  bool full;

  self->tick_ns = now_ns;
  follow_wishes (self, now_ns);
  drain (self, now_ns);
  tide_interpreters_follow (&self->interpreters, self->shared.region, &self->stream, now_ns, false);
  if (self->suspended || !tide_account_charge (&self->account, now_ns, &pages))
    {
      self->replaced = self->account.gone;
      return;
    }
  tide_calls_drain_notice (&self->calls, pages);
  if (now_ns - self->status_ns >= STATUS_NS)
    {
      if (self->status_ns != 0)
        put_overhead (self, now_ns);
      self->status_ns = now_ns;
      read_status (self);
    }
  keep_to_budget (self, now_ns);
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
  if (tide_outlet_has_room (self->stream.outlet))
    tide_stream_put_lost (&self->stream, now_ns);
}

bool
tide_measured_is_moving (const TideMeasured *self, int64_t now_ns)
{
  return !self->suspended
         && (now_ns - self->moved_ns < MOVING_NS || tide_calls_drain_is_busy (&self->calls, now_ns));
}

int64_t
tide_measured_get_interval (const TideMeasured *self, int64_t now_ns, int64_t interval_ns, bool may_rest)
{
  if (tide_calls_drain_is_crowded (&self->calls) && interval_ns >= CROWDED_NS)
    return CROWDED_NS;
  if (!may_rest || !tide_account_is_signalled (&self->account)
      || tide_calls_drain_is_busy (&self->calls, now_ns) || !tide_wish_is_done (&self->wish))
    return interval_ns;
  return tide_pace_get_wait (now_ns - self->moved_ns, interval_ns, LONGEST_MOVING_NS, true);
}

int64_t
tide_measured_get_idle_interval (TideMeasured *self, int64_t now_ns, int64_t idle_ns)
{
  int64_t sample_ns = self->sample_ns + SAMPLE_NS - now_ns;
  int64_t wait_ns = tide_pace_get_wait (now_ns - self->moved_ns, idle_ns, 2 * idle_ns,
                                        tide_account_is_signalled (&self->account));

  /* Wishes are followed at each tick.  */
  if (!tide_wish_is_done (&self->wish))
    return idle_ns;
  if (sample_ns <= wait_ns || !tide_alarm_look (&self->alarm))
    return wait_ns;
  return sample_ns;
}

void
tide_measured_suspend (TideMeasured *self, bool on, int64_t now_ns)
{
  TidePause pause = { .paused = on };

  if (on == self->suspended)
    return;
  /* What was before a pause is charged before it, and what was in it before anybody else looks.  */
  if (on)
    tide_measured_tick (self, now_ns);
  else
    tide_account_charge_pause (&self->account, now_ns);
  self->suspended = on;
  atomic_store (&self->shared.region->suspend, on ? 1 : 0);
  pause.time_ns = tide_stream_stamp (&self->stream, now_ns);
  tide_put_pause (tide_stream_get_buffer (&self->stream), self->stream.number, &pause);
}

void
tide_measured_let_go (TideMeasured *self)
{
  atomic_store (&self->shared.region->stop, 1);
  tide_wish_wake (&self->wish);
}

bool
tide_measured_has_let_go (const TideMeasured *self)
{
  return atomic_load (&self->shared.region->agent_state) != TIDE_AGENT_READY;
}

void
tide_measured_put_detached (TideMeasured *self, int64_t now_ns)
{
  drain (self, now_ns);
  tide_sites_drain_end (&self->sites, now_ns);
  read_status (self);
  put_overhead (self, now_ns);
  tide_measured_put_bye (self, now_ns, TIDE_END_DETACHED, 0, self->peak_bytes);
}

/* Its own events say what was between the looks, each at its time; of one that was gone before it was looked
 * at, they are all there is.  */
static void
put_last_sample (TideMeasured *self, int64_t now_ns)
{
  if (self->suspended)
    return;
  if (self->top_pages < self->account.top_pages)
    self->top_pages = self->account.top_pages;
  if (self->rss_pages == 0)
    self->rss_pages = self->account.top_pages;
  if (self->rss_pages > 0)
    put_sample (self, now_ns, true);
}

/* The process writes no more there.  Gives the pages that were accounted for.  */
static uint64_t
drain_last (TideMeasured *self, int64_t now_ns)
{
  uint64_t accounted = tide_account_end (&self->account, now_ns);

  tide_calls_drain_end (&self->calls, now_ns);
  tide_sites_drain_end (&self->sites, now_ns);
  return accounted;
}

void
tide_measured_put_rest (TideMeasured *self, int64_t now_ns)
{
  uint64_t accounted = drain_last (self, now_ns);

  if (accounted > 0)
    self->rss_pages = accounted;
  put_last_sample (self, now_ns);
  put_overhead (self, now_ns);
}

bool
tide_measured_is_executing (const TideMeasured *self)
{
  return self->shared.region != NULL && atomic_load (&self->shared.region->executing) != 0;
}

void
tide_measured_put_replaced (TideMeasured *self, int64_t now_ns)
{
  drain_last (self, now_ns);
  put_last_sample (self, now_ns);
  tide_measured_put_bye (self, now_ns, TIDE_END_EXECUTED, 0, 0);
}

void
tide_measured_put_bye (
    TideMeasured *self, int64_t now_ns, TideEndKind kind, uint32_t value, uint64_t peak_bytes)
{
  TideBye bye = { .kind = kind, .value = value, .peak_rss_bytes = peak_bytes };

  tide_interpreters_follow (&self->interpreters, self->shared.region, &self->stream, now_ns, true);
  if (bye.peak_rss_bytes < self->peak_bytes)
    bye.peak_rss_bytes = self->peak_bytes;
  if (bye.peak_rss_bytes < self->top_pages * self->page_size)
    bye.peak_rss_bytes = self->top_pages * self->page_size;
  self->over = true;
  tide_stream_put_lost (&self->stream, now_ns);
  bye.time_ns = tide_stream_stamp (&self->stream, now_ns);
  tide_put_bye (tide_stream_get_buffer (&self->stream), self->stream.number, &bye);
}
