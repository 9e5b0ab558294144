#include "tide-site-finder.h"
#include "tide-account.h"
#include "tide-codes.h"
#include "tide-line-walk.h"
#include "tide-memory.h"
#include "tide-python.h"
#include "tide-sites.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* Programs may make code without end: beyond this all is forgotten and learned anew.  64 Ki entries of 32
 * bytes are 2 MiB.  */
#define MIN_ENTRIES 2048u
#define MAX_ENTRIES 65536u

/* Frames that have not begun, or are none of Python's, one on top of the other.  */
#define MAX_SKIPPED 64

/* How often one asks for the lock.  */
#define PATIENCE 64

/* In place of a site: this frame has none, its caller may.  */
#define SKIP UINT32_MAX

/* What is known of one instruction.  */
typedef struct
{
  uint64_t code; /* 0: free */
  uint64_t instruction;
  uint64_t check; /* of what the code object was then */
  uint32_t site;
  uint32_t padding;
} Entry;

typedef struct
{
  Entry *entries;
  uint32_t n_entries; /* a power of two */
  uint32_t n_used;
} Known;

static struct
{
  const TidePythonLayout *layout;
  void *(*get_current) (void);
  int32_t first_traceable; /* offset in a code object; -1: frames of this version have always begun */
  Known alone;             /* of those that hold the GIL */
  Known shared;            /* of the lock's holder        */
  _Atomic uint32_t lock;
} finder;

/* tstate -> its interpreter, the same since 3.8.  */
#define TSTATE_INTERP 16

static inline uint64_t
word_at (uint64_t address)
{
  uint64_t word;

  memcpy (&word, (const void *)(uintptr_t)address, sizeof word);
  return word;
}

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
  void *tstate;

  finder.get_current = (void *(*)(void))tide_symbol ("PyThreadState_GetUnchecked", NULL); /* 3.13 */
  if (!finder.get_current)
    finder.get_current = (void *(*)(void))tide_symbol ("_PyThreadState_UncheckedGet", NULL);
  tstate = finder.get_current ? finder.get_current () : NULL;
  if (!tstate || !layout->code_type
      || word_at ((uintptr_t)tstate + TSTATE_INTERP) != (uintptr_t)tide_py.PyInterpreterState_Main ())
    return false;
  finder.layout = layout;
  finder.first_traceable = layout->code_instructions > 0 ? layout->code_instructions - 16 : -1;
  return true;
}

void
tide_site_finder_drop (void)
{
  Known *known[] = { &finder.alone, &finder.shared };

  for (int i = 0; i < 2; i++)
    if (known[i]->entries)
      tide_memory_release (known[i]->entries, known[i]->n_entries * sizeof (Entry));
  memset (&finder, 0, sizeof finder);
}

void *
tide_site_finder_get_holder (bool has_gil)
{
  void *tstate = finder.get_current ();

  if (!tstate || word_at ((uintptr_t)tstate + TSTATE_INTERP) != finder.layout->interpreter)
    return NULL;
  /* Up to 3.11 that was the thread state of whoever holds the GIL.  */
  return has_gil || tstate == tide_py.PyGILState_GetThisThreadState () ? tstate : NULL;
}

/* Two code objects at one address share these words only when nearly all of them is the same.  */
static inline uint64_t
check_of (uint64_t code)
{
  const TidePythonLayout *layout = finder.layout;
  uint64_t line_table = word_at (code + (uint64_t)layout->code_line_table);
  uint64_t name = word_at (code + (uint64_t)layout->code_name);
  uint64_t filename = word_at (code + (uint64_t)layout->code_filename);

  /* Addresses have 48 bits.  */
  return (line_table + (name << 16 | name >> 48)) ^ (filename << 7)
         ^ (uint64_t)(uint32_t)int_at (code + (uint64_t)layout->code_first_line) << 40;
}

static inline Entry *
find_entry (const Known *known, uint64_t code, uint64_t instruction)
{
  uint64_t hash = ((code >> 4) + (instruction << 17) + instruction) * 0x9e3779b97f4a7c15ull;
  uint32_t at = (uint32_t)(hash >> 40) & (known->n_entries - 1);

  while (known->entries[at].code
         && (known->entries[at].code != code || known->entries[at].instruction != instruction))
    at = (at + 1) & (known->n_entries - 1);
  return &known->entries[at];
}

