#include "tide-account-private.h"

#include <string.h>

/* Beyond this nobody asks how much of a block is resident (64 MiB): who fills so much is found doing it.  */
#define MAX_BLOCK_PAGES 16384u

/* A consistent copy of what the agent wrote.  */
typedef struct
{
  uint32_t sequence;
  uint32_t tid;
  uint16_t n_frames;
  bool truncated;
  TideRecordFrame frames[TIDE_RECORD_MAX_FRAMES];
} Claim;

/* False: it is just being written, or of codes that the ring has not brought yet; they will have come by the
 * next tick.  */
static bool
read_claim (const TideAccount *self, const TideRegionClaim *shared, Claim *claim)
{
  claim->sequence = atomic_load_explicit (&shared->sequence, memory_order_acquire);
  claim->tid = shared->tid;
  claim->n_frames = shared->n_frames;
  claim->truncated = shared->truncated;
  if ((claim->sequence & 1) != 0 || claim->n_frames > TIDE_RECORD_MAX_FRAMES)
    return false;
  memcpy (claim->frames, shared->frames, claim->n_frames * sizeof claim->frames[0]);
  for (uint32_t i = 0; i < claim->n_frames; i++)
    if (claim->frames[i].code > self->codes.n_by_agent)
      return false;
  return true;
}

/* Whether all that was read under the claim's sequence belongs together.  */
static bool
is_current (const TideRegionClaim *shared, const Claim *claim)
{
  atomic_thread_fence (memory_order_acquire);
  return atomic_load_explicit (&shared->sequence, memory_order_relaxed) == claim->sequence;
}

static uint32_t
node_of (TideAccount *self, const Claim *claim)
{
  return tide_account_find_node (self, claim->frames, claim->n_frames, claim->truncated);
}

/* Charges the PAGES that came after BEFORE to NODE, that is CLAIM's.  False: the agent was faster.  */
static bool
charge (TideAccount *self, int64_t now_ns, int64_t before, int64_t pages, const Claim *claim, uint32_t node)
{
  TideEvent event = { .source = TIDE_SOURCE_PENDING, .node = node };

  if (!tide_account_take_difference (self, before, before + pages, &event.delta_pages))
    return false;
  event.thread = tide_intern_thread (&self->intern, self->pid, claim->tid);
  event.rss_pages = (uint64_t)(before + pages);
  event.time_ns = tide_stream_stamp (self->stream, now_ns);
  tide_account_put (self, &event);
  return true;
}

bool
tide_account_take_difference (TideAccount *self, int64_t before, int64_t now, int64_t *delta)
{
  if (before < 0 || before > TIDE_ACCOUNT_MAX_PAGES
      || !atomic_compare_exchange_strong (&self->region->accounted_pages, &before, now))
    return false;
  *delta = now - before;
  if (*delta > 0)
    {
      int64_t pending = atomic_load (&self->region->pending_pages);

      if (pending > 0)
        atomic_fetch_sub (&self->region->pending_pages, pending < *delta ? pending : *delta);
    }
  return true;
}

int64_t
tide_account_get_claimed (TideAccount *self, int64_t before, int64_t now)
{
  int64_t claimed = atomic_load (&self->region->claimed_pages), come, taken;
  uint64_t arena = atomic_load (&self->region->claim_arena);

  if (self->agent_state != TIDE_AGENT_READY || claimed <= 0 || before < 0 || before >= now)
    return 0;
  if (claimed > now - before)
    claimed = now - before;
  if (arena == 0)
    return claimed;
  come = tide_procfs_count_resident (self->procfs, arena, atomic_load (&self->region->claim_arena_pages));
  taken = atomic_load (&self->region->claim_taken);
  if (come < 0 || taken < 0 || taken > TIDE_ACCOUNT_MAX_PAGES)
    return claimed;
  come -= taken;
  if (come < claimed)
    claimed = come > 0 ? come : 0;
  return claimed;
}

