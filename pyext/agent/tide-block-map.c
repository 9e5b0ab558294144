#include "tide-block-map.h"
#include "tide-memory.h"

/* 64 KiB: the largest page there is.  */
#define MIN_SLOTS 4096u

static size_t
home_of (const TideBlockMap *self, uintptr_t block)
{
  return (size_t)((uint64_t)(block >> 3) * 0x9e3779b97f4a7c15ull >> 20) & (self->n_slots - 1);
}

/* Where BLOCK is, or the free slot where it belongs.  */
static size_t
find (const TideBlockMap *self, uintptr_t block)
{
  size_t at = home_of (self, block);

  while (self->slots[at].block && self->slots[at].block != block)
    at = (at + 1) & (self->n_slots - 1);
  return at;
}

static bool
grow (TideBlockMap *self)
{
  TideBlockMap larger = { .n_slots = self->n_slots ? 2 * self->n_slots : MIN_SLOTS };

  larger.slots = tide_memory_reserve (larger.n_slots * sizeof *larger.slots);
  if (!larger.slots)
    return false;
  tide_memory_fill (larger.slots, larger.n_slots * sizeof *larger.slots);
  for (size_t i = 0; i < self->n_slots; i++)
    if (self->slots[i].block)
      larger.slots[find (&larger, self->slots[i].block)] = self->slots[i];
  larger.n_used = self->n_used;
  tide_block_map_clear (self);
  *self = larger;
  return true;
}

bool
tide_block_map_put (TideBlockMap *self, uintptr_t block, uint64_t word, uint64_t *old)
{
  TideBlockSlot *slot;

  *old = 0;
  if (2 * self->n_used >= self->n_slots && !grow (self))
    return false;
  slot = &self->slots[find (self, block)];
  if (slot->block)
    *old = slot->word;
  else
    self->n_used++;
  *slot = (TideBlockSlot){ block, word };
  return true;
}

uint64_t
tide_block_map_take (TideBlockMap *self, uintptr_t block)
{
  size_t mask = self->n_slots - 1, hole, at;
  uint64_t word;

  if (self->n_slots == 0)
    return 0;
  hole = find (self, block);
  if (!self->slots[hole].block)
    return 0;
  word = self->slots[hole].word;
  self->n_used--;
  for (at = (hole + 1) & mask; self->slots[at].block; at = (at + 1) & mask)
    {
      size_t home = home_of (self, self->slots[at].block);

      /* It may move to the hole unless its home lies behind that.  */
      if (((at - home) & mask) >= ((at - hole) & mask))
        {
          self->slots[hole] = self->slots[at];
          hole = at;
        }
    }
  self->slots[hole] = (TideBlockSlot){ 0, 0 };
  return word;
}

void
tide_block_map_clear (TideBlockMap *self)
{
  size_t size = self->n_slots * sizeof *self->slots;

  if (self->slots)
    tide_memory_unfill (self->slots, size);
  *self = (TideBlockMap){ 0 };
}
