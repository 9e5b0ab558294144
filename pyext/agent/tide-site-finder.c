#include "tide-site-finder.h"
#include "tide-account.h"
#include "tide-codes.h"
#include "tide-current.h"
#include "tide-line-walk.h"
#include "tide-memory.h"
#include "tide-python.h"
#include "tide-sites.h"
#include "tide-try-lock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* Programs may make code without end: beyond this all is forgotten and learned anew.  64 Ki entries of 24
 * bytes are 1.5 MiB.  At most half of them are used.  */
#define MIN_ENTRIES 2048u
#define MAX_ENTRIES 65536u

/* Frames that have not begun, or are none of Python's, one on top of the other.  */
#define MAX_SKIPPED 64

/* Tables of those who may come at once, other interpreters above all: a thread has its own as long as not
 * many come.  */
#define N_SHARED 8u

/* How often one asks for one of them, and for each in a row.  */
#define PATIENCE 64u
#define IN_A_ROW 4u

/* No code object is there.  */
static const TideSiteEntry nothing = { .code = 1 };

TideSiteFinder tide_site_finder;
_Alignas(4096) _Atomic uint32_t tide_site_finder_generations[TIDE_SITE_GENERATIONS];
__thread void *const *tide_site_finder_current;

typedef struct
{
  _Alignas(64) _Atomic uint32_t lock;
  TideSitesKnown known; /* of its holder */
} Shared;

static struct
{
  const TidePythonLayout *layout;
  int32_t first_traceable; /* offset in a code object; -1: frames of this version have always begun */
  bool finds_current;      /* without asking */
  Shared shared[N_SHARED];
} finder;

static inline int32_t
int_at (uint64_t address)
{
  int32_t value;

  memcpy (&value, (const void *)(uintptr_t)address, sizeof value);
  return value;
}

bool
tide_site_finder_open (const TidePythonLayout *layout)
{
  static bool is_resident;
  void *(*get_current) (void) = (void *(*)(void))tide_symbol ("PyThreadState_GetUnchecked", NULL); /* 3.13 */
  void *tstate;

  if (!get_current)
    get_current = (void *(*)(void))tide_symbol ("_PyThreadState_UncheckedGet", NULL);
  tstate = get_current ? get_current () : NULL;
  if (!tstate || !layout->code_type || layout->object_type != TIDE_OBJECT_TYPE
      || tide_word_at ((uintptr_t)tstate + TIDE_TSTATE_INTERPRETER)
             != (uintptr_t)tide_py.PyInterpreterState_Main ())
    return false;
  if (!is_resident)
    tide_memory_fill (tide_site_finder_generations, sizeof tide_site_finder_generations);
  is_resident = true;
  /* Nobody said what was given back until now.  */
  for (unsigned i = 0; i < TIDE_SITE_GENERATIONS; i++)
    atomic_fetch_add (&tide_site_finder_generations[i], 1);
  finder.layout = layout;
  finder.finds_current = tide_current_find (get_current) != NULL;
  finder.first_traceable = layout->code_instructions > 0 ? layout->code_instructions - 16 : -1;
  tide_site_finder = (TideSiteFinder){
    .get_current = get_current,
    .interpreter = layout->interpreter,
    .tstate_frame = (uint64_t)layout->tstate_frame,
    .cframe_frame = (uint64_t)layout->cframe_frame,
    .has_cframe = layout->cframe_frame >= 0,
    .frame_code = (uint64_t)layout->frame_code,
    .frame_instruction = (uint64_t)layout->frame_instruction,
    .instruction_mask = layout->instruction_scale ? UINT32_MAX : UINT64_MAX,
    .code_type = layout->code_type,
    .alone = tide_site_finder.alone,
    .last = &nothing,
  };
  return true;
}

__attribute__ ((noinline)) void *
tide_site_finder_ask_current (void)
{
  if (finder.finds_current)
    tide_site_finder_current = tide_current_find (tide_site_finder.get_current);
  return tide_site_finder.get_current ();
}

static void
drop (TideSitesKnown *known)
{
  if (known->entries)
    tide_memory_release (known->entries, (known->mask + 1) * sizeof (TideSiteEntry));
}

