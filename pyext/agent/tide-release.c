#include "tide-release.h"
#include "tide-heap-word.h"
#include "tide-python.h"

#include <stddef.h>

/* A flag that glibc keeps in the word below a block.  */
#define OWN_MAPPING 2u

_Atomic uint64_t tide_release_word;

static struct
{
  TidePyAllocator raw;
  TidePyArenaAllocator arena;
  bool raw_is_in, arena_is_in;
} release;

static inline size_t
word_of (const void *block)
{
  return block ? ((const size_t *)block)[-1] : 0;
}

static inline void
raise_word (void)
{
  atomic_fetch_add_explicit (&tide_release_word, 1, memory_order_relaxed);
}

static inline void *
taken (void *block)
{
  if (__builtin_expect (word_of (block) & OWN_MAPPING, 0))
    raise_word ();
  return block;
}

/* The context stays the original one, so that a thread that reads function and context while they change has
 * a valid pair in any mixture.  */

static void *
raw_malloc (void *ctx, size_t size)
{
  return taken (release.raw.malloc (ctx, size));
}

static void *
raw_calloc (void *ctx, size_t n, size_t size)
{
  return taken (release.raw.calloc (ctx, n, size));
}

static void *
raw_realloc (void *ctx, void *block, size_t size)
{
  if (__builtin_expect (word_of (block) & OWN_MAPPING, 0))
    raise_word ();
  return taken (release.raw.realloc (ctx, block, size));
}

static void
raw_free (void *ctx, void *block)
{
  bool mapping = word_of (block) & OWN_MAPPING;

  release.raw.free (ctx, block);
  if (__builtin_expect (mapping, 0))
    raise_word ();
}

static void *
arena_alloc (void *ctx, size_t size)
{
  return release.arena.alloc (ctx, size);
}

static void
arena_free (void *ctx, void *block, size_t size)
{
  release.arena.free (ctx, block, size);
  raise_word ();
}

/* Who has wrapped ours since still calls it: then it is in already.  */
static void
put_in (void)
{
  TidePyAllocator raw = { NULL, raw_malloc, raw_calloc, raw_realloc, raw_free };
  TidePyArenaAllocator arena = { NULL, arena_alloc, arena_free };

  if (!release.raw_is_in)
    {
      tide_py.PyMem_GetAllocator (TIDE_PY_DOMAIN_RAW, &release.raw);
      if (tide_heap_tells_sizes (&release.raw))
        {
          raw.ctx = release.raw.ctx;
          tide_py.PyMem_SetAllocator (TIDE_PY_DOMAIN_RAW, &raw);
          release.raw_is_in = true;
        }
    }
  if (!release.arena_is_in)
    {
      tide_py.PyObject_GetArenaAllocator (&release.arena);
      arena.ctx = release.arena.ctx;
      tide_py.PyObject_SetArenaAllocator (&arena);
      release.arena_is_in = true;
    }
}

static void
take_out (void)
{
  TidePyAllocator raw;
  TidePyArenaAllocator arena;

  tide_py.PyMem_GetAllocator (TIDE_PY_DOMAIN_RAW, &raw);
  if (release.raw_is_in && raw.malloc == raw_malloc)
    {
      tide_py.PyMem_SetAllocator (TIDE_PY_DOMAIN_RAW, &release.raw);
      release.raw_is_in = false;
    }
  tide_py.PyObject_GetArenaAllocator (&arena);
  if (release.arena_is_in && arena.alloc == arena_alloc)
    {
      tide_py.PyObject_SetArenaAllocator (&release.arena);
      release.arena_is_in = false;
    }
}

void
tide_release_watch (bool on)
{
  if (on)
    put_in ();
  else
    take_out ();
}
