#pragma once

#include "tide-region.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* At which site the program runs: that of the innermost frame that has begun to run its own code, as
 * tracemalloc tells it.
 *
 * Code objects die and their addresses are used again, by others that may be made of the very same words:
 * what is made alike lies alike.  So what is known of an address counts only as long as no code object there,
 * or at one of those that share its generation, was given back since.  An interpreter may also end with
 * memory in which there still are some: those of others than the main one have its number in the generation.
 */

/* What is known of one instruction.  */
typedef struct
{
  uint64_t code; /* 0: free */
  uint64_t instruction;
  uint32_t site; /* 0: this frame has none, its caller may */
  uint32_t generation;
} TideSiteEntry;

typedef struct
{
  TideSiteEntry *entries; /* NULL: none yet */
  uint64_t mask;          /* one less than their number, which is a power of two */
  uint32_t n_used;
} TideSitesKnown;

/* Offsets are of the layout, as wide as addresses.  */
typedef struct
{
  void *(*get_current) (void);
  uint64_t interpreter;
  uint64_t tstate_frame;
  uint64_t cframe_frame; /* where the thread state has the frame by way of another structure */
  bool has_cframe;
  uint64_t frame_code;
  uint64_t frame_instruction;
  uint64_t instruction_mask;
  uint64_t code_type;
  TideSitesKnown alone;      /* of those that hold the GIL */
  const TideSiteEntry *last; /* of these, that was asked for last; never NULL */
} TideSiteFinder;

extern TideSiteFinder tide_site_finder __attribute__ ((visibility ("hidden")));

#define TIDE_SITE_GENERATIONS 1024u

/* By address.  */
extern _Atomic uint32_t tide_site_finder_generations[TIDE_SITE_GENERATIONS]
    __attribute__ ((visibility ("hidden")));

/* Where the calling thread's current thread state is; NULL: not known.  */
extern __thread void *const *tide_site_finder_current
    __attribute__ ((tls_model ("initial-exec"), visibility ("hidden")));

void *tide_site_finder_ask_current (void);

/* tstate -> its interpreter, the same since 3.8.  */
#define TIDE_TSTATE_INTERPRETER 16

/* object -> its type, where there is a GIL.  */
#define TIDE_OBJECT_TYPE 8

static inline uint64_t
tide_word_at (uint64_t address)
{
  uint64_t word;

  memcpy (&word, (const void *)(uintptr_t)address, sizeof word);
  return word;
}

static inline uint64_t
tide_site_finder_instruction (uint64_t frame)
{
  return tide_word_at (frame + tide_site_finder.frame_instruction) & tide_site_finder.instruction_mask;
}

static inline _Atomic uint32_t *
tide_site_finder_generation (uint64_t code)
{
  return &tide_site_finder_generations[code >> 4 & (TIDE_SITE_GENERATIONS - 1)];
}

/* Those of code objects that are at OBJECT are over, if one is: it is about to be given back.  OBJECT has two
 * words at least.  */
static inline __attribute__ ((always_inline)) void
tide_site_finder_end_code (const void *object)
{
  uint64_t address = (uint64_t)(uintptr_t)object;

  if (__builtin_expect (tide_word_at (address + TIDE_OBJECT_TYPE) == tide_site_finder.code_type, 0))
    atomic_fetch_add_explicit (tide_site_finder_generation (address), 1, memory_order_relaxed);
}

/* The same for a block of unknown size.  */
void tide_site_finder_end_code_unless_odd (const void *block);

/* Where an instruction is noted, or would be.  */
static inline TideSiteEntry *
tide_site_finder_entry (const TideSitesKnown *known, uint64_t code, uint64_t instruction)
{
  uint64_t at = ((code >> 4) + (instruction << 17) + instruction) * 0x9e3779b97f4a7c15ull >> 40;
  TideSiteEntry *entry = &known->entries[at & known->mask];

  while (__builtin_expect (entry->code != code || entry->instruction != instruction, 0) && entry->code)
    entry = &known->entries[++at & known->mask];
  return entry;
}

/* The site of the caller, who holds some interpreter's GIL, when it is known already and that interpreter is
 * the main one; else 0.  Hot code asks for the same again and again: then nothing waits for the table.  */
static inline __attribute__ ((always_inline)) uint32_t
tide_site_finder_recall (void)
{
  TideSiteFinder *finder = &tide_site_finder;
  const TideSiteEntry *entry = finder->last;
  void *const *current = tide_site_finder_current;
  uint64_t tstate, frame, code, instruction;

  tstate = (uint64_t)(uintptr_t)(__builtin_expect (current != NULL, 1) ? *current
                                                                       : tide_site_finder_ask_current ());
  if (__builtin_expect (!tstate || tide_word_at (tstate + TIDE_TSTATE_INTERPRETER) != finder->interpreter, 0))
    return 0;
  frame = tide_word_at (tstate + finder->tstate_frame);
  if (finder->has_cframe && frame)
    frame = tide_word_at (frame + finder->cframe_frame);
  if (__builtin_expect (!frame, 0))
    return 0;
  code = tide_word_at (frame + finder->frame_code) & ~(uint64_t)7;
  instruction = tide_site_finder_instruction (frame);
  if (entry->code != code || entry->instruction != instruction)
    {
      if (__builtin_expect (!finder->alone.entries, 0))
        return 0;
      entry = tide_site_finder_entry (&finder->alone, code, instruction);
      if (__builtin_expect (!code || !entry->code, 0))
        return 0;
      finder->last = entry;
    }
  return __builtin_expect (
             entry->generation
                 == atomic_load_explicit (tide_site_finder_generation (code), memory_order_relaxed),
             1)
             ? entry->site
             : 0;
}

/* LAYOUT stays.  False: this interpreter's thread states could not be understood.  */
bool tide_site_finder_open (const TidePythonLayout *layout);

/* In a forked child.  */
void tide_site_finder_drop (void);

/* The site of the calling thread, never 0.  HAS_GIL: the caller knows that it holds some interpreter's GIL,
 * and that whoever gives the block back holds the same.  Who does not, or holds another than that of the main
 * interpreter, gets a shared site (tide-sites.h).  Not from signal handlers.  */
uint32_t tide_site_finder_find (bool has_gil);

/* The same, always a shared site, and without notes of what was found: for those who ask seldom, and do not
 * say what is given back.  */
uint32_t tide_site_finder_find_anew (bool has_gil);