void
tide_site_finder_drop (void)
{
  drop (&tide_site_finder.alone);
  for (unsigned i = 0; i < N_SHARED; i++)
    drop (&finder.shared[i].known);
  memset (&tide_site_finder, 0, sizeof tide_site_finder);
  memset (&finder, 0, sizeof finder);
}

/* The thread state of the calling thread, which holds some GIL, when that is the main interpreter's, else
 * NULL.  */
static void *
get_holder (void)
{
  void *tstate = tide_site_finder.get_current ();

  return tstate && tide_word_at ((uintptr_t)tstate + TIDE_TSTATE_INTERPRETER) == tide_site_finder.interpreter
             ? tstate
             : NULL;
}

static bool
make_room (TideSitesKnown *known)
{
  uint64_t n = known->entries ? known->mask + 1 : 0, n_larger = n ? 2 * n : MIN_ENTRIES;
  TideSitesKnown larger = { .mask = n_larger - 1, .n_used = known->n_used };

  if (n && 2 * known->n_used < n)
    return true;
  if (known == &tide_site_finder.alone)
    tide_site_finder.last = &nothing;
  if (n_larger > MAX_ENTRIES)
    {
      memset (known->entries, 0, n * sizeof (TideSiteEntry));
      known->n_used = 0;
      return true;
    }
  larger.entries = tide_memory_reserve (n_larger * sizeof (TideSiteEntry));
  if (!larger.entries)
    return false;
  tide_memory_fill (larger.entries, n_larger * sizeof (TideSiteEntry));
  for (uint64_t i = 0; i < n; i++)
    {
      const TideSiteEntry *entry = &known->entries[i];

      if (entry->code)
        *tide_site_finder_entry (&larger, entry->code, entry->instruction) = *entry;
    }
  if (known->entries)
    tide_memory_unfill (known->entries, n * sizeof (TideSiteEntry));
  *known = larger;
  return true;
}

/* From 3.11 on a frame is there before it runs: while its cells and its generator are made, its caller is
 * who does it.  */
static bool
has_begun (uint64_t code, uint64_t instruction)
{
  int64_t offset;

  if (finder.first_traceable < 0)
    return true;
  offset = (int64_t)(instruction - code) - finder.layout->code_instructions;
  return offset >= 2 * (int64_t)int_at (code + (uint64_t)finder.first_traceable);
}

static uint32_t
line_of (uint64_t code, uint32_t offset)
{
  const TidePythonLayout *layout = finder.layout;
  uint64_t table = tide_word_at (code + (uint64_t)layout->code_line_table);

  return tide_line_find (layout->version_hex,
                         (const uint8_t *)(uintptr_t)(table + (uint64_t)layout->bytes_data),
                         (size_t)tide_word_at (table + (uint64_t)layout->bytes_size),
                         (uint32_t)int_at (code + (uint64_t)layout->code_first_line), offset);
}

/* Blocks that hold an object begin at a multiple of 16; the two words that are read of others are in one
 * page.
 */
__attribute__ ((no_sanitize ("address"))) void
tide_site_finder_end_code_unless_odd (const void *block)
{
  if ((uintptr_t)block % 16 == 0)
    tide_site_finder_end_code (block);
}

/* Gives the site of an instruction that is met for the first time, and notes it, if KNOWN is given.  0: its
 * caller may have one. TIDE_SITES_UNKNOWN: that cannot be told now.  */
static __attribute__ ((noinline, cold)) uint32_t
learn (TideSitesKnown *known, uint64_t frame, uint64_t code, uint64_t instruction, uint32_t generation)
{
  uint32_t id, site = 0;
  int saved = errno;
  TidePyFrame read;
  TideSiteEntry *entry;

  tide_pylayout_frame (finder.layout, tide_codes_peek, NULL, frame, &read);
  if (has_begun (code, instruction))
    {
      if (!tide_account_find_code (code, known != NULL, &id))
        {
          errno = saved;
          return TIDE_SITES_UNKNOWN;
        }
      if (id != 0)
        site = tide_sites_get (id, line_of (code, read.offset), known != &tide_site_finder.alone);
      if (site == TIDE_SITES_UNKNOWN)
        {
          errno = saved;
          return site;
        }
    }
  if (known && make_room (known))
    {
      entry = tide_site_finder_entry (known, code, instruction);
      known->n_used += entry->code == 0;
      *entry =
          (TideSiteEntry){ .code = code, .instruction = instruction, .site = site, .generation = generation };
    }
  errno = saved;
  return site;
}

