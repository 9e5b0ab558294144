#include "tide-block-plane.h"
#include "tide-memory.h"

#include <errno.h>

#define MIDDLE_SHIFT TIDE_BLOCK_CHUNK_SHIFT
#define MIDDLE_BITS 12u
#define TOP_SHIFT (MIDDLE_SHIFT + MIDDLE_BITS)
#define TOP_BITS 12u
#define ADDRESS_BITS (TOP_SHIFT + TOP_BITS)

#define N_SLOTS (1u << TIDE_BLOCK_SLOT_BITS)
#define UNIT_SIZE (sizeof (uint16_t) << TIDE_BLOCK_UNIT_SHIFT)
#define UNITS_AT_ONCE 8u
#define BESIDE_SIZE (sizeof (uint64_t) * N_SLOTS)
#define BESIDE_UNIT_SIZE (sizeof (uint64_t) << TIDE_BLOCK_BESIDE_SHIFT)

#define PART_MASK ((1u << TIDE_BLOCK_PART_BITS) - 1)
#define SITE_LOW_MASK ((1u << TIDE_BLOCK_SITE_LOW) - 1)
#define SITE_MASK (((uint64_t)1 << TIDE_BLOCK_SITE_BITS) - 1)

_Static_assert(sizeof (((TideBlockHead *)NULL)->head) <= 4096, "the head is one page");
_Static_assert(TIDE_BLOCK_SITE_BITS == TIDE_BLOCK_PART_BITS + TIDE_BLOCK_SITE_LOW,
               "the pair of slots holds a site");

typedef struct
{
  void *_Atomic chunks[1u << MIDDLE_BITS];
} Middle;

typedef struct
{
  void *_Atomic middles[1u << TOP_BITS];
} Top;

static void *_Atomic plane;

/* Its pages are resident and accounted as any other memory of the agent.  */
#define KNOWN_STEP 4096u
TideBlockKnown tide_block_plane_known[TIDE_BLOCK_N_KNOWN] __attribute__ ((aligned (KNOWN_STEP)));
static _Atomic uint8_t known_resident[sizeof tide_block_plane_known / KNOWN_STEP];

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

/* NULL: there is none.  */
static TideBlockChunk *
look_up (uintptr_t address)
{
  Top *top = atomic_load_explicit (&plane, memory_order_acquire);
  Middle *middle =
      top ? atomic_load_explicit (&top->middles[INDEX (address, TOP)], memory_order_acquire) : NULL;

  return middle ? atomic_load_explicit (&middle->chunks[INDEX (address, MIDDLE)], memory_order_acquire)
                : NULL;
}

static TideBlockChunk *
make_chunk (uintptr_t address)
{
  Top *top = make (&plane, sizeof (Top), sizeof (Top));
  Middle *middle = top ? make (&top->middles[INDEX (address, TOP)], sizeof (Middle), sizeof (Middle)) : NULL;

  return middle
             ? make (&middle->chunks[INDEX (address, MIDDLE)], sizeof (TideBlockChunk), tide_memory_page ())
             : NULL;
}

static uintptr_t
index_of (uintptr_t address)
{
  return address >> TIDE_BLOCK_SLOT_SHIFT & (N_SLOTS - 1);
}

static uint16_t *
peek_slot (TideBlockChunk *chunk, uintptr_t index)
{
  return atomic_load (&chunk->before.head.resident[index >> TIDE_BLOCK_UNIT_SHIFT]) ? &chunk->slots[index]
                                                                                    : NULL;
}

/* The unit of ADDRESS, whose slots are at SLOTS, is found at once from now on, unless another has its place.
 */
