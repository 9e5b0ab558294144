#include "tide-wish.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long an agent may take that is not woken: a busy program looks sooner.  */
#define PATIENCE_NS 5000000
#define BETWEEN_NS 1000000000
#define MAX_SENT 5
/* When the person is told that it takes its time.  */
#define LATE_NS 2000000000

void
tide_wish_init (TideWish *self, TideRegion *region, TideProcfs *procfs, uint32_t wanted)
{
  *self = (TideWish){ .region = region, .procfs = procfs, .wanted = wanted & TIDE_INSTRUMENTS_OF_AGENT };
}

uint32_t
tide_wish_change (TideWish *self, const TideSwitch *wish, int64_t now_ns)
{
  self->wanted = ((self->wanted & ~wish->off) | wish->on) & TIDE_INSTRUMENTS_OF_AGENT;
  if (wish->parts & TIDE_SWITCH_TRIGGER)
    atomic_store (&self->region->trigger_bytes, wish->trigger_bytes);
  if (wish->parts & TIDE_SWITCH_SAMPLE)
    atomic_store (&self->region->sample_bytes, wish->sample_bytes);
  atomic_store (&self->region->wanted, self->wanted);
  atomic_fetch_add (&self->region->wish, 1);
  self->since_ns = now_ns;
  self->next_ns = now_ns + PATIENCE_NS;
  self->n_sent = 0;
  self->told = false;
  return self->wanted;
}

void
tide_wish_set_budget (TideWish *self, uint32_t thousandths)
{
  atomic_store (&self->region->budget, thousandths);
}

bool
tide_wish_asked (TideWish *self, TideSwitch *wish)
{
  TideRegionRequest *request = &self->region->request;
  uint32_t number = atomic_load_explicit (&request->number, memory_order_acquire);

  if (number == self->seen)
    return false;
  *wish = (TideSwitch){ .on = request->on,
                        .off = request->off,
                        .parts = request->parts,
                        .trigger_bytes = request->trigger_bytes,
                        .sample_bytes = request->sample_bytes };
  self->seen = number;
  return true;
}

void
tide_wish_granted (TideWish *self)
{
  atomic_store_explicit (&self->region->request.taken, self->seen, memory_order_release);
}

bool
tide_wish_is_done (const TideWish *self)
{
  return atomic_load (&self->region->wish) == atomic_load (&self->region->wish_done);
}

static bool
can_be_woken (TideWish *self)
{
  return atomic_load (&self->region->wake_signal) == SIGURG
         && tide_procfs_takes_signal (self->procfs, SIGURG);
}

static bool
wake (TideWish *self)
{
  return can_be_woken (self) && syscall (SYS_tgkill, self->procfs->pid, self->procfs->pid, SIGURG) == 0;
}

void
tide_wish_wake (TideWish *self)
{
  if (atomic_load (&self->region->agent_state) == TIDE_AGENT_READY)
    wake (self);
}

void
tide_wish_follow (TideWish *self, TideStream *stream, int64_t now_ns)
{
  if (self->since_ns == 0 || atomic_load (&self->region->agent_state) != TIDE_AGENT_READY)
    return;
  if (tide_wish_is_done (self))
    {
      self->since_ns = 0;
      return;
    }
  if (now_ns >= self->next_ns && self->n_sent < MAX_SENT && wake (self))
    {
      self->n_sent++;
      self->next_ns = now_ns + BETWEEN_NS;
    }
  if (!self->told && now_ns - self->since_ns >= LATE_NS)
    {
      self->told = true;
      tide_stream_put_message (stream, now_ns, TIDE_SEVERITY_NOTE,
                               "The program is busy with other things: the change of instruments takes "
                               "effect as soon as it runs Python code or takes memory.");
    }
}