bool
tide_account_charge_claim (TideAccount *self, int64_t now_ns, int64_t before, int64_t pages)
{
  const TideRegionClaim *shared = &self->region->claim;
  Claim claim;

  if (pages <= 0 || !read_claim (self, shared, &claim) || !is_current (shared, &claim)
      || !charge (self, now_ns, before, pages, &claim, node_of (self, &claim)))
    return false;
  atomic_fetch_sub (&self->region->claimed_pages, pages);
  atomic_fetch_add (&self->region->claim_taken, pages);
  return true;
}

/* Whether the function that stack LEAF ends in is on stack NODE.  */
static bool
is_on_stack (const TideAccount *self, uint32_t leaf, uint32_t node)
{
  const TideNodeInfo *infos = self->intern.node_infos;

  if (leaf == 0)
    return node == 0;
  while (node != 0 && infos[node - 1].code != infos[leaf - 1].code)
    node = infos[node - 1].parent;
  return node != 0;
}

void
tide_account_end_claim (TideAccount *self, uint32_t running)
{
  TideRegion *region = self->region;
  int64_t claimed = atomic_load (&region->claimed_pages);
  Claim claim;

  if (atomic_load (&region->claim_arena) == 0 || claimed <= 0 || !read_claim (self, &region->claim, &claim)
      || is_on_stack (self, node_of (self, &claim), running) || !is_current (&region->claim, &claim))
    return;
  /* One that the agent has made since is left alone.  */
  atomic_compare_exchange_strong (&region->claimed_pages, &claimed, 0);
}

/* How many pages of the block are resident, -1: nobody knows.  */
static int64_t
count_resident (TideAccount *self, uint64_t address, uint64_t n_pages)
{
  int64_t resident = 0;

  if (n_pages > MAX_BLOCK_PAGES)
    return -1;
  for (uint64_t i = 0; i < n_pages; i += TIDE_PROCFS_MAX_PAGES)
    {
      uint64_t n = n_pages - i < TIDE_PROCFS_MAX_PAGES ? n_pages - i : TIDE_PROCFS_MAX_PAGES;
      int64_t part = tide_procfs_count_resident (self->procfs, address + i * self->region->page_size, n);

      if (part < 0)
        return -1;
      resident += part;
    }
  return resident;
}

/* RSS was read before it was seen who runs, and who filled the block until then is seen only once to have
 * done so.  False: it is another program's.  */
static bool
read_again (TideAccount *self, int64_t *now)
{
  uint64_t pages;

  if (!tide_procfs_read_rss (self->procfs, &pages) || (int64_t)pages <= *now)
    return true;
  self->gone = tide_account_is_replaced (self);
  *now = (int64_t)pages;
  return !self->gone;
}

bool
tide_account_charge_block (TideAccount *self, int64_t now_ns, int64_t *before, int64_t *now, uint32_t running)
{
  const TideRegionBlock *shared = &self->region->block;
  int64_t pending = atomic_load (&self->region->pending_pages), resident, pages;
  uint64_t address, n_pages;
  Claim claim;
  uint32_t node;

  /* What the program has put there may be any number.  */
  if (*before < 0 || *before >= *now || pending <= 0)
    return true;
  if (!read_claim (self, &shared->claim, &claim))
    return false;
  address = shared->address;
  n_pages = shared->n_pages;
  if (!is_current (&shared->claim, &claim))
    return false;
  if (claim.sequence == self->filled_block)
    return true;
  node = node_of (self, &claim);
  /* Still at it, and whatever else it may do there is its own as well.  */
  if (node == running)
    return true;
  if (!read_again (self, now))
    return false;
  resident = count_resident (self, address, n_pages);
  pages = *now - *before;
  if (pages > pending)
    pages = pending;
  if (pages > resident)
    pages = resident;
  if (pages > 0)
    {
      if (!charge (self, now_ns, *before, pages, &claim, node))
        return false;
      *before += pages;
    }
  self->filled_block = claim.sequence;
  return true;
}