static bool
make_room (Known *known)
{
  Known larger = { .n_entries = known->n_entries ? 2 * known->n_entries : MIN_ENTRIES };
  size_t size = known->n_entries * sizeof (Entry);

  if (known->n_entries && 2 * known->n_used < known->n_entries)
    return true;
  if (larger.n_entries > MAX_ENTRIES)
    {
      memset (known->entries, 0, size);
      known->n_used = 0;
      return true;
    }
  larger.entries = tide_memory_reserve (larger.n_entries * sizeof (Entry));
  if (!larger.entries)
    return false;
  tide_memory_fill (larger.entries, larger.n_entries * sizeof (Entry));
  for (uint32_t i = 0; i < known->n_entries; i++)
    if (known->entries[i].code)
      *find_entry (&larger, known->entries[i].code, known->entries[i].instruction) = known->entries[i];
  larger.n_used = known->n_used;
  if (known->entries)
    {
      tide_memory_release (known->entries, size);
      tide_memory_forget (size);
    }
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
  uint64_t table = word_at (code + (uint64_t)layout->code_line_table);

  return tide_line_find (layout->version_hex,
                         (const uint8_t *)(uintptr_t)(table + (uint64_t)layout->bytes_data),
                         (size_t)word_at (table + (uint64_t)layout->bytes_size),
                         (uint32_t)int_at (code + (uint64_t)layout->code_first_line), offset);
}

/* Gives the site of an instruction that is met for the first time, and notes it.  0: that cannot be told
 * now.  */
static __attribute__ ((noinline, cold)) uint32_t
learn (Known *known, uint64_t frame, uint64_t code, uint64_t instruction, uint64_t check)
{
  uint32_t id, site = SKIP;
  int saved = errno;
  TidePyFrame read;
  Entry *entry;

  tide_pylayout_frame (finder.layout, tide_codes_peek, NULL, frame, &read);
  if (has_begun (code, instruction))
    {
      if (!tide_account_find_code (code, &id))
        {
          errno = saved;
          return 0;
        }
      if (id != 0)
        site = tide_sites_get (id, line_of (code, read.offset), known == &finder.shared);
    }
  if (make_room (known))
    {
      entry = find_entry (known, code, instruction);
      known->n_used += entry->code == 0;
      *entry = (Entry){ .code = code, .instruction = instruction, .check = check, .site = site };
    }
  errno = saved;
  return site;
}

static inline uint32_t
find_frame (Known *known, uint64_t frame)
{
  const TidePythonLayout *layout = finder.layout;
  uint64_t code = word_at (frame + (uint64_t)layout->frame_code) & ~(uint64_t)7;
  uint64_t instruction, check;

  if (!code || word_at (code + (uint64_t)layout->object_type) != layout->code_type)
    return SKIP;
  instruction = layout->instruction_scale ? (uint64_t)int_at (frame + (uint64_t)layout->frame_instruction)
                                          : word_at (frame + (uint64_t)layout->frame_instruction);
  check = check_of (code);
  if (__builtin_expect (known->n_entries != 0, 1))
    {
      const Entry *entry = find_entry (known, code, instruction);

      if (__builtin_expect (entry->code && entry->check == check, 1))
        return entry->site;
    }
  return learn (known, frame, code, instruction, check);
}

static inline uint32_t
find (Known *known, void *tstate)
{
  const TidePythonLayout *layout = finder.layout;
  uint64_t frame = tstate ? word_at ((uintptr_t)tstate + (uint64_t)layout->tstate_frame) : 0;

  if (frame && layout->cframe_frame >= 0)
    frame = word_at (frame + (uint64_t)layout->cframe_frame);
  for (int i = 0; frame && i < MAX_SKIPPED; i++)
    {
      uint32_t site = find_frame (known, frame);

      if (__builtin_expect (site != SKIP, 1))
        return site;
      frame = word_at (frame + (uint64_t)layout->frame_previous);
    }
  return 0;
}

static bool
lock (void)
{
  for (int i = 0; i < PATIENCE; i++)
    if (atomic_exchange_explicit (&finder.lock, 1, memory_order_acquire) == 0)
      return true;
  return false;
}

uint32_t
tide_site_finder_find (void *holder, bool has_gil)
{
  uint32_t site = 0;

  if (__builtin_expect (holder != NULL, 1))
    site = find (&finder.alone, holder);
  else if (lock ())
    {
      site =
          find (&finder.shared, has_gil ? finder.get_current () : tide_py.PyGILState_GetThisThreadState ());
      atomic_store_explicit (&finder.lock, 0, memory_order_release);
    }
  return site != 0 ? site : tide_sites_get (0, 0, holder == NULL);
}
