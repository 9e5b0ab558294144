#pragma once

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

/* The word of the block at ADDRESS to be written to, or NULL: memory is out, or the address is none that an
 * allocator gives.  */
TideBlockWord *tide_block_plane_make (uintptr_t address);

/* The same of a block that may be known; NULL: it is not.  */
TideBlockWord *tide_block_plane_find (uintptr_t address);

/* All is forgotten, and nothing resident but a few pages.  Threads that are inside another function of these
 * are not harmed.  */
void tide_block_plane_clear (void);

/* Gives back all memory: only where there are no other threads (a forked child).  The account is not told. */
void tide_block_plane_drop (void);
