#include "tide-children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Between its claim and its joining a process maps a megabyte.  After so long it is looked whether it is
 * there at all, and after so long it is given up.  */
#define LATE_NS 100000000
#define LOST_NS 10000000000

void
tide_children_init (TideChildren *self)
{
  memset (self, 0, sizeof *self);
  self->fd = -1;
  for (int i = 0; i < TIDE_BOARD_SLOTS; i++)
    self->offers[i].shared.fd = -1;
}

bool
tide_children_open (TideChildren *self, const TideOptions *options)
{
  void *memory;

  self->wanted = options->instruments & TIDE_INSTRUMENTS_OF_AGENT;
  self->trigger_bytes = options->trigger_bytes;
  self->sample_bytes = options->sample_bytes;
  self->budget = options->budget;
  self->fd = memfd_create ("pagetide-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (self->fd < 0)
    return false;
  if (ftruncate (self->fd, TIDE_BOARD_SIZE) < 0
      || fcntl (self->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
    return false;
  memory = mmap (NULL, TIDE_BOARD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
  if (memory == MAP_FAILED)
    return false;
  self->board = memory;
  self->board->magic = TIDE_BOARD_MAGIC;
  self->board->version = TIDE_BOARD_VERSION;
  self->board->size = TIDE_BOARD_SIZE;
  self->board->helper_pid = (uint32_t)getpid ();
  return true;
}

void
tide_children_close (TideChildren *self)
{
  if (self->board == NULL)
    return;
  atomic_store (&self->board->closed, 1);
  for (int i = 0; i < TIDE_BOARD_SLOTS; i++)
    tide_shared_finish (&self->offers[i].shared);
}

void
tide_children_finish (TideChildren *self)
{
  tide_children_close (self);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static TideSlotState
get_state (const TideChildren *self, int slot)
{
  return TIDE_SLOT_STATE (atomic_load (&self->board->slots[slot].word));
}

/* With all the memory that its instruments need: a process may be gone before we see that it has come.  */
static void
set_up (TideChildren *self, TideShared *shared)
{
  TideRegion *region = shared->region;

  tide_shared_prepare (shared, self->wanted);
  atomic_store (&region->wanted, self->wanted);
  atomic_store (&region->trigger_bytes, self->trigger_bytes);
  atomic_store (&region->sample_bytes, self->sample_bytes);
  atomic_store (&region->budget, self->budget);
  atomic_store (&region->suspend, self->suspended ? 1 : 0);
}

static void
set_up_all (TideChildren *self)
{
  for (int i = 0; i < TIDE_BOARD_SLOTS; i++)
    if (self->offers[i].shared.region != NULL)
      set_up (self, &self->offers[i].shared);
}

void
tide_children_switch (TideChildren *self, const TideSwitch *wish)
{
  self->wanted = ((self->wanted & ~wish->off) | wish->on) & TIDE_INSTRUMENTS_OF_AGENT;
  if (wish->parts & TIDE_SWITCH_TRIGGER)
    self->trigger_bytes = wish->trigger_bytes;
  if (wish->parts & TIDE_SWITCH_SAMPLE)
    self->sample_bytes = wish->sample_bytes;
  set_up_all (self);
}

void
tide_children_set_budget (TideChildren *self, uint32_t thousandths)
{
  self->budget = thousandths;
  set_up_all (self);
}

void
tide_children_set_suspended (TideChildren *self, bool suspended)
{
  self->suspended = suspended;
  set_up_all (self);
}

/* What is written on the board is believed only where it does no harm: a slot that was never offered, or
 * whose process died over it, is no more.  */
static void
clear (TideChildren *self, int slot)
{
  tide_shared_finish (&self->offers[slot].shared);
  self->offers[slot].claimed_ns = 0;
  atomic_store (&self->board->slots[slot].word, TIDE_SLOT_WORD (0, TIDE_SLOT_EMPTY));
}

static bool
is_stale (TideChildren *self, int slot, int64_t now_ns)
{
  pid_t pid = (pid_t)TIDE_SLOT_PID (atomic_load (&self->board->slots[slot].word));
  int64_t late_ns;

  if (self->offers[slot].claimed_ns == 0)
    self->offers[slot].claimed_ns = now_ns;
  late_ns = now_ns - self->offers[slot].claimed_ns;
  return late_ns > LOST_NS || (late_ns > LATE_NS && kill (pid, 0) != 0 && errno == ESRCH);
}

/* FILLED spares the process the filling of its pages; it takes us so long that they must not come fast.  */
static bool
offer_one (TideChildren *self, int slot, bool filled)
{
  TideShared *shared = &self->offers[slot].shared;

  if (!tide_shared_make (shared, filled))
    {
      tide_shared_finish (shared);
      return false;
    }
  set_up (self, shared);
  self->offers[slot].claimed_ns = 0;
  self->board->slots[slot].fd = shared->fd;
  atomic_store (&self->board->slots[slot].word, TIDE_SLOT_WORD (0, TIDE_SLOT_OFFERED));
  return true;
}

void
tide_children_offer (TideChildren *self, uint32_t n, int64_t now_ns)
{
  uint32_t n_open = 0;

  if (self->board == NULL || atomic_load (&self->board->closed))
    return;
  for (int i = 0; i < TIDE_BOARD_SLOTS; i++)
    {
      TideSlotState state = get_state (self, i);

      if (state == TIDE_SLOT_FAILED || state > TIDE_SLOT_FAILED
          || (state == TIDE_SLOT_CLAIMED && is_stale (self, i, now_ns)))
        clear (self, i);
      else
        n_open += state != TIDE_SLOT_EMPTY;
    }
  for (int i = 0; i < TIDE_BOARD_SLOTS && n_open < n; i++)
    if (get_state (self, i) == TIDE_SLOT_EMPTY)
      {
        if (!offer_one (self, i, n_open >= n - n / 4))
          break;
        n_open++;
      }
}

bool
tide_children_next (TideChildren *self, TideNewcomer *newcomer)
{
  for (int i = 0; self->board != NULL && i < TIDE_BOARD_SLOTS; i++)
    {
      TideBoardSlot *slot = &self->board->slots[i];
      uint64_t word = atomic_load (&slot->word);

      if (TIDE_SLOT_STATE (word) != TIDE_SLOT_JOINED || self->offers[i].shared.region == NULL)
        continue;
      newcomer->pid = TIDE_SLOT_PID (word);
      newcomer->parent_pid = slot->parent_pid;
      newcomer->claim_ns = (int64_t)slot->claim_ns;
      newcomer->forked = slot->forked != 0;
      newcomer->shared = self->offers[i].shared;
      self->offers[i].shared = (TideShared){ .fd = -1 };
      clear (self, i);
      if (newcomer->pid > 0 && newcomer->pid <= INT32_MAX)
        return true;
      tide_shared_finish (&newcomer->shared);
    }
  return false;
}

bool
tide_children_are_coming (const TideChildren *self)
{
  return self->board != NULL && atomic_load (&self->board->n_coming) != 0;
}

uint64_t
tide_children_take_missed (TideChildren *self)
{
  uint64_t missed = self->board != NULL ? atomic_load (&self->board->missed) : 0;
  uint64_t fresh = missed > self->told ? missed - self->told : 0;

  self->told = missed;
  return fresh;
}
