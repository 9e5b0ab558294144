#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is known of each live block, where every block is tracked: its size and its site, in two bytes for
 * each 16 bytes of address space, found by the block's address.
 *
 *     address   47 ......... 36 35 ......... 24 23 ............ 4 3   0
 *               +--------------+--------------+------------------+-----+
 *               | top          | middle       | slot             |  0  |
 *               +------|-------+------|-------+--------|---------+-----+
 *                      v              v                v
 *               4 Ki pointers   4 Ki pointers   2 MiB of slots for 16 MiB of blocks,
 *                                               resident by 4 KiB
 *
 * A block of more than 16 bytes has two slots of its own at least, and those two hold its note when it is
 * short, as nearly all are; a long one's has six.  The slot of the first 16 bytes is FIRST, the others are
 * MORE, and none of them is 0: so what was left behind by blocks that were given back unseen is known for
 * what it is.
 *
 *     slot     15 14 ... 12 11       0    15 14 13            0
 *             +--+---------+----------+  +-----+---------------+
 *     short   |1 | site    | size     |  |0  1 | site >> 3     |
 *             +--+---------+----------+  +-----+---------------+
 *     long    |1 |         | LONG     |  |0  1 | size and site, 14 bits in each of five
 *     beside  |1 |         | BESIDE   |
 *
 * What has no room, a block of at most 16 bytes or at an odd multiple of 8, has a word of 8 bytes beside, in
 * memory that is only there for a chunk that has any.
 *
 * No hashing, no probing and nothing that ever has to be moved; neighbours in the program's memory are
 * neighbours here; and a slot is only touched by whoever has its block, so no lock: to give out the address
 * again, the allocator has synchronized with the one who gave it back.  It takes an eighth of what blocks
 * take, each part resident and accounted before it is used (tide-memory.h): the fresh pages are most of what
 * counting costs a program that grows.
 *
 * Notes are size << 17 | site, 0 for "nothing".  Any thread.  */

#define TIDE_BLOCK_SITE_BITS 17u
#define TIDE_BLOCK_MAX_SIZE (((uint64_t)1 << 43) - 1)

#define TIDE_BLOCK_SLOT_SHIFT 4u
#define TIDE_BLOCK_SLOT_BITS 20u
#define TIDE_BLOCK_CHUNK_SHIFT (TIDE_BLOCK_SLOT_SHIFT + TIDE_BLOCK_SLOT_BITS)

/* Slots, and words, that become resident together: 4 KiB each.  A large block needs no more of them.  */
#define TIDE_BLOCK_UNIT_SHIFT 11u
#define TIDE_BLOCK_N_UNITS (1u << (TIDE_BLOCK_SLOT_BITS - TIDE_BLOCK_UNIT_SHIFT))
#define TIDE_BLOCK_BESIDE_SHIFT 9u
#define TIDE_BLOCK_N_BESIDE (1u << (TIDE_BLOCK_SLOT_BITS - TIDE_BLOCK_BESIDE_SHIFT))

/* What is before the slots, of which the first page is used: the largest page there is.  */
#define TIDE_BLOCK_HEAD_SIZE 65536u

#define TIDE_BLOCK_FIRST 0x8000u
#define TIDE_BLOCK_MORE 0x4000u
#define TIDE_BLOCK_SIZE_BITS 12u
#define TIDE_BLOCK_SIZE_MASK 0xfffu /* the smallest sizes are none: they are beside */
#define TIDE_BLOCK_BESIDE 0u
#define TIDE_BLOCK_LONG 1u
#define TIDE_BLOCK_MIN_SHORT 17u
#define TIDE_BLOCK_N_LONG 6u
#define TIDE_BLOCK_PART_BITS 14u /* of a note in one MORE */
#define TIDE_BLOCK_SITE_LOW 3u   /* bits of a site in FIRST */

typedef union
{
  struct
  {
    _Atomic uint8_t resident[TIDE_BLOCK_N_UNITS]; /* which units are */
    void *_Atomic beside[2];                      /* words, by bit 3 of the address; NULL: none yet */
    _Atomic uint8_t beside_resident[2][TIDE_BLOCK_N_BESIDE / 8]; /* a bit each */
  } head;
  char room[TIDE_BLOCK_HEAD_SIZE];
} TideBlockHead;

typedef struct
{
  TideBlockHead before;
  uint16_t slots[1u << TIDE_BLOCK_SLOT_BITS];
} TideBlockChunk;

/* Resident units are found at once by a table in which each address has one place; whose unit was there first
 * stays.  So what a thread reads there fits together without a lock.  8 GiB go round it.  */
#define TIDE_BLOCK_N_KNOWN 262144u
#define TIDE_BLOCK_KNOWN_SHIFT (TIDE_BLOCK_SLOT_SHIFT + TIDE_BLOCK_UNIT_SHIFT)

