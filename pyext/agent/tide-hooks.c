#define _GNU_SOURCE
#include "tide-hooks.h"
#include "tide-bytes.h"
#include "tide-events.h"
#include "tide-sampler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* A layer is used again when the same functions are below; others get one of their own.  */
#define N_LAYERS 4u

/* Somebody looks whether we are still called.  */
#define PROBE (1u << 7)

static struct
{
  TidePyAllocator below[N_LAYERS][TIDE_PY_N_DOMAINS];
  bool used[N_LAYERS][TIDE_PY_N_DOMAINS];
  _Atomic uint32_t users[TIDE_PY_N_DOMAINS];
  pthread_t prober;
  bool seen;                          /* the prober's */
  bool shares_raw[TIDE_PY_N_DOMAINS]; /* it is the RAW domain, or has its functions */
} hooks;

static __attribute__ ((noinline, cold)) void
answer_probe (void)
{
  if (pthread_equal (pthread_self (), hooks.prober))
    hooks.seen = true;
}

static inline uint32_t
get_users (unsigned domain)
{
  return atomic_load_explicit (&hooks.users[domain], memory_order_relaxed);
}

/* LAYER and DOMAIN are known when these are compiled.  What is below may take from another domain, which is
 * no second block: `tide_bytes_thread.inside` says so.  What it gives back there is noted nowhere.
 *
 * Each begins with what is short and happens nearly always: that there is one user, who counts all blocks, or
 * a sample of which this block is none.  */

static inline __attribute__ ((always_inline)) void *
taken (uint32_t users, unsigned domain, void *block, size_t size)
{
  return users & TIDE_HOOK_SAMPLE       ? tide_bytes_taken_sampled (block, size, domain != TIDE_PY_DOMAIN_RAW)
         : domain == TIDE_PY_DOMAIN_RAW ? tide_bytes_taken_raw (block, size)
                                        : tide_bytes_taken (block, size);
}

/* Whether the users are this one alone, for what the thread does itself.  */
static inline bool
is_for (uint32_t users, TideHookUser user)
{
  return users == user && !tide_bytes_thread.inside;
}

static inline bool
has_to_count (uint32_t users)
{
  return users & (TIDE_HOOK_BYTES | TIDE_HOOK_SAMPLE) && !tide_bytes_thread.inside;
}

static inline __attribute__ ((always_inline)) void *
hook_malloc (unsigned layer, unsigned domain, void *ctx, size_t size)
{
  const TidePyAllocator *below = &hooks.below[layer][domain];
  uint32_t users = get_users (domain);
  bool counts;
  void *block;

  if (is_for (users, TIDE_HOOK_BYTES))
    {
      tide_bytes_thread.inside = true;
      return taken (TIDE_HOOK_BYTES, domain, below->malloc (ctx, size), size);
    }
  if (is_for (users, TIDE_HOOK_SAMPLE) && tide_sampler_passes (size))
    {
      tide_bytes_thread.inside = true;
      block = below->malloc (ctx, size);
      tide_bytes_thread.inside = false;
      return block;
    }

  if (users & PROBE)
    answer_probe ();
  counts = has_to_count (users);
  if (counts)
    tide_bytes_thread.inside = true;
  block = users & TIDE_HOOK_EVENTS ? tide_events_malloc (below, ctx, size) : below->malloc (ctx, size);
  return counts ? taken (users, domain, block, size) : block;
}

static inline __attribute__ ((always_inline)) void *
hook_calloc (unsigned layer, unsigned domain, void *ctx, size_t n, size_t size)
{
  const TidePyAllocator *below = &hooks.below[layer][domain];
  uint32_t users = get_users (domain);
  bool counts = has_to_count (users);
  void *block;

  if (users & PROBE)
    answer_probe ();
  if (counts)
    tide_bytes_thread.inside = true;
  block = users & TIDE_HOOK_EVENTS ? tide_events_calloc (below, ctx, n, size) : below->calloc (ctx, n, size);
  return counts ? taken (users, domain, block, n * size) : block;
}