/* SALT: of all generations of the frame's interpreter.  */
static uint32_t
find_frame (TideSitesKnown *known, uint32_t salt, uint64_t frame)
{
  uint64_t code = tide_word_at (frame + tide_site_finder.frame_code) & ~(uint64_t)7;
  uint64_t instruction;
  uint32_t generation;

  if (!code || tide_word_at (code + (uint64_t)finder.layout->object_type) != finder.layout->code_type)
    return 0;
  instruction = tide_site_finder_instruction (frame);
  generation = atomic_load_explicit (tide_site_finder_generation (code), memory_order_relaxed) ^ salt;
  if (known && known->entries)
    {
      const TideSiteEntry *entry = tide_site_finder_entry (known, code, instruction);

      if (entry->code && entry->generation == generation)
        return entry->site;
    }
  return learn (known, frame, code, instruction, generation);
}

/* 0: nobody's, or that cannot be told.  */
static uint32_t
find (TideSitesKnown *known, uint32_t salt, void *tstate)
{
  uint64_t frame = tstate ? tide_word_at ((uintptr_t)tstate + tide_site_finder.tstate_frame) : 0;

  if (frame && tide_site_finder.has_cframe)
    frame = tide_word_at (frame + tide_site_finder.cframe_frame);
  for (int i = 0; frame && i < MAX_SKIPPED; i++)
    {
      uint32_t site = find_frame (known, salt, frame);

      if (site != 0)
        return site != TIDE_SITES_UNKNOWN ? site : 0;
      frame = tide_word_at (frame + (uint64_t)finder.layout->frame_previous);
    }
  return 0;
}

/* NULL: all are in use.  */
static Shared *
lock (void)
{
  unsigned first = (unsigned)((uint64_t)pthread_self () * 0x9e3779b97f4a7c15ull >> 32);

  for (unsigned i = 0; i < PATIENCE; i++)
    {
      Shared *shared = &finder.shared[(first + i / IN_A_ROW) % N_SHARED];

      if (tide_try_lock_at_once (&shared->lock))
        return shared;
    }
  return NULL;
}

static void *
get_tstate (bool has_gil)
{
  return has_gil ? tide_site_finder.get_current () : tide_py.PyGILState_GetThisThreadState ();
}

/* Numbers of interpreters are not used again; the main one's is 0.  */
static uint32_t
get_salt (void *tstate)
{
  uint64_t interpreter = tide_word_at ((uintptr_t)tstate + TIDE_TSTATE_INTERPRETER);

  if (interpreter == tide_site_finder.interpreter)
    return 0;
  return (uint32_t)tide_py.PyInterpreterState_GetID ((void *)(uintptr_t)interpreter) * 0x9e3779b1u;
}

static uint32_t
find_shared (bool has_gil)
{
  void *tstate = get_tstate (has_gil);
  Shared *shared;
  uint32_t site;

  if (!tstate)
    return tide_sites_get (0, 0, true);
  shared = lock ();
  site = find (shared ? &shared->known : NULL, get_salt (tstate), tstate);
  if (shared)
    tide_try_unlock (&shared->lock);
  return site != 0 ? site : tide_sites_get (0, 0, true);
}

uint32_t
tide_site_finder_find_anew (bool has_gil)
{
  uint32_t site = find (NULL, 0, get_tstate (has_gil));

  return site != 0 ? site : tide_sites_get (0, 0, true);
}

uint32_t
tide_site_finder_find (bool has_gil)
{
  /* Whoever gives a block of the RAW domain back need not have the GIL, or may have another's: its counters
   * are for all, also where the GIL was held when it was taken.  */
  void *holder = has_gil ? get_holder () : NULL;
  uint32_t site;

  if (!holder)
    return find_shared (has_gil);
  site = find (&tide_site_finder.alone, 0, holder);
  return site != 0 ? site : tide_sites_get (0, 0, false);
}
