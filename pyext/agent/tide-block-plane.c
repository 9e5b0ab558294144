#include "tide-block-plane.h"
#include "tide-memory.h"

#include <errno.h>
#include <stdatomic.h>

#define MIDDLE_SHIFT TIDE_BLOCK_CHUNK_SHIFT
#define MIDDLE_BITS 13u
#define TOP_SHIFT (MIDDLE_SHIFT + MIDDLE_BITS)
#define TOP_BITS 13u
#define ADDRESS_BITS (TOP_SHIFT + TOP_BITS)

#define UNIT_SIZE (sizeof (TideBlockWord) << TIDE_BLOCK_UNIT_SHIFT)

typedef struct
{
  void *_Atomic chunks[1u << MIDDLE_BITS];
} Middle;

typedef struct
{
  void *_Atomic middles[1u << TOP_BITS];
} Top;

static void *_Atomic planes[2];

TideBlockChunk *_Atomic tide_block_plane_recent[TIDE_BLOCK_N_RECENT];

/* Whether blocks can be there.  */
static inline bool
is_possible (uintptr_t address)
{
  return address >> ADDRESS_BITS == 0 && (address & 7) == 0;
}

#define INDEX(address, part) ((address) >> part##_SHIFT & ((1u << part##_BITS) - 1))

/* What *SLOT points to, made with its first FILL bytes resident when it points to nothing yet.  */
static void *
make (void *_Atomic *slot, size_t size, size_t fill)
{
  void *memory = atomic_load_explicit (slot, memory_order_acquire), *nothing = NULL;

  if (memory)
    return memory;
  memory = tide_memory_reserve (size);
  if (!memory)
    return NULL;
  tide_memory_fill (memory, fill);
  if (atomic_compare_exchange_strong (slot, &nothing, memory))
    return memory;
  /* Another thread was faster.  */
  tide_memory_unfill (memory, fill);
  if (size > fill)
    tide_memory_release ((char *)memory + fill, size - fill);
  return nothing;
}

/* The chunk of ADDRESS, which is known again at once; NULL: there is none.  */
static TideBlockChunk *
look_up (uintptr_t address)
{
  Top *top = atomic_load_explicit (&planes[address >> 3 & 1], memory_order_acquire);
  Middle *middle =
      top ? atomic_load_explicit (&top->middles[INDEX (address, TOP)], memory_order_acquire) : NULL;
  TideBlockChunk *chunk =
      middle ? atomic_load_explicit (&middle->chunks[INDEX (address, MIDDLE)], memory_order_acquire) : NULL;

  if (chunk)
    atomic_store_explicit (&tide_block_plane_recent[address >> MIDDLE_SHIFT & (TIDE_BLOCK_N_RECENT - 1)],
                           chunk, memory_order_release);
  return chunk;
}

static TideBlockChunk *
make_chunk (uintptr_t address)
{
  Top *top = make (&planes[address >> 3 & 1], sizeof (Top), sizeof (Top));
  Middle *middle = top ? make (&top->middles[INDEX (address, TOP)], sizeof (Middle), sizeof (Middle)) : NULL;
  TideBlockChunk *chunk =
      middle ? make (&middle->chunks[INDEX (address, MIDDLE)], sizeof (TideBlockChunk), tide_memory_page ())
             : NULL;

  if (chunk)
    atomic_store_explicit (&chunk->before.head.key, address & TIDE_BLOCK_KEY_MASK, memory_order_relaxed);
  return chunk;
}

static uintptr_t
index_of (uintptr_t address)
{
  return address >> TIDE_BLOCK_WORD_SHIFT & (((uintptr_t)1 << TIDE_BLOCK_WORD_BITS) - 1);
}

TideBlockWord *
tide_block_plane_make_slowly (uintptr_t address)
{
  int saved = errno;
  uintptr_t index = index_of (address), unit = index >> TIDE_BLOCK_UNIT_SHIFT;
  TideBlockChunk *chunk;

  if (!is_possible (address))
    return NULL;
  chunk = look_up (address);
  if (!chunk)
    chunk = make_chunk (address);
  /* Whoever sets the flag fills; who comes meanwhile faults a page in himself, and nothing is lost.  */
  if (chunk && atomic_exchange (&chunk->before.head.resident[unit], 1) == 0)
    tide_memory_fill (&chunk->words[unit << TIDE_BLOCK_UNIT_SHIFT], UNIT_SIZE);
  errno = saved;
  return chunk ? &chunk->words[index] : NULL;
}

TideBlockWord *
tide_block_plane_find_slowly (uintptr_t address)
{
  uintptr_t index = index_of (address);
  TideBlockChunk *chunk = is_possible (address) ? look_up (address) : NULL;

  return chunk && atomic_load (&chunk->before.head.resident[index >> TIDE_BLOCK_UNIT_SHIFT])
             ? &chunk->words[index]
             : NULL;
}

static void
clear_chunk (TideBlockChunk *chunk)
{
  for (unsigned unit = 0; unit < TIDE_BLOCK_N_UNITS; unit++)
    if (atomic_exchange (&chunk->before.head.resident[unit], 0) != 0)
      tide_memory_empty (&chunk->words[unit << TIDE_BLOCK_UNIT_SHIFT], UNIT_SIZE);
}

static void
clear_middle (Middle *middle, bool drop)
{
  for (unsigned i = 0; i < 1u << MIDDLE_BITS; i++)
    {
      TideBlockChunk *chunk = atomic_load (&middle->chunks[i]);

      if (chunk && drop)
        tide_memory_release (chunk, sizeof *chunk);
      else if (chunk)
        clear_chunk (chunk);
    }
}

static void
clear_top (Top *top, bool drop)
{
  for (unsigned i = 0; i < 1u << TOP_BITS; i++)
    {
      Middle *middle = atomic_load (&top->middles[i]);

      if (middle)
        clear_middle (middle, drop);
      if (middle && drop)
        tide_memory_release (middle, sizeof *middle);
    }
}

void
tide_block_plane_clear (void)
{
  for (int i = 0; i < 2; i++)
    {
      Top *top = atomic_load (&planes[i]);

      if (top)
        clear_top (top, false);
    }
}

void
tide_block_plane_drop (void)
{
  for (unsigned i = 0; i < TIDE_BLOCK_N_RECENT; i++)
    atomic_store (&tide_block_plane_recent[i], NULL);
  for (int i = 0; i < 2; i++)
    {
      Top *top = atomic_load (&planes[i]);

      if (!top)
        continue;
      clear_top (top, true);
      tide_memory_release (top, sizeof *top);
      atomic_store (&planes[i], NULL);
    }
}
