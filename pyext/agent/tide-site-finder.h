#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* At which site the program runs: that of the innermost frame that has begun to run its own code, as
 * tracemalloc tells it.  Code objects die and their addresses are used again, so what is known of an address
 * counts only while words of the code object are what they were.  */

/* What is known of one instruction.  */
typedef struct
{
  uint64_t code; /* 0: free */
  uint64_t instruction;
  uint64_t check; /* of what the code object was then */
  uint32_t site;  /* 0: this frame has none, its caller may */
  uint32_t padding;
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
  uint64_t code_line_table;
  uint64_t code_name;
  uint64_t code_filename;
  uint64_t code_first_line;
  TideSitesKnown alone;      /* of those that hold the GIL */
  const TideSiteEntry *last; /* of these, that was asked for last; never NULL */
} TideSiteFinder;

extern TideSiteFinder tide_site_finder __attribute__ ((visibility ("hidden")));

/* Where the calling thread's current thread state is; NULL: not known.  */
extern __thread void *const *tide_site_finder_current
    __attribute__ ((tls_model ("initial-exec"), visibility ("hidden")));

void *tide_site_finder_ask_current (void);

/* tstate -> its interpreter, the same since 3.8.  */
#define TIDE_TSTATE_INTERPRETER 16

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

/* Two code objects at one address share these words only when nearly all of them is the same.  */
static inline uint64_t
tide_site_finder_check (uint64_t code)
{
  uint64_t line_table = tide_word_at (code + tide_site_finder.code_line_table);
  uint64_t name = tide_word_at (code + tide_site_finder.code_name);
  uint64_t filename = tide_word_at (code + tide_site_finder.code_filename);

  /* Addresses have 48 bits.  */
  return (line_table + (name << 16 | name >> 48)) ^ (filename << 7)
         ^ tide_word_at (code + tide_site_finder.code_first_line) << 40;
}

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
  /* What is no code object any more has another check.  */
  return __builtin_expect (entry->check == tide_site_finder_check (code), 1) ? entry->site : 0;
}

/* LAYOUT stays.  False: this interpreter's thread states could not be understood.  */
bool tide_site_finder_open (const TidePythonLayout *layout);

/* In a forked child.  */
void tide_site_finder_drop (void);

/* The site of the calling thread, never 0.  HAS_GIL: the caller knows that it holds some interpreter's GIL,
 * and that whoever gives the block back holds the same.  Who does not, or holds another than that of the main
 * interpreter, gets a shared site (tide-sites.h).  Not from signal handlers.  */
uint32_t tide_site_finder_find (bool has_gil);

/* The same, always a shared site.  */
uint32_t tide_site_finder_find_shared (bool has_gil);
