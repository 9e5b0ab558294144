#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-claim.h"
#include "tide-clock.h"
#include "tide-codes.h"
#include "tide-join.h"
#include "tide-python.h"
#include "tide-ring.h"
#include "tide-stack.h"
#include "tide-statm.h"
#include "tide-try-lock.h"

#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One look writes at most three: for a block, for a claim, and for the calling stack.  */
#define MAX_EVENTS_SIZE (3 * (sizeof (TideEventRecord) + TIDE_RECORD_MAX_FRAMES * sizeof (TideRecordFrame)))

/* How often a thread that must have the lock asks for it.  */
#define PATIENCE 64

/* Why somebody looks.  */
typedef enum
{
  ANY,
  BEFORE_RELEASE, /* or just after: what came is the caller's to tell, to the last page */
  ARENA_IS_FULL,  /* the caller needs another                                          */
} TideLookReason;

static struct
{
  TideRegion *region;
  _Atomic uint32_t *bell; /* where the helper sleeps */
  _Atomic bool open;
  TideStack stack;   /* these two are the lock holder's */
  TideStack pending; /* to whom the remembered block was handed out */
  const void *_Atomic block;
  size_t block_size; /* what is new of it */
  clockid_t block_clock;
  uint64_t block_ns;            /* when that was, by that clock */
  int64_t left;                 /* pages that the lock holder's look left to the next signal */
  _Atomic int64_t own_pages;    /* of the instruments */
  _Atomic int64_t signal_pages; /* what may come between two fault signals; 0: there are none */
} account;

static uint64_t
now_ns (void)
{
  return tide_clock_ns (CLOCK_MONOTONIC);
}

bool
tide_account_open (TideRegion *region)
{
  account.region = region;
  account.bell = tide_join_get_bell () ? tide_join_get_bell () : &region->helper_idle;
  atomic_store (&account.block, NULL);
  atomic_store (&account.signal_pages, 0);
  tide_claim_open (region);
  tide_codes_forget ();
  tide_ring_open (region);
  return tide_statm_open ();
}

bool
tide_account_is_open (void)
{
  return atomic_load_explicit (&account.open, memory_order_relaxed);
}

static bool
lock (void)
{
  return tide_account_is_open () && tide_try_lock_at_once (&account.region->account_lock);
}

static void
unlock (void)
{
  tide_try_unlock (&account.region->account_lock);
}

/* The lock is held for a few microseconds at most, unless its holder lost the processor.  */
static bool
lock_soon (void)
{
  for (int i = 0; i < PATIENCE; i++)
    {
      if (!tide_account_is_open ())
        return false;
      if (lock ())
        return true;
      if (i >= PATIENCE / 2)
        sched_yield ();
    }
  return false;
}

/* For what no later look tells.  */
static bool
lock_long (void)
{
  return tide_account_is_open () && tide_try_lock_long (&account.region->account_lock);
}

