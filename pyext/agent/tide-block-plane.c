#include "tide-block-plane.h"
#include "tide-memory.h"

#include <errno.h>
#include <stdatomic.h>

#define WORD_SHIFT 4u
#define WORD_BITS 18u
#define MIDDLE_SHIFT (WORD_SHIFT + WORD_BITS)
#define MIDDLE_BITS 13u
#define TOP_SHIFT (MIDDLE_SHIFT + MIDDLE_BITS)
#define TOP_BITS 13u
#define ADDRESS_BITS (TOP_SHIFT + TOP_BITS)

/* Words that become resident together: 16 KiB.  */
#define UNIT_SHIFT 11u
#define UNIT_SIZE (sizeof (TideBlockWord) << UNIT_SHIFT)
#define N_UNITS (1u << (WORD_BITS - UNIT_SHIFT))

/* What is before the words, of which the first page is used.  */
#define HEAD_SIZE 65536u

typedef struct
{
  _Atomic uintptr_t key;                   /* which chunk it is */
  _Atomic uint64_t resident[N_UNITS / 64]; /* which units are   */
} Head;

typedef struct
{
  Head head;
  char padding[HEAD_SIZE - sizeof (Head)]; /* to the largest page there is */
  TideBlockWord words[1u << WORD_BITS];
} Chunk;

typedef struct
{
  void *_Atomic chunks[1u << MIDDLE_BITS];
} Middle;

typedef struct
{
  void *_Atomic middles[1u << TOP_BITS];
} Top;

static void *_Atomic planes[2];

/* The chunk that was wanted last: most blocks of a small program, and of a stretch of any, are in one.  */
static Chunk *_Atomic last_chunk;

/* Whether blocks can be there.  */
static inline bool
is_possible (uintptr_t address)
{
  return address >> ADDRESS_BITS == 0 && (address & 7) == 0;
}

static inline uintptr_t
key_of (uintptr_t address)
{
  return address >> MIDDLE_SHIFT << 1 | (address >> 3 & 1);
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
  tide_memory_release (memory, size);
  tide_memory_forget (fill);
  return nothing;
}

static Chunk *
look_up (uintptr_t address)
{
  Top *top = atomic_load_explicit (&planes[address >> 3 & 1], memory_order_acquire);
  Middle *middle =
      top ? atomic_load_explicit (&top->middles[INDEX (address, TOP)], memory_order_acquire) : NULL;

  Chunk *chunk =
      middle ? atomic_load_explicit (&middle->chunks[INDEX (address, MIDDLE)], memory_order_acquire) : NULL;

  if (chunk)
    atomic_store_explicit (&last_chunk, chunk, memory_order_release);
  return chunk;
}

static inline Chunk *
find_chunk (uintptr_t address)
{
  Chunk *chunk = atomic_load_explicit (&last_chunk, memory_order_acquire);

  return __builtin_expect (
             chunk && atomic_load_explicit (&chunk->head.key, memory_order_relaxed) == key_of (address), 1)
             ? chunk
             : look_up (address);
}

static inline bool
is_resident (const Chunk *chunk, uintptr_t index)
{
  uintptr_t unit = index >> UNIT_SHIFT;

  return atomic_load_explicit (&chunk->head.resident[unit / 64], memory_order_relaxed) >> unit % 64 & 1;
}

static __attribute__ ((noinline, cold)) Chunk *
make_chunk (uintptr_t address)
{
  int saved = errno;
  Top *top = make (&planes[address >> 3 & 1], sizeof (Top), sizeof (Top));
  Middle *middle = top ? make (&top->middles[INDEX (address, TOP)], sizeof (Middle), sizeof (Middle)) : NULL;

  Chunk *chunk =
      middle ? make (&middle->chunks[INDEX (address, MIDDLE)], sizeof (Chunk), tide_memory_page ()) : NULL;

  if (chunk)
    atomic_store_explicit (&chunk->head.key, key_of (address), memory_order_relaxed);
  errno = saved;
  return chunk;
}

static __attribute__ ((noinline, cold)) void
make_resident (Chunk *chunk, uintptr_t index)
{
  int saved = errno;
  uintptr_t unit = index >> UNIT_SHIFT;
  uint64_t bit = (uint64_t)1 << unit % 64;

  /* Whoever sets the bit fills; who comes meanwhile faults a page in himself, and nothing is lost.  */
  if (!(atomic_fetch_or (&chunk->head.resident[unit / 64], bit) & bit))
    tide_memory_fill (&chunk->words[unit << UNIT_SHIFT], UNIT_SIZE);
  errno = saved;
}

TideBlockWord *
tide_block_plane_make (uintptr_t address)
{
  uintptr_t index = INDEX (address, WORD);
  Chunk *chunk;

  if (__builtin_expect (!is_possible (address), 0))
    return NULL;
  chunk = find_chunk (address);
  if (__builtin_expect (!chunk, 0))
    {
      chunk = make_chunk (address);
      if (!chunk)
        return NULL;
    }
  if (__builtin_expect (!is_resident (chunk, index), 0))
    make_resident (chunk, index);
  return &chunk->words[index];
}

TideBlockWord *
tide_block_plane_find (uintptr_t address)
{
  uintptr_t index = INDEX (address, WORD);
  Chunk *chunk = is_possible (address) ? find_chunk (address) : NULL;

  return chunk && is_resident (chunk, index) ? &chunk->words[index] : NULL;
}

static void
clear_chunk (Chunk *chunk)
{
  for (unsigned unit = 0; unit < N_UNITS; unit++)
    {
      uint64_t bit = (uint64_t)1 << unit % 64;

      if (atomic_fetch_and (&chunk->head.resident[unit / 64], ~bit) & bit)
        tide_memory_empty (&chunk->words[unit << UNIT_SHIFT], UNIT_SIZE);
    }
}

static void
clear_middle (Middle *middle, bool drop)
{
  for (unsigned i = 0; i < 1u << MIDDLE_BITS; i++)
    {
      Chunk *chunk = atomic_load (&middle->chunks[i]);

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
  atomic_store (&last_chunk, NULL);
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
