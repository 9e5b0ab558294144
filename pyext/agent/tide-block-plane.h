#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of each live block, where every block is tracked: one word for each 16 bytes of address
 * space, found by the block's address.
 *
 *     address   47 ......... 35 34 ......... 22 21 ............ 4 3   0
 *               +--------------+--------------+------------------+-----+
 *               | top          | middle       | word             |     |   two planes: bit 3 of the address
 *               +------|-------+------|-------+--------|---------+-----+
 *                      v              v                v
 *               8 Ki pointers   8 Ki pointers   2 MiB of words for 4 MiB of blocks, 16 KiB at a time resident
 *
 * No hashing, no probing and nothing that ever has to be moved; neighbours in the program's memory are
 * neighbours here; and a word is only touched by whoever has its block, so no lock: to give out the address
 * again, the allocator has synchronized with the one who gave it back.  It takes at most half of what blocks
 * take, in steps of 16 KiB, each resident and accounted before it is used (tide-memory.h).
 *
 * Words are 0 for "nothing".  Any thread.  */

typedef uint64_t TideBlockWord;

#define TIDE_BLOCK_WORD_SHIFT 4u
#define TIDE_BLOCK_WORD_BITS 18u
#define TIDE_BLOCK_CHUNK_SHIFT (TIDE_BLOCK_WORD_SHIFT + TIDE_BLOCK_WORD_BITS)

/* Words that become resident together: 16 KiB.  */
#define TIDE_BLOCK_UNIT_SHIFT 11u
#define TIDE_BLOCK_N_UNITS (1u << (TIDE_BLOCK_WORD_BITS - TIDE_BLOCK_UNIT_SHIFT))

/* What is before the words, of which the first page is used: the largest page there is.  */
#define TIDE_BLOCK_HEAD_SIZE 65536u

/* What says in which chunk the word of an address is; with the bits that no block's address has.  */
#define TIDE_BLOCK_KEY_MASK (~(uintptr_t)0 << TIDE_BLOCK_CHUNK_SHIFT | 15u)

typedef union
{
  struct
  {
    _Atomic uintptr_t key;                        /* of its addresses */
    _Atomic uint8_t resident[TIDE_BLOCK_N_UNITS]; /* which units are  */
  } head;
  char room[TIDE_BLOCK_HEAD_SIZE];
} TideBlockHead;

typedef struct
{
  TideBlockHead before;
  TideBlockWord words[1u << TIDE_BLOCK_WORD_BITS];
} TideBlockChunk;

/* The chunks that were wanted last: of 256 MiB each has its place.  */
#define TIDE_BLOCK_N_RECENT 64u
extern TideBlockChunk *_Atomic tide_block_plane_recent[TIDE_BLOCK_N_RECENT]
    __attribute__ ((visibility ("hidden")));

TideBlockWord *tide_block_plane_make_slowly (uintptr_t address);
TideBlockWord *tide_block_plane_find_slowly (uintptr_t address);

/* The word of ADDRESS when it can be told at once, else NULL.  */
static inline TideBlockWord *
tide_block_plane_peek (uintptr_t address)
{
  TideBlockChunk *chunk = atomic_load_explicit (
      &tide_block_plane_recent[address >> TIDE_BLOCK_CHUNK_SHIFT & (TIDE_BLOCK_N_RECENT - 1)],
      memory_order_acquire);
  uintptr_t index = address >> TIDE_BLOCK_WORD_SHIFT & (((uintptr_t)1 << TIDE_BLOCK_WORD_BITS) - 1);

  return __builtin_expect (
             chunk
                 && atomic_load_explicit (&chunk->before.head.key, memory_order_relaxed)
                        == (address & TIDE_BLOCK_KEY_MASK)
                 && atomic_load_explicit (&chunk->before.head.resident[index >> TIDE_BLOCK_UNIT_SHIFT],
                                          memory_order_relaxed),
             1)
             ? &chunk->words[index]
             : NULL;
}

/* The word of the block at ADDRESS to be written to, or NULL: memory is out, or the address is none that an
 * allocator gives.  */
static inline TideBlockWord *
tide_block_plane_make (uintptr_t address)
{
  TideBlockWord *word = tide_block_plane_peek (address);

  return __builtin_expect (word != NULL, 1) ? word : tide_block_plane_make_slowly (address);
}

/* The same of a block that may be known; NULL: it is not.  */
static inline TideBlockWord *
tide_block_plane_find (uintptr_t address)
{
  TideBlockWord *word = tide_block_plane_peek (address);

  return __builtin_expect (word != NULL, 1) ? word : tide_block_plane_find_slowly (address);
}

/* All is forgotten, and nothing resident but a few pages.  Threads that are inside another function of these
 * are not harmed.  */
void tide_block_plane_clear (void);

/* Gives back all memory: only where there are no other threads (a forked child).  The account is not told. */
void tide_block_plane_drop (void);