static void
make_known (uintptr_t address, const uint16_t *slots)
{
  size_t place = address >> TIDE_BLOCK_KNOWN_SHIFT & (TIDE_BLOCK_N_KNOWN - 1);
  size_t step = place * sizeof (TideBlockKnown) / KNOWN_STEP;
  TideBlockKnown *known = &tide_block_plane_known[place];
  uintptr_t first = address >> TIDE_BLOCK_KNOWN_SHIFT << TIDE_BLOCK_KNOWN_SHIFT, nothing = 0;
  uintptr_t value = (uintptr_t)slots - (first >> 3);

  if (atomic_exchange (&known_resident[step], 1) == 0)
    tide_memory_fill ((char *)tide_block_plane_known + step * KNOWN_STEP, KNOWN_STEP);
  if (atomic_compare_exchange_strong (&known->slots, &nothing, value) || nothing == value)
    atomic_store_explicit (&known->key, address | TIDE_BLOCK_UNIT_MASK, memory_order_release);
}

/* MANY: blocks that follow this one will want the units behind it.  */
static uint16_t *
make_slot (TideBlockChunk *chunk, uintptr_t address, bool many)
{
  uintptr_t index = index_of (address), unit = index >> TIDE_BLOCK_UNIT_SHIFT, n = 1, n_new = 0;
  uint16_t *slots = &chunk->slots[unit << TIDE_BLOCK_UNIT_SHIFT];
  _Atomic uint8_t *resident = chunk->before.head.resident;

  if (atomic_load_explicit (&resident[unit], memory_order_relaxed))
    return &chunk->slots[index];
  /* One call of the kernel is cheaper than many, where memory is taken in a row.  */
  if (many && unit > 0 && atomic_load_explicit (&resident[unit - 1], memory_order_relaxed))
    n = UNITS_AT_ONCE - unit % UNITS_AT_ONCE;
  /* Whoever sets the flag fills; who comes meanwhile faults a page in himself, and nothing is lost.  */
  while (n_new < n && atomic_exchange (&resident[unit + n_new], 1) == 0)
    n_new++;
  if (n_new > 0)
    tide_memory_fill (slots, n_new * UNIT_SIZE);
  for (uintptr_t i = 0; i < n_new; i++)
    make_known (address + (i << TIDE_BLOCK_KNOWN_SHIFT), slots + (i << TIDE_BLOCK_UNIT_SHIFT));
  return &chunk->slots[index];
}

static _Atomic uint8_t *
beside_flags (TideBlockChunk *chunk, uintptr_t index, bool odd)
{
  return &chunk->before.head.beside_resident[odd][index >> (TIDE_BLOCK_BESIDE_SHIFT + 3)];
}

static uint8_t
beside_bit (uintptr_t index)
{
  return (uint8_t)(1u << (index >> TIDE_BLOCK_BESIDE_SHIFT & 7));
}

/* The word beside; NULL: it is not there, which is as if it were 0.  */
static uint64_t *
peek_beside (TideBlockChunk *chunk, uintptr_t index, bool odd)
{
  uint64_t *words = atomic_load_explicit (&chunk->before.head.beside[odd], memory_order_acquire);

  return words && atomic_load (beside_flags (chunk, index, odd)) & beside_bit (index) ? &words[index] : NULL;
}

static uint64_t *
make_beside (TideBlockChunk *chunk, uintptr_t index, bool odd)
{
  uint64_t *words = make (&chunk->before.head.beside[odd], BESIDE_SIZE, 0);
  uint8_t bit = beside_bit (index);

  if (words && !(atomic_load_explicit (beside_flags (chunk, index, odd), memory_order_relaxed) & bit)
      && !(atomic_fetch_or (beside_flags (chunk, index, odd), bit) & bit))
    tide_memory_fill (&words[index >> TIDE_BLOCK_BESIDE_SHIFT << TIDE_BLOCK_BESIDE_SHIFT], BESIDE_UNIT_SIZE);
  return words ? &words[index] : NULL;
}

/* How many slots a note of SIZE has.  */
static uintptr_t
n_slots_for (uintptr_t index, uint64_t size)
{
  uintptr_t n = size < TIDE_BLOCK_MIN_SHORT ? 1 : size <= TIDE_BLOCK_SIZE_MASK ? 2 : TIDE_BLOCK_N_LONG;

  /* Notes end with their chunk.  */
  return index + n <= N_SLOTS ? n : 1;
}