void
tide_account_ring_bell (void)
{
  _Atomic uint32_t *idle = account.bell;

  if (atomic_load_explicit (idle, memory_order_relaxed) && atomic_exchange (idle, 0))
    syscall (SYS_futex, idle, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* How long after it was handed out a block's site answers for its pages.  Whoever fills a block does so at
 * once or for a long time, and is then found running; but one that is never filled must not swallow what
 * others take. That is the program's CPU time, since it may have to wait for a processor; for blocks that
 * cannot swallow much, and of which there are many, a clock that needs no system call.  */
#define PENDING_CPU_NS 50000000u
#define PENDING_WALL_NS 1000000000u
#define LARGE_PAGES 256

static void
forget (void)
{
  atomic_store (&account.block, NULL);
  atomic_store (&account.region->pending_pages, 0);
}

/* Takes what came of the remembered block's pages out of DELTA.  */
static int64_t
take_pending (int64_t delta, int64_t rss, uint64_t time_ns)
{
  TideRegion *region = account.region;
  int64_t missing = atomic_load_explicit (&region->pending_pages, memory_order_relaxed);
  int64_t part = delta < missing ? delta : missing;

  if (part <= 0)
    return delta;
  if (tide_clock_ns (account.block_clock) - account.block_ns
      > (account.block_clock == CLOCK_MONOTONIC ? PENDING_WALL_NS : PENDING_CPU_NS))
    {
      forget ();
      return delta;
    }
  /* The helper takes from it as well.  */
  if (atomic_fetch_sub (&region->pending_pages, part) <= part)
    atomic_store (&account.block, NULL);
  tide_stack_write (&account.pending, TIDE_SOURCE_PENDING, time_ns, part, rss);
  return delta - part;
}

static bool
is_of_block (const void *touched)
{
  const TideStack *stack = &account.stack, *pending = &account.pending;
  const void *block = atomic_load (&account.block);

  if (!block)
    return false;
  if ((uintptr_t)touched - (uintptr_t)block < account.block_size)
    return true;
  /* Or of a block that grew, of which the new part is somewhere behind.  */
  return stack->tid == pending->tid && stack->n_frames > 0 && pending->n_frames > 0
         && stack->frames[0].code == pending->frames[0].code;
}

/* PAGES of the block came, and are accounted: the rest of it is smaller.  */
static void
shrink_pending (int64_t pages)
{
  if (pages > 0 && atomic_fetch_sub (&account.region->pending_pages, pages) <= pages)
    forget ();
}

/* Distributes growth.  Gives what is the calling stack's.  */
static int64_t
share (TideSource source,
       TideLookReason reason,
       const void *touched,
       int64_t delta,
       int64_t rss,
       uint64_t time_ns)
{
  int64_t signal_pages = atomic_load_explicit (&account.signal_pages, memory_order_relaxed);

  if (source == TIDE_SOURCE_FAULT)
    {
      /* What came since the last signal is the stack's that the signal stopped; more pages than it took
       * faults came without them, in system calls that fill a block.  */
      int64_t period = signal_pages / 2, beyond = delta > period ? delta - period : 0;

      if (is_of_block (touched))
        shrink_pending (delta - beyond);
      return delta - beyond + take_pending (beyond, rss, time_ns);
    }
  delta = take_pending (delta, rss, time_ns);
  if (signal_pages == 0 || delta <= signal_pages)
    delta = tide_claim_take (delta, reason == ARENA_IS_FULL, rss, time_ns);
  return delta;
}

static void
lose (void)
{
  atomic_fetch_add_explicit (&account.region->lost, 1, memory_order_relaxed);
}

/* The lock holder's look.  ADDRESS: what was touched, or freed.  GROWN: the pages that were charged to the
 * calling stack.  False: nothing can be written now.  */
static bool
look (TideSource source, const void *address, TideLookReason reason, uint64_t time_ns, int64_t *grown)
{
  TideRegion *region = account.region;
  int64_t rss = tide_statm_read ();
  int64_t signal_pages = atomic_load_explicit (&account.signal_pages, memory_order_relaxed);
  int64_t delta;

  if (tide_py.is_finalizing && tide_py.is_finalizing ())
    {
      atomic_store_explicit (&region->finalizing, 1, memory_order_relaxed);
      source = TIDE_SOURCE_SHUTDOWN;
    }
  *grown = 0;
  account.left = 0;
  atomic_fetch_add_explicit (&region->n_accounts, 1, memory_order_relaxed);
  if (rss < 0)
    return false;
  delta = rss - atomic_load_explicit (&region->accounted_pages, memory_order_relaxed);
  /* A little growth is for the next signal, which knows whose it is, unless a release is about to hide it. */
  if (delta == 0
      || (source == TIDE_SOURCE_ALLOC && reason != BEFORE_RELEASE && delta > 0 && delta <= signal_pages))
    {
      account.left = delta;
      return true;
    }
  if (!tide_ring_has_room (MAX_EVENTS_SIZE)
      || !tide_stack_capture (&account.stack, &account.region->layout,
                              source == TIDE_SOURCE_FAULT ? NULL : address)
      || !tide_ring_has_room (MAX_EVENTS_SIZE))
    {
      lose ();
      return false;
    }
  delta = rss - atomic_exchange (&region->accounted_pages, rss);
  if (delta > 0)
    delta = share (source, reason, address, delta, rss, time_ns);
  *grown = delta;
  if (delta)
    tide_stack_write (&account.stack, source, time_ns, delta, rss);
  if (source == TIDE_SOURCE_FAULT)
    tide_claim_make (&account.stack, signal_pages, NULL);
  tide_account_ring_bell ();
  return true;
}

void
tide_account_add_cost (TideInstrument whose, uint64_t ns)
{
  atomic_fetch_add_explicit (&account.region->cost_ns[tide_instrument_index (whose)], ns,
                             memory_order_relaxed);
}

static void
leave (void)
{
  atomic_store_explicit (&account.region->agent_bytes,
                         tide_codes_bytes () + sizeof account + TIDE_REGION_SIZE
                             + (uint64_t)atomic_load (&account.own_pages) * account.region->page_size,
                         memory_order_relaxed);
  unlock ();
}

bool
tide_account_is_measuring (void)
{
  return tide_account_is_open () && !atomic_load_explicit (&account.region->suspend, memory_order_relaxed)
         && !atomic_load_explicit (&account.region->stop, memory_order_relaxed);
}

static void
enter_and_look (TideSource source, const void *freed, TideLookReason reason)
{
  uint64_t time_ns;
  int64_t grown;

  if (!tide_account_is_measuring () || !lock_soon ())
    return;
  time_ns = now_ns ();
  look (source, freed, reason, time_ns, &grown);
  leave ();
  tide_account_add_cost (TIDE_INSTRUMENT_EVENTS, now_ns () - time_ns);
}

void
tide_account (TideSource source, const void *freed)
{
  enter_and_look (source, freed, ANY);
}

void
tide_account_fault (const void *touched, uint64_t time_ns)
{
  int64_t grown;

  /* The signal may have interrupted the lock's holder.  */
  if (!tide_account_is_measuring () || !lock ())
    return;
  look (TIDE_SOURCE_FAULT, touched, ANY, time_ns, &grown);
  leave ();
}

void
tide_account_before_release (void)
{
  enter_and_look (TIDE_SOURCE_ALLOC, NULL, BEFORE_RELEASE);
}

void
tide_account_before_arena (void)
{
  enter_and_look (TIDE_SOURCE_ALLOC, NULL, ARENA_IS_FULL);
}

void
tide_account_arena (const void *arena, size_t size)
{
  uint64_t since_ns;

  if (atomic_load (&account.signal_pages) != 0 || !tide_account_is_measuring () || !lock_soon ())
    return;
  since_ns = now_ns ();
  /* What was claimed for the one before has come by now, or will not.  */
  if (tide_ring_has_room (MAX_EVENTS_SIZE)
      && tide_stack_capture (&account.stack, &account.region->layout, NULL))
    tide_claim_make (&account.stack, (int64_t)(size / account.region->page_size), arena);
  else
    tide_claim_end ();
  unlock ();
  tide_account_add_cost (TIDE_INSTRUMENT_EVENTS, now_ns () - since_ns);
}

void
tide_account_arena_gone (const void *arena)
{
  if (!tide_claim_is_for (arena) || !lock ())
    return;
  tide_claim_end ();
  unlock ();
}

void
tide_account_set_signal_pages (int64_t pages)
{
  /* Without signals the claim of the last one has no meaning.  */
  if (atomic_exchange (&account.signal_pages, pages) != 0 && pages == 0)
    tide_claim_end ();
}

void
tide_account_block (const void *block, const void *fresh, size_t size, bool looked)
{
  int64_t missing, grown;
  uint64_t time_ns;

  if (!tide_account_is_measuring () || !lock_soon ())
    return;
  /* In a child that is left alone the region is empty, its size of a page too.  */
  missing = (int64_t)(size / account.region->page_size) + 1;
  time_ns = now_ns ();
  if (!look (TIDE_SOURCE_ALLOC, NULL, looked ? BEFORE_RELEASE : ANY, time_ns, &grown))
    missing = 0;
  /* Some allocators fill what they hand out (MALLOC_PERTURB_, debug hooks).  */
  if (grown >= missing || (looked && grown > 0))
    missing -= grown;
  if (missing > 0 && tide_ring_has_room (MAX_EVENTS_SIZE)
      && tide_stack_capture (&account.pending, &account.region->layout, NULL))
    {
      tide_claim_tell_block (&account.pending, fresh, size);
      atomic_store (&account.region->pending_pages, missing);
      account.block_size = size;
      atomic_store (&account.block, block);
      account.block_clock = missing < LARGE_PAGES ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
      account.block_ns = tide_clock_ns (account.block_clock);
      /* The last signal's stack has what came until now; a system call that fills the block brings no other.
       */
      if (atomic_load_explicit (&account.signal_pages, memory_order_relaxed) != 0)
        tide_claim_limit (account.left);
    }
  else
    forget ();
  leave ();
  tide_account_add_cost (TIDE_INSTRUMENT_EVENTS, now_ns () - time_ns);
}

const void *
tide_account_pending (void)
{
  return atomic_load_explicit (&account.block, memory_order_relaxed);
}

bool
tide_account_is_awaiting (void)
{
  return tide_account_pending ()
         || atomic_load_explicit (&account.region->claimed_pages, memory_order_relaxed) > 0;
}

void
tide_account_forget (void)
{
  if (!lock ())
    return;
  forget ();
  unlock ();
}

void
tide_account_own (int64_t pages)
{
  atomic_fetch_add (&account.own_pages, pages);
  atomic_fetch_add (&account.region->accounted_pages, pages);
}

bool
tide_account_find_code (uint64_t address, bool anew, uint32_t *id)
{
  bool told;

  *id = 0;
  if (!lock_long ())
    return false;
  told = tide_codes_id (&account.region->layout, address, anew, id);
  unlock ();
  return told;
}

uint32_t
tide_account_get_slower (void)
{
  uint32_t slower = atomic_load_explicit (&account.region->slower, memory_order_relaxed);

  return slower < TIDE_MOST_SLOWER ? slower : TIDE_MOST_SLOWER;
}

uint32_t
tide_account_code (uint64_t address)
{
  uint32_t id;

  return tide_account_find_code (address, false, &id) ? id : 0;
}

uint32_t
tide_account_named_code (uint64_t address,
                         uint64_t fingerprint,
                         const char *file,
                         uint32_t file_length,
                         const char *name,
                         uint32_t name_length)
{
  TideCodeContents contents = { address, fingerprint, file, name, file_length, name_length };
  uint32_t id = 0;

  if (!lock_long ())
    return 0;
  if (!tide_codes_named_id (&contents, &id))
    id = 0;
  unlock ();
  return id;
}

void *
tide_account_reserve (size_t size, TideRecordKind kind)
{
  void *record = NULL;

  if (lock_long ())
    {
      record = tide_ring_reserve (size, kind);
      if (record)
        return record;
      unlock ();
    }
  atomic_fetch_add (&account.region->lost, 1);
  return NULL;
}

void
tide_account_commit (void)
{
  tide_ring_commit ();
  unlock ();
}

void
tide_account_begin (void)
{
  int64_t rss, delta;

  atomic_store (&account.open, true);
  if (!lock_soon ())
    return;
  rss = tide_statm_read ();
  delta = rss - atomic_exchange (&account.region->accounted_pages, rss);
  account.stack.tid = (uint32_t)syscall (SYS_gettid);
  account.stack.n_frames = 0;
  /* Nothing as well: the last of them says with which RSS the program began.  */
  tide_stack_write (&account.stack, TIDE_SOURCE_START, now_ns (), delta, rss);
  leave ();
}

void
tide_account_end (void)
{
  tide_account_before_release ();
  atomic_store (&account.open, false);
}

void
tide_account_drop (void)
{
  atomic_store (&account.open, false);
  atomic_store (&account.block, NULL);
  tide_statm_close ();
}