static inline __attribute__ ((always_inline)) void *
hook_realloc (unsigned layer, unsigned domain, void *ctx, void *block, size_t size)
{
  const TidePyAllocator *below = &hooks.below[layer][domain];
  uint32_t users = get_users (domain);
  bool counts = has_to_count (users);
  uint64_t known = 0;
  void *moved;

  if (users & PROBE)
    answer_probe ();
  if (counts)
    {
      tide_bytes_thread.inside = true;
      /* Afterwards the old address may be another thread's.  */
      if (block)
        known = tide_bytes_lift (block);
    }
  moved = users & TIDE_HOOK_EVENTS ? tide_events_realloc (below, ctx, block, size)
                                   : below->realloc (ctx, block, size);
  if (counts)
    {
      if (moved)
        tide_bytes_resized (known, moved, size, domain != TIDE_PY_DOMAIN_RAW);
      else if (known)
        tide_bytes_put_back (block, known);
      tide_bytes_thread.inside = false;
    }
  return moved;
}

static inline __attribute__ ((always_inline)) void
hook_free (unsigned layer, unsigned domain, void *ctx, void *block)
{
  const TidePyAllocator *below = &hooks.below[layer][domain];
  uint32_t users = get_users (domain);

  if (__builtin_expect (users == TIDE_HOOK_BYTES, 1))
    {
      tide_bytes_given_back (block, domain == TIDE_PY_DOMAIN_OBJECT);
      below->free (ctx, block);
      return;
    }
  if (users == TIDE_HOOK_SAMPLE && !tide_sampler_may_know (block))
    {
      below->free (ctx, block);
      return;
    }
  if (users & PROBE)
    answer_probe ();
  if (users & TIDE_HOOK_SAMPLE)
    {
      if (tide_sampler_may_know (block))
        tide_bytes_given_back_sampled (block);
    }
  else if (users & TIDE_HOOK_BYTES)
    tide_bytes_given_back (block, domain == TIDE_PY_DOMAIN_OBJECT);
  if (users & TIDE_HOOK_EVENTS)
    tide_events_free (below, ctx, block);
  else
    below->free (ctx, block);
}

#define FUNCTIONS(layer, domain)                                                                             \
  static void *malloc_##layer##_##domain (void *ctx, size_t size)                                            \
  {                                                                                                          \
    return hook_malloc (layer, domain, ctx, size);                                                           \
  }                                                                                                          \
  static void *calloc_##layer##_##domain (void *ctx, size_t n, size_t size)                                  \
  {                                                                                                          \
    return hook_calloc (layer, domain, ctx, n, size);                                                        \
  }                                                                                                          \
  static void *realloc_##layer##_##domain (void *ctx, void *block, size_t size)                              \
  {                                                                                                          \
    return hook_realloc (layer, domain, ctx, block, size);                                                   \
  }                                                                                                          \
  static void free_##layer##_##domain (void *ctx, void *block) { hook_free (layer, domain, ctx, block); }

#define LAYER(layer)                                                                                         \
  FUNCTIONS (layer, 0)                                                                                       \
  FUNCTIONS (layer, 1)                                                                                       \
  FUNCTIONS (layer, 2)

LAYER (0)
LAYER (1)
LAYER (2)
LAYER (3)

#define ALLOCATOR(layer, domain)                                                                             \
  {                                                                                                          \
    NULL, malloc_##layer##_##domain, calloc_##layer##_##domain, realloc_##layer##_##domain,                  \
        free_##layer##_##domain                                                                              \
  }
#define ALLOCATORS(layer)                                                                                    \
  {                                                                                                          \
    ALLOCATOR (layer, 0), ALLOCATOR (layer, 1), ALLOCATOR (layer, 2)                                         \
  }

static const TidePyAllocator wrappers[N_LAYERS][TIDE_PY_N_DOMAINS] = { ALLOCATORS (0), ALLOCATORS (1),
                                                                       ALLOCATORS (2), ALLOCATORS (3) };

static bool
has_same_functions (const TidePyAllocator *a, const TidePyAllocator *b)
{
  return a->malloc == b->malloc && a->calloc == b->calloc && a->realloc == b->realloc && a->free == b->free;
}

/* Our layer that ALLOCATOR is, -1: somebody else's.  */
static int
layer_of (unsigned domain, const TidePyAllocator *allocator)
{
  for (unsigned layer = 0; layer < N_LAYERS; layer++)
    if (allocator->malloc == wrappers[layer][domain].malloc)
      return (int)layer;
  return -1;
}

/* What is below ours, or uppermost where we are not.  */
static TidePyAllocator
get_below (unsigned domain)
{
  TidePyAllocator now;
  int layer;

  tide_py.PyMem_GetAllocator ((int)domain, &now);
  layer = layer_of (domain, &now);
  return layer >= 0 ? hooks.below[layer][domain] : now;
}

