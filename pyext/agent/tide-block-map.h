#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Few blocks among many, by their address: those that were sampled.  Open addressing with linear probing in a
 * power of two of slots of 16 bytes, at most half of them used; removal shifts back what was pushed on, so
 * that no graves pile up.
 *
 *     home of a   home of b
 *         |           |
 *     +---+---+---+---+---+---+
 *     |   | a | a'| b | b'|   |     removed a: a' moves to its place; then b' stays, since b is at its home
 *     +---+---+---+---+---+---+
 *
 * Memory is a mapping of its own, accounted as the agent's.  One thread at a time.  */
typedef struct
{
  uintptr_t block; /* 0: free */
  uint64_t word;   /* never 0 */
} TideBlockSlot;

typedef struct
{
  TideBlockSlot *slots;
  size_t n_slots;
  size_t n_used;
} TideBlockMap;

/* Notes WORD of BLOCK, in place of what was noted of it (given in OLD, 0: nothing).  False: memory is out. */
bool tide_block_map_put (TideBlockMap *self, uintptr_t block, uint64_t word, uint64_t *old);

/* Forgets BLOCK and gives what was noted, 0: nothing.  */
uint64_t tide_block_map_take (TideBlockMap *self, uintptr_t block);

/* Forgets all and gives the memory back.  */
void tide_block_map_clear (TideBlockMap *self);