bool
tide_block_plane_put_beside (uintptr_t address, uint64_t note)
{
  uint16_t *slot = tide_block_plane_peek (address);
  TideBlockChunk *chunk = slot && *slot == 0 ? look_up (address) : NULL;
  uint64_t *word = chunk ? peek_beside (chunk, index_of (address), false) : NULL;

  if (!word)
    return false;
  *word = note;
  *slot = TIDE_BLOCK_FIRST | TIDE_BLOCK_BESIDE;
  return true;
}

static uint64_t
take_word (TideBlockChunk *chunk, uintptr_t index, bool odd)
{
  uint64_t *word = peek_beside (chunk, index, odd), note = word ? *word : 0;

  if (word)
    *word = 0;
  return note;
}

static uint64_t
take_at (TideBlockChunk *chunk, uintptr_t index)
{
  uint16_t *slot = peek_slot (chunk, index), first = slot ? *slot : 0;
  uint64_t note = 0;

  if (!(first & TIDE_BLOCK_FIRST))
    return 0;
  *slot = 0;
  if ((first & TIDE_BLOCK_SIZE_MASK) == TIDE_BLOCK_BESIDE)
    return take_word (chunk, index, false);
  if ((first & TIDE_BLOCK_SIZE_MASK) == TIDE_BLOCK_LONG)
    {
      for (unsigned i = 1; i < TIDE_BLOCK_N_LONG; i++)
        {
          note = note << TIDE_BLOCK_PART_BITS | (slot[i] & PART_MASK);
          slot[i] = 0;
        }
      return note;
    }
  note = (uint64_t)(first & TIDE_BLOCK_SIZE_MASK) << TIDE_BLOCK_SITE_BITS
         | (slot[1] & PART_MASK) << TIDE_BLOCK_SITE_LOW | (first >> TIDE_BLOCK_SIZE_BITS & SITE_LOW_MASK);
  slot[1] = 0;
  return note;
}

uint64_t
tide_block_plane_take (uintptr_t address)
{
  TideBlockChunk *chunk = is_possible (address) ? look_up (address) : NULL;

  if (!chunk)
    return 0;
  return address & 8 ? take_word (chunk, index_of (address), true) : take_at (chunk, index_of (address));
}

uint64_t
tide_block_plane_forget (uintptr_t address, uint64_t size)
{
  TideBlockChunk *chunk = is_possible (address) ? look_up (address) : NULL;
  uintptr_t index = index_of (address), n;
  uint64_t note = 0;

  if (!chunk)
    return 0;
  if (address & 8)
    return take_word (chunk, index, true);
  /* Of a block that began before, whose notes are in the first slot.  */
  for (unsigned back = 1; back < TIDE_BLOCK_N_LONG && note == 0 && back <= index; back++)
    {
      uint16_t *slot = peek_slot (chunk, index);

      if (!slot || *slot == 0 || *slot & TIDE_BLOCK_FIRST)
        break;
      note = take_at (chunk, index - back);
    }
  n = n_slots_for (index, size);
  for (uintptr_t i = 0; i < n && note == 0; i++)
    note = take_at (chunk, index + i);
  return note;
}

/* NOTE into its N slots; one slot says that it is beside.  */
static void
write (uint16_t *slot, uintptr_t n, uint64_t note)
{
  if (n == 1)
    slot[0] = TIDE_BLOCK_FIRST | TIDE_BLOCK_BESIDE;
  else if (n == 2)
    {
      slot[0] = (uint16_t)(TIDE_BLOCK_FIRST | note >> TIDE_BLOCK_SITE_BITS
                           | (note & SITE_LOW_MASK) << TIDE_BLOCK_SIZE_BITS);
      slot[1] = (uint16_t)(TIDE_BLOCK_MORE | (note & SITE_MASK) >> TIDE_BLOCK_SITE_LOW);
    }
  else
    {
      slot[0] = TIDE_BLOCK_FIRST | TIDE_BLOCK_LONG;
      for (unsigned i = 1; i < TIDE_BLOCK_N_LONG; i++)
        slot[i] = (uint16_t)(TIDE_BLOCK_MORE
                             | (note >> TIDE_BLOCK_PART_BITS * (TIDE_BLOCK_N_LONG - 1 - i) & PART_MASK));
    }
}

