#include "tide-family.h"

#include "tide-hello.h"
#include "tide-pidfd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define IDLE_NS 10000000
/* So many processes that are looked at each interval are no burden; with more, each is looked at less often.
 */
#define EASY 16
/* Regions on offer: for those that come before we look again.  */
#define OFFERS 48

bool
tide_family_init (TideFamily *self, TideOutlet *outlet, uint32_t instruments, int64_t interval_ns)
{
  self->outlet = outlet;
  self->instruments = instruments;
  self->interval_ns = interval_ns;
  tide_children_init (&self->children);
  self->members[0] = calloc (1, sizeof *self->members[0]);
  if (self->members[0] == NULL)
    return false;
  self->n_members = self->n_streams = 1;
  tide_stream_init (&self->members[0]->stream, outlet, 0);
  return true;
}

static void
forget (TideFamily *self, uint32_t which)
{
  tide_measured_finish (self->members[which]);
  free (self->members[which]);
  self->members[which] = self->members[--self->n_members];
}

void
tide_family_finish (TideFamily *self)
{
  while (self->n_members > 1)
    forget (self, 1);
  tide_children_finish (&self->children);
}

TideMeasured *
tide_family_get_target (TideFamily *self)
{
  return self->members[0];
}

static bool
is_there (const TideMeasured *process)
{
  return !process->over;
}

static void
end (TideMeasured *process, int64_t now_ns, bool known, int status)
{
  if (tide_measured_is_executing (process))
    {
      tide_measured_put_replaced (process, now_ns);
      return;
    }
  tide_measured_put_rest (process, now_ns);
  if (!known)
    tide_measured_put_bye (process, now_ns, TIDE_END_UNKNOWN, 0, 0);
  else if (WIFSIGNALED (status))
    tide_measured_put_bye (process, now_ns, TIDE_END_SIGNALLED, (uint32_t)WTERMSIG (status), 0);
  else
    tide_measured_put_bye (process, now_ns, TIDE_END_EXITED, (uint32_t)WEXITSTATUS (status), 0);
}

void
tide_family_look_for_ends (TideFamily *self, int64_t now_ns)
{
  for (uint32_t i = self->n_members; i-- > 1;)
    {
      TideMeasured *process = self->members[i];
      int status = 0;
      bool known;

      if (is_there (process))
        {
          if (!tide_measured_has_ended (process))
            continue;
          known = tide_measured_get_status (process, &status);
          end (process, now_ns, known, status);
        }
      forget (self, i);
    }
}

/* CLOCK_MONOTONIC of a CLOCK_BOOTTIME.  */
static int64_t
from_boot_time (uint64_t boot_ns)
{
  struct timespec boot, now;

  clock_gettime (CLOCK_BOOTTIME, &boot);
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)boot_ns - (int64_t)(boot.tv_sec - now.tv_sec) * 1000000000 - (boot.tv_nsec - now.tv_nsec);
}

static void
put_hello (TideFamily *self, TideMeasured *process, const TideNewcomer *newcomer)
{
  TideHelloFacts facts = { .pid = newcomer->pid,
                           .parent_pid = newcomer->parent_pid,
                           .instruments = self->instruments,
                           .start_ns = newcomer->claim_ns };
  TideProcStat stat;

  /* Clock ticks are coarse: it was there before it took its region, and not before time 0.  */
  if (tide_procfs_read_stat (&process->procfs, &stat))
    facts.start_ns = from_boot_time (stat.start_ns);
  if (facts.start_ns > newcomer->claim_ns)
    facts.start_ns = newcomer->claim_ns;
  if (facts.start_ns < self->outlet->clock_base_ns)
    facts.start_ns = self->outlet->clock_base_ns;
  tide_hello_put_running (&process->stream, &facts);
}

/* A program that became another one in the same process.  */
static void
end_former (TideFamily *self, uint32_t pid, int64_t now_ns)
{
  for (uint32_t i = 0; i < self->n_members; i++)
    if (self->members[i]->pid == (pid_t)pid && is_there (self->members[i]))
      tide_measured_put_replaced (self->members[i], now_ns);
}

