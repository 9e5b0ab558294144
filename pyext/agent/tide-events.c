#define _GNU_SOURCE
#include "tide-events.h"
#include "tide-account.h"
#include "tide-agent.h"
#include "tide-heap-word.h"
#include "tide-hooks.h"
#include "tide-instrument.h"
#include "tide-python.h"
#include "tide-statm.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

/* Blocks from here on may be mappings of their own.  Also the smallest request to the arena allocator that is
 * an arena: below it are the 16 KiB chunks of the frame stack (3.11+), which come and go with the depth of
 * calls.  */
#define BIG 65536u

/* The high-water mark is set this much above the block that raised it: the resolution in the heap, and what
 * bounds the number of looks.  */
#define STEP 65536u

/* Flags that glibc keeps in the word below a block.  */
#define CHUNK_OWN_MAPPING 2u
#define CHUNK_OTHER_HEAP 4u
#define CHUNK_FLAGS 7u

/* Heaps of threads are aligned to, and at most as large as, this.  */
#define HEAP_SHIFT 26
#define N_HEAPS 64u

typedef struct
{
  _Atomic uintptr_t heap;
  _Atomic uintptr_t high;
} HeapMark;

static struct
{
  TidePyArenaAllocator arena; /* below ours */
  uint64_t unit_bytes;
  bool chunk_words; /* the word below a block is glibc's                      */
  uintptr_t *top;   /* of the brk heap: glibc's own variable                  */
  _Atomic uintptr_t top_seen;
  _Atomic uintptr_t high;       /* of blocks in the brk heap, so far                      */
  _Atomic unsigned since_block; /* calls since the big block that is not resident yet */
  HeapMark heaps[N_HEAPS];
} events;

/* Without libc's variable nothing moves.  */
static uintptr_t no_top;

#define UNLIKELY(x) __builtin_expect (!!(x), 0)
#define COLD __attribute__ ((noinline, cold))

static inline size_t
chunk_word (const void *block)
{
  return events.chunk_words ? ((const size_t *)block)[-1] : 0;
}

static inline uintptr_t
get (const _Atomic uintptr_t *word)
{
  return atomic_load_explicit (word, memory_order_relaxed);
}

static inline void
set (_Atomic uintptr_t *word, uintptr_t value)
{
  atomic_store_explicit (word, value, memory_order_relaxed);
}

static inline uintptr_t
heap_top (void)
{
  return __atomic_load_n (events.top, __ATOMIC_RELAXED);
}

static COLD void
look (const void *freed)
{
  int saved = errno;

  tide_account (TIDE_SOURCE_ALLOC, freed);
  tide_agent_poll ();
  errno = saved;
}

/* The last FRESH bytes of a block of SIZE are new.  */
static COLD void
look_for_block (const char *block, size_t size, size_t fresh, bool looked)
{
  int saved = errno;

  atomic_store_explicit (&events.since_block, 0, memory_order_relaxed);
  tide_account_block (block, block + size - fresh, fresh, looked);
  tide_agent_poll ();
  errno = saved;
}

static COLD void
follow_top (const void *freed)
{
  uintptr_t top = heap_top ();

  set (&events.top_seen, top);
  if (get (&events.high) > top)
    set (&events.high, top);
  look (freed);
}

static COLD void
look_before_release (void)
{
  int saved = errno;

  tide_account_before_release ();
  errno = saved;
}

/* A big block is filled after it was handed out, and a release soon after could hide that: look again at the
 * calls number 1, 2, 4, 8... while pages of it are missing.  */
static COLD void
settle (void)
{
  unsigned n = atomic_fetch_add_explicit (&events.since_block, 1, memory_order_relaxed) + 1;

  if ((n & (n - 1)) == 0)
    look (NULL);
}

/* What came until now of the block of which pages are missing is its site's, what comes later is not.  */
static COLD void
settle_for_good (void)
{
  int saved = errno;

  tide_account_before_release ();
  tide_account_forget ();
  errno = saved;
}