TidePyAllocator
tide_hooks_get_raw (void)
{
  return get_below (TIDE_PY_DOMAIN_RAW);
}

/* Whether a block that is asked for now comes by one of our wrappers, whoever's stand above it.  */
static bool
is_called (unsigned domain)
{
  void *(*const takes[]) (size_t) = { tide_py.PyMem_RawMalloc, tide_py.PyMem_Malloc,
                                      tide_py.PyObject_Malloc };
  void (*const frees[]) (void *) = { tide_py.PyMem_RawFree, tide_py.PyMem_Free, tide_py.PyObject_Free };
  void *block;
  bool used = false;

  for (unsigned layer = 0; layer < N_LAYERS; layer++)
    used = used || hooks.used[layer][domain];
  if (!used)
    return false;
  hooks.prober = pthread_self ();
  hooks.seen = false;
  atomic_fetch_or (&hooks.users[domain], PROBE);
  block = takes[domain](1);
  frees[domain](block);
  atomic_fetch_and (&hooks.users[domain], ~PROBE);
  return hooks.seen;
}

/* False: there is no layer left.  */
static bool
put_up (unsigned domain)
{
  TidePyAllocator now, wrapper;

  tide_py.PyMem_GetAllocator ((int)domain, &now);
  for (unsigned layer = 0; layer < N_LAYERS; layer++)
    {
      TidePyAllocator *below = &hooks.below[layer][domain];

      if (hooks.used[layer][domain] && (below->ctx != now.ctx || !has_same_functions (below, &now)))
        continue;
      *below = now;
      hooks.used[layer][domain] = true;
      atomic_thread_fence (memory_order_seq_cst);
      wrapper = wrappers[layer][domain];
      wrapper.ctx = now.ctx;
      tide_py.PyMem_SetAllocator ((int)domain, &wrapper);
      return true;
    }
  return false;
}

/* False: it stays.  */
static bool
take_down (unsigned domain)
{
  TidePyAllocator now;
  int layer;

  tide_py.PyMem_GetAllocator ((int)domain, &now);
  layer = layer_of (domain, &now);
  if (layer >= 0)
    tide_py.PyMem_SetAllocator ((int)domain, &hooks.below[layer][domain]);
  return !is_called (domain);
}

/* PYTHONMALLOC=malloc.  Found out before we wrap anything, since wrappers of different domains differ.  */
static void
look_who_shares_raw (void)
{
  TidePyAllocator raw = tide_hooks_get_raw ();

  for (unsigned domain = 0; domain < TIDE_PY_N_DOMAINS; domain++)
    {
      TidePyAllocator below = get_below (domain);

      hooks.shares_raw[domain] = hooks.shares_raw[domain] || has_same_functions (&below, &raw);
    }
}

static bool
is_wanted (TideHookUser user, unsigned domain)
{
  return user != TIDE_HOOK_EVENTS || hooks.shares_raw[domain];
}

bool
tide_hooks_start (TideHookUser user, char *reason, size_t size)
{
  look_who_shares_raw ();
  for (unsigned domain = 0; domain < TIDE_PY_N_DOMAINS; domain++)
    {
      if (!is_wanted (user, domain) || get_users (domain) & user)
        continue;
      if (!is_called (domain) && !put_up (domain))
        {
          tide_hooks_stop (user);
          snprintf (reason, size, "The program has changed its allocators too often.");
          return false;
        }
      atomic_fetch_or (&hooks.users[domain], (uint32_t)user);
    }
  return true;
}

void
tide_hooks_silence (TideHookUser user)
{
  for (unsigned domain = 0; domain < TIDE_PY_N_DOMAINS; domain++)
    atomic_fetch_and (&hooks.users[domain], ~(uint32_t)user);
}

bool
tide_hooks_stop (TideHookUser user)
{
  bool all = true;

  tide_hooks_silence (user);
  for (unsigned domain = 0; domain < TIDE_PY_N_DOMAINS; domain++)
    if (get_users (domain) == 0 && is_wanted (user, domain))
      all = take_down (domain) && all;
  return all;
}

bool
tide_hooks_are_uppermost (TideHookUser user)
{
  for (unsigned domain = 0; domain < TIDE_PY_N_DOMAINS; domain++)
    {
      TidePyAllocator now;

      if (!(get_users (domain) & user))
        continue;
      tide_py.PyMem_GetAllocator ((int)domain, &now);
      if (layer_of (domain, &now) < 0)
        return false;
    }
  return true;
}