static void
add (TideFamily *self, TideNewcomer *newcomer, int64_t now_ns)
{
  TideMeasured *process = calloc (1, sizeof *process);
  struct timespec now;
  int64_t latest_ns;

  if (process == NULL)
    {
      tide_shared_finish (&newcomer->shared);
      self->n_missed++;
      return;
    }
  /* What stands on the board is only believed where it can be.  It may be younger than this look.  */
  clock_gettime (CLOCK_MONOTONIC, &now);
  latest_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  if (newcomer->claim_ns > latest_ns)
    newcomer->claim_ns = latest_ns;
  if (newcomer->claim_ns < self->outlet->clock_base_ns)
    newcomer->claim_ns = self->outlet->clock_base_ns;
  end_former (self, newcomer->pid, now_ns);
  tide_stream_init (&process->stream, self->outlet, (uint16_t)self->n_streams++);
  tide_measured_start (process, (pid_t)newcomer->pid, &newcomer->shared, self->children.wanted, true,
                       newcomer->claim_ns);
  /* The number may be another's by now.  */
  if (!tide_measured_watch (process, newcomer->claim_ns))
    process->pid = 0;
  put_hello (self, process, newcomer);
  tide_stream_put_instrument (&process->stream, newcomer->claim_ns, TIDE_INSTRUMENT_SAMPLER, TIDE_STATE_ON,
                              self->unit_bytes, NULL);
  if (self->children.suspended)
    tide_measured_suspend (process, true, now_ns);
  self->members[self->n_members++] = process;
}

static void
tell_missed (TideFamily *self, int64_t now_ns)
{
  uint64_t missed = tide_children_take_missed (&self->children);
  char text[160];

  if (missed == 0)
    return;
  self->n_missed += missed;
  snprintf (text, sizeof text,
            "%llu %s could not be followed, %llu so far: too many at a time, or of another user.",
            (unsigned long long)missed, missed == 1 ? "process" : "processes",
            (unsigned long long)self->n_missed);
  tide_stream_put_message (&self->members[0]->stream, now_ns, TIDE_SEVERITY_WARNING, text);
}

void
tide_family_welcome (TideFamily *self, int64_t now_ns)
{
  TideNewcomer newcomer;
  uint32_t room;

  if (self->children.board == NULL)
    return;
  while (self->n_members < TIDE_FAMILY_MAX && self->n_streams < TIDE_WIRE_MAX_STREAMS
         && tide_children_next (&self->children, &newcomer))
    add (self, &newcomer, now_ns);
  room = TIDE_FAMILY_MAX - self->n_members;
  if (room > TIDE_WIRE_MAX_STREAMS - self->n_streams)
    room = TIDE_WIRE_MAX_STREAMS - self->n_streams;
  tide_children_offer (&self->children, room < OFFERS ? room : OFFERS, now_ns);
  tell_missed (self, now_ns);
}

int64_t
tide_family_get_next_tick (const TideFamily *self)
{
  int64_t next_ns = INT64_MAX;

  for (uint32_t i = 0; i < self->n_members; i++)
    if (is_there (self->members[i]) && self->members[i]->next_tick_ns < next_ns)
      next_ns = self->members[i]->next_tick_ns;
  return next_ns;
}

static int64_t
get_interval (const TideFamily *self)
{
  return self->interval_ns * (1 + self->n_members / EASY);
}

/* Who comes while all others sleep is not to wait for a place.  */
static int64_t
get_wait (const TideFamily *self, TideMeasured *process, int64_t now_ns)
{
  int64_t interval_ns = get_interval (self), idle_ns = IDLE_NS * (1 + self->n_members / EASY);
  bool alone = self->children.board == NULL;

  if (tide_measured_is_moving (process, now_ns))
    return tide_measured_get_interval (process, now_ns, interval_ns, alone);
  return alone ? tide_measured_get_idle_interval (process, now_ns, idle_ns) : idle_ns;
}