static _Atomic uintptr_t *
mark_of (uintptr_t block)
{
  uintptr_t heap = block >> HEAP_SHIFT;
  HeapMark *mark = &events.heaps[heap % N_HEAPS];

  if (get (&mark->heap) != heap)
    {
      set (&mark->heap, heap);
      set (&mark->high, block);
    }
  return &mark->high;
}

static COLD void
raise_high (void *block, size_t size, size_t fresh)
{
  size_t word = chunk_word (block);
  uintptr_t end = (uintptr_t)block + size;
  _Atomic uintptr_t *high = word & CHUNK_OTHER_HEAP ? mark_of ((uintptr_t)block) : &events.high;

  if (word & CHUNK_OWN_MAPPING || end <= get (high))
    {
      if (tide_account_pending ())
        settle ();
      return;
    }
  set (high, end + (size >= BIG ? 0 : STEP << tide_account_get_slower ()));
  set (&events.top_seen, heap_top ());
  if (size >= BIG)
    look_for_block (block, size, fresh, false);
  else
    look (NULL);
}

/* FRESH: how many bytes of it are new.  One look is enough, whatever the reason: it knows of the earlier
 * block as well.  */
static inline void *
taken (void *block, size_t size, size_t fresh)
{
  if (!block)
    return NULL;
  if (UNLIKELY (size >= BIG && (!events.chunk_words || chunk_word (block) & CHUNK_OWN_MAPPING)))
    look_for_block (block, size, fresh, !events.chunk_words);
  else if (UNLIKELY (events.chunk_words && (uintptr_t)block + size > get (&events.high)))
    raise_high (block, size, fresh);
  else if (UNLIKELY (heap_top () != get (&events.top_seen)))
    follow_top (NULL);
  else if (UNLIKELY (tide_account_pending ()))
    settle ();
  return block;
}

/* Where blocks are judged by size alone they may be filled at once, as the debug hooks do: what is to come of
 * earlier ones is settled before.  */
static inline void
about_to_take (size_t size)
{
  if (UNLIKELY (size >= BIG && !events.chunk_words))
    settle_for_good ();
}

void *
tide_events_malloc (const TidePyAllocator *below, void *ctx, size_t size)
{
  about_to_take (size);
  return taken (below->malloc (ctx, size), size, size);
}

void *
tide_events_calloc (const TidePyAllocator *below, void *ctx, size_t n, size_t size)
{
  about_to_take (n * size);
  /* Its pages are there already (in the heap), or come when somebody writes into them, who need not be this
   * stack. */
  return taken (below->calloc (ctx, n, size), n * size, 0);
}

/* Before memory is given back: growth of an earlier block or arena is its site's.  Other growth is this
 * stack's, as the release will be, and needs no look of its own.  */
static inline void
about_to_release (void)
{
  if (tide_account_is_awaiting ())
    look_before_release ();
}

static COLD void *
realloc_mapping (const TidePyAllocator *below, void *ctx, void *block, size_t size)
{
  size_t old = chunk_word (block) & ~(size_t)CHUNK_FLAGS;
  void *moved;

  if (size <= old)
    about_to_release ();
  moved = below->realloc (ctx, block, size);
  /* Moved by mremap: only the new part is not resident.  */
  if (moved && size > old)
    look_for_block (moved, size, size - old, false);
  else
    look (NULL);
  return moved;
}

void *
tide_events_realloc (const TidePyAllocator *below, void *ctx, void *block, size_t size)
{
  size_t old = block ? chunk_word (block) : 0;
  void *moved;

  if (UNLIKELY (old & CHUNK_OWN_MAPPING))
    return realloc_mapping (below, ctx, block, size);
  old &= ~(size_t)CHUNK_FLAGS;
  about_to_take (size);
  moved = below->realloc (ctx, block, size);
  return taken (moved, size, size > old ? size - old : 0);
}