bool
tide_block_plane_put (uintptr_t address, uint64_t note)
{
  uint64_t size = note >> TIDE_BLOCK_SITE_BITS, *word;
  uintptr_t index = index_of (address), n;
  int saved = errno;
  TideBlockChunk *chunk;

  if (!is_possible (address) || size > TIDE_BLOCK_MAX_SIZE)
    return false;
  chunk = look_up (address);
  if (!chunk)
    chunk = make_chunk (address);
  n = address & 8 ? 0 : n_slots_for (index, size);
  if (chunk && n <= 1)
    {
      word = make_beside (chunk, index, n == 0);
      if (word)
        *word = note;
      else
        chunk = NULL;
    }
  if (chunk && n > 0)
    {
      uint16_t *slot = make_slot (chunk, address, n <= 2);

      /* Its last may be in the next unit.  */
      make_slot (chunk, address + ((n - 1) << TIDE_BLOCK_SLOT_SHIFT), n <= 2);
      write (slot, n, note);
    }
  errno = saved;
  return chunk != NULL;
}

/* No unit is found at once.  DROP: as if none had ever been.  */
static void
forget_known (bool drop)
{
  const size_t n = KNOWN_STEP / sizeof (TideBlockKnown);

  for (size_t i = 0; i < TIDE_BLOCK_N_KNOWN; i++)
    if (!atomic_load_explicit (&known_resident[i / n], memory_order_relaxed))
      i += n - 1;
    else
      {
        atomic_store_explicit (&tide_block_plane_known[i].key, 0, memory_order_relaxed);
        if (drop)
          atomic_store_explicit (&tide_block_plane_known[i].slots, 0, memory_order_relaxed);
      }
}

static void
clear_chunk (TideBlockChunk *chunk)
{
  for (unsigned unit = 0; unit < TIDE_BLOCK_N_UNITS; unit++)
    if (atomic_exchange (&chunk->before.head.resident[unit], 0) != 0)
      tide_memory_empty (&chunk->slots[unit << TIDE_BLOCK_UNIT_SHIFT], UNIT_SIZE);
  for (int odd = 0; odd < 2; odd++)
    {
      uint64_t *words = atomic_load (&chunk->before.head.beside[odd]);

      for (unsigned unit = 0; words && unit < TIDE_BLOCK_N_BESIDE; unit++)
        {
          uint8_t bit = (uint8_t)(1u << (unit & 7));

          if (atomic_fetch_and (&chunk->before.head.beside_resident[odd][unit >> 3], (uint8_t)~bit) & bit)
            tide_memory_empty (&words[unit << TIDE_BLOCK_BESIDE_SHIFT], BESIDE_UNIT_SIZE);
        }
    }
}

static void
drop_chunk (TideBlockChunk *chunk)
{
  for (int odd = 0; odd < 2; odd++)
    {
      uint64_t *words = atomic_load (&chunk->before.head.beside[odd]);

      if (words)
        tide_memory_release (words, BESIDE_SIZE);
    }
  tide_memory_release (chunk, sizeof *chunk);
}

static void
clear_middle (Middle *middle, bool drop)
{
  for (unsigned i = 0; i < 1u << MIDDLE_BITS; i++)
    {
      TideBlockChunk *chunk = atomic_load (&middle->chunks[i]);

      if (chunk && drop)
        drop_chunk (chunk);
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
  Top *top = atomic_load (&plane);

  if (!top)
    return;
  forget_known (false);
  clear_top (top, false);
}

void
tide_block_plane_drop (void)
{
  Top *top = atomic_load (&plane);

  if (!top)
    return;
  forget_known (true);
  clear_top (top, true);
  tide_memory_release (top, sizeof *top);
  atomic_store (&plane, NULL);
}