void
tide_family_hurry (TideFamily *self)
{
  /* Who rings without end gets no more looks than who moves.  */
  for (uint32_t i = 0; i < self->n_members; i++)
    {
      TideMeasured *process = self->members[i];

      if (process->next_tick_ns > process->tick_ns + get_interval (self))
        process->next_tick_ns = process->tick_ns + get_interval (self);
    }
}

bool
tide_family_tick (TideFamily *self, int64_t now_ns)
{
  bool often = false;

  for (uint32_t i = 0; i < self->n_members; i++)
    {
      TideMeasured *process = self->members[i];

      if (!is_there (process))
        continue;
      if (now_ns >= process->next_tick_ns)
        {
          tide_measured_tick (process, now_ns);
          if (process->replaced)
            tide_measured_put_replaced (process, now_ns);
          process->next_tick_ns = now_ns + get_wait (self, process, now_ns);
        }
      often =
          often || (is_there (process) && process->next_tick_ns - process->tick_ns < 2 * get_interval (self));
    }
  return often;
}

uint32_t
tide_family_get_polls (const TideFamily *self, struct pollfd *p)
{
  uint32_t n = 0;

  for (uint32_t i = 1; i < self->n_members; i++)
    if (self->members[i]->pidfd >= 0)
      p[n++] = (struct pollfd){ .fd = self->members[i]->pidfd, .events = POLLIN };
  return n;
}

bool
tide_family_has_children (const TideFamily *self)
{
  return self->n_members > 1;
}

bool
tide_family_awaits_children (const TideFamily *self)
{
  return tide_children_are_coming (&self->children) && self->n_members < TIDE_FAMILY_MAX;
}

void
tide_family_end_target (TideFamily *self, int64_t now_ns, int status, uint64_t peak_bytes)
{
  TideMeasured *target = self->members[0];
  bool signalled = WIFSIGNALED (status);

  if (is_there (target))
    tide_measured_put_bye (target, now_ns, signalled ? TIDE_END_SIGNALLED : TIDE_END_EXITED,
                           (uint32_t)(signalled ? WTERMSIG (status) : WEXITSTATUS (status)), peak_bytes);
  for (uint32_t i = 1; i < self->n_members; i++)
    if (self->members[i]->pid == target->pid && is_there (self->members[i]))
      end (self->members[i], now_ns, true, status);
}

void
tide_family_suspend (TideFamily *self, bool on, int64_t now_ns)
{
  tide_children_set_suspended (&self->children, on);
  for (uint32_t i = 0; i < self->n_members; i++)
    if (is_there (self->members[i]))
      tide_measured_suspend (self->members[i], on, now_ns);
}

void
tide_family_change (TideFamily *self, const TideControlCommand *command, int64_t now_ns)
{
  bool all = command->stream == TIDE_STREAM_ALL;

  if (all && command->kind == TIDE_CONTROL_SWITCH)
    tide_children_switch (&self->children, &command->wish);
  else if (all)
    tide_children_set_budget (&self->children, command->thousandths);
  for (uint32_t i = 0; i < self->n_members; i++)
    {
      TideMeasured *process = self->members[i];

      if (!is_there (process) || (!all && command->stream != process->stream.number))
        continue;
      if (command->kind == TIDE_CONTROL_SWITCH)
        tide_measured_switch (process, &command->wish, now_ns);
      else
        tide_wish_set_budget (&process->wish, command->thousandths);
    }
  /* What is to be done is looked after at once.  */
  tide_family_hurry (self);
}

void
tide_family_let_go (TideFamily *self)
{
  tide_children_close (&self->children);
  for (uint32_t i = 0; i < self->n_members; i++)
    tide_measured_let_go (self->members[i]);
}

bool
tide_family_has_let_go (const TideFamily *self)
{
  for (uint32_t i = 0; i < self->n_members; i++)
    if (is_there (self->members[i]) && !tide_measured_has_let_go (self->members[i]))
      return false;
  return true;
}

void
tide_family_put_detached (TideFamily *self, int64_t now_ns)
{
  for (uint32_t i = 0; i < self->n_members; i++)
    if (is_there (self->members[i]))
      tide_measured_put_detached (self->members[i], now_ns);
}