static COLD void
free_mapping (const TidePyAllocator *below, void *ctx, void *block)
{
  about_to_release ();
  below->free (ctx, block);
  look (block);
}

void
tide_events_free (const TidePyAllocator *below, void *ctx, void *block)
{
  const void *pending = tide_account_pending ();

  if (UNLIKELY (pending))
    {
      if (pending == block)
        settle_for_good ();
      else
        settle ();
    }
  if (UNLIKELY (block && chunk_word (block) & CHUNK_OWN_MAPPING))
    {
      free_mapping (below, ctx, block);
      return;
    }
  below->free (ctx, block);
  if (UNLIKELY (heap_top () != get (&events.top_seen)))
    follow_top (block);
}

static COLD void
look_before_arena (void)
{
  int saved = errno;

  tide_account_before_arena ();
  tide_agent_poll ();
  errno = saved;
}

static void *
arena_alloc (void *ctx, size_t size)
{
  void *arena;
  int saved;

  if (size >= BIG)
    look_before_arena ();
  arena = events.arena.alloc (ctx, size);
  if (arena && size >= BIG)
    {
      saved = errno;
      tide_account_arena (arena, size);
      errno = saved;
    }
  return arena;
}

static void
arena_free (void *ctx, void *block, size_t size)
{
  if (size >= BIG)
    {
      about_to_release ();
      tide_account_arena_gone (block);
    }
  events.arena.free (ctx, block, size);
  if (size >= BIG)
    look (NULL);
}

/* What is taken away below others comes back with them: then it is ours already.  */
static void
put_up_arenas (void)
{
  TidePyArenaAllocator wrapper, now;

  tide_py.PyObject_GetArenaAllocator (&now);
  if (now.alloc == arena_alloc)
    return;
  events.arena = now;
  wrapper = (TidePyArenaAllocator){ now.ctx, arena_alloc, arena_free };
  tide_py.PyObject_SetArenaAllocator (&wrapper);
}

static bool
take_down_arenas (void)
{
  TidePyArenaAllocator now;

  tide_py.PyObject_GetArenaAllocator (&now);
  if (now.alloc != arena_alloc)
    return false;
  tide_py.PyObject_SetArenaAllocator (&events.arena);
  return true;
}

static bool
start (TideRegion *region, TideInstrumentReport *report)
{
  TidePyAllocator raw = tide_hooks_get_raw ();
  uint64_t lag = (uint64_t)tide_statm_lag () * region->page_size;
  TidePyArenaAllocator arena;

  tide_py.PyObject_GetArenaAllocator (&arena);
  if (!raw.malloc || !arena.alloc)
    {
      snprintf (report->reason, sizeof report->reason, "This interpreter tells nothing of its allocators.");
      return false;
    }

  events.top = tide_symbol ("__curbrk", NULL);
  if (!events.top)
    events.top = &no_top;
  events.chunk_words = tide_heap_tells_sizes (&raw);
  set (&events.top_seen, heap_top ());
  set (&events.high, heap_top ());
  if (!tide_hooks_start (TIDE_HOOK_EVENTS, report->reason, sizeof report->reason))
    return false;
  put_up_arenas ();
  report->unit_bytes = events.unit_bytes = lag > STEP ? lag : STEP;
  return true;
}

/* The hooks are in the child's allocators as in its parent's.  */
static bool
go_on (TideRegion *region, TideInstrumentReport *report)
{
  report->unit_bytes = events.unit_bytes;
  return true;
}

static bool
stop (TideRegion *region)
{
  bool blocks = tide_hooks_stop (TIDE_HOOK_EVENTS), arenas = take_down_arenas ();

  return blocks && arenas;
}

const TideAgentInstrument tide_instrument_events = {
  .bit = TIDE_INSTRUMENT_EVENTS,
  .free_threaded = true,
  .start = start,
  .stop = stop,
  .go_on = go_on,
};