/* The bits in which addresses of a unit that have a slot differ.  */
#define TIDE_BLOCK_UNIT_MASK ((((uintptr_t)1 << TIDE_BLOCK_UNIT_SHIFT) - 1) << TIDE_BLOCK_SLOT_SHIFT)

typedef struct
{
  _Atomic uintptr_t key; /* its addresses, with those bits set; 0: none's, at least not now */
  _Atomic uintptr_t
      slots; /* less what its first address is shifted; 0: never used.  Never changes any more.  */
} TideBlockKnown;

extern TideBlockKnown tide_block_plane_known[TIDE_BLOCK_N_KNOWN] __attribute__ ((visibility ("hidden")));

/* The slot of ADDRESS when it can be told at once, else NULL.  */
static inline __attribute__ ((always_inline)) void *
tide_block_plane_peek (uintptr_t address)
{
  const TideBlockKnown *known =
      &tide_block_plane_known[address >> TIDE_BLOCK_KNOWN_SHIFT & (TIDE_BLOCK_N_KNOWN - 1)];

  if (__builtin_expect (
          atomic_load_explicit (&known->key, memory_order_acquire) != (address | TIDE_BLOCK_UNIT_MASK), 0))
    return NULL;
  /* Two bytes for 16.  */
  return (void *)(atomic_load_explicit (&known->slots, memory_order_relaxed) + (address >> 3));
}

/* Notes that the block at ADDRESS has SIZE and SITE.  False: nothing has happened; tide_block_plane_forget()
 * and tide_block_plane_put() do it.  */
static inline __attribute__ ((always_inline)) bool
tide_block_plane_put_at_once (uintptr_t address, uint64_t size, uint32_t site)
{
  void *slot = tide_block_plane_peek (address);
  uint16_t first, second;
  uint32_t pair;

  /* The second slot of the last of a unit is in the next one.  */
  if (__builtin_expect (!slot || (address | ~TIDE_BLOCK_UNIT_MASK) == ~(uintptr_t)0
                            || size - TIDE_BLOCK_MIN_SHORT > TIDE_BLOCK_SIZE_MASK - TIDE_BLOCK_MIN_SHORT,
                        0))
    return false;
  memcpy (&pair, slot, sizeof pair);
  if (__builtin_expect (pair != 0, 0))
    return false;
  first = (uint16_t)(TIDE_BLOCK_FIRST | size
                     | (site & ((1u << TIDE_BLOCK_SITE_LOW) - 1)) << TIDE_BLOCK_SIZE_BITS);
  second = (uint16_t)(TIDE_BLOCK_MORE | site >> TIDE_BLOCK_SITE_LOW);
  memcpy (slot, &first, sizeof first);
  memcpy ((char *)slot + sizeof first, &second, sizeof second);
  return true;
}

/* The same of NOTE for one of less than TIDE_BLOCK_MIN_SHORT bytes.  */
bool tide_block_plane_put_beside (uintptr_t address, uint64_t note);

/* What was noted of the block at ADDRESS, and is not any more.  False: nothing has happened;
 * tide_block_plane_take() knows more.  */
static inline __attribute__ ((always_inline)) bool
tide_block_plane_take_at_once (uintptr_t address, uint64_t *size, uint32_t *site)
{
  void *slot = tide_block_plane_peek (address);
  uint16_t first, second;
  uint32_t nothing = 0;

  if (__builtin_expect (!slot, 0))
    return false;
  memcpy (&first, slot, sizeof first);
  *size = first & TIDE_BLOCK_SIZE_MASK;
  if (__builtin_expect (*size < TIDE_BLOCK_MIN_SHORT || !(first & TIDE_BLOCK_FIRST), 0))
    return false;
  memcpy (&second, (char *)slot + sizeof first, sizeof second);
  *site = (second & ((1u << TIDE_BLOCK_PART_BITS) - 1)) << TIDE_BLOCK_SITE_LOW
          | (first >> TIDE_BLOCK_SIZE_BITS & ((1u << TIDE_BLOCK_SITE_LOW) - 1));
  memcpy (slot, &nothing, sizeof nothing);
  return true;
}

/* Forgets one of the notes that are in the way of one for the block of SIZE at ADDRESS, and gives it; 0: none
 * is (any more).  */
uint64_t tide_block_plane_forget (uintptr_t address, uint64_t size);

/* NOTE for the block at ADDRESS.  False: memory is out, the address is none that an allocator gives, or the
 * size too large.  */
bool tide_block_plane_put (uintptr_t address, uint64_t note);

/* What was noted of the block at ADDRESS, and is not any more.  */
uint64_t tide_block_plane_take (uintptr_t address);

/* All is forgotten, and nothing resident but a few pages.  Threads that are inside another function of these
 * are not harmed.  */
void tide_block_plane_clear (void);

/* Gives back all memory: only where there are no other threads (a forked child).  The account is not told. */
void tide_block_plane_drop (void);
