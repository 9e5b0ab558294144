#include "tide-id-table.h"

#include <stdlib.h>
#include <string.h>

void *
tide_array_reserve (void *data, uint32_t *capacity, uint32_t index, size_t size)
{
  uint32_t wanted = *capacity != 0 ? *capacity : 64;
  void *bigger;

  if (index < *capacity)
    return data;
  while (wanted <= index)
    {
      if (wanted > UINT32_MAX / 2)
        return NULL;
      wanted *= 2;
    }
  bigger = reallocarray (data, wanted, size);
  if (bigger != NULL)
    *capacity = wanted;
  return bigger;
}

void
tide_id_table_init (TideIdTable *self, uint32_t max_ids)
{
  memset (self, 0, sizeof *self);
  self->max_ids = max_ids;
}

void
tide_id_table_finish (TideIdTable *self)
{
  free (self->slots);
  free (self->hashes);
  memset (self, 0, sizeof *self);
}

void
tide_id_table_clear (TideIdTable *self)
{
  if (self->n_slots > 0)
    memset (self->slots, 0, self->n_slots * sizeof *self->slots);
  self->n_ids = 0;
}

uint32_t
tide_id_table_find (const TideIdTable *self, uint64_t hash, TideIdSame same, const void *data)
{
  if (self->n_slots == 0)
    return 0;
  for (uint32_t i = (uint32_t)hash & (self->n_slots - 1); self->slots[i] != 0;
       i = (i + 1) & (self->n_slots - 1))
    {
      uint32_t id = self->slots[i];

      if (self->hashes[id - 1] == hash && (same == NULL || same (data, id)))
        return id;
    }
  return 0;
}

static void
enter (TideIdTable *self, uint32_t id)
{
  uint32_t i = (uint32_t)self->hashes[id - 1] & (self->n_slots - 1);

  while (self->slots[i] != 0)
    i = (i + 1) & (self->n_slots - 1);
  self->slots[i] = id;
}

static bool
grow (TideIdTable *self)
{
  uint32_t n_slots = self->n_slots != 0 ? self->n_slots * 2 : 256;
  uint32_t *slots = calloc (n_slots, sizeof *slots);
  uint64_t *hashes = reallocarray (self->hashes, n_slots / 2, sizeof *hashes);

  if (hashes != NULL)
    self->hashes = hashes;
  if (slots == NULL || hashes == NULL)
    {
      free (slots);
      return false;
    }
  free (self->slots);
  self->slots = slots;
  self->n_slots = n_slots;
  for (uint32_t id = 1; id <= self->n_ids; id++)
    enter (self, id);
  return true;
}

uint32_t
tide_id_table_add (TideIdTable *self, uint64_t hash)
{
  if (self->n_ids >= self->max_ids || (self->n_ids >= self->n_slots / 2 && !grow (self)))
    return 0;
  self->hashes[self->n_ids++] = hash;
  enter (self, self->n_ids);
  return self->n_ids;
}
