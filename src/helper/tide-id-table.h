#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Dense ids from 1 for things that are told apart by a hash and, where that is not enough, by a look: the
 * caller keeps the things in an array of its own, this finds their index.  Open addressing, doubled at half
 * full; 16 bytes for each id.  */
typedef struct
{
  uint32_t *slots; /* ids, 0: empty */
  uint32_t n_slots;
  uint64_t *hashes; /* of id i at i - 1 */
  uint32_t n_ids;
  uint32_t max_ids;
} TideIdTable;

/* Whether the thing of ID is the one that is looked for.  */
typedef bool (*TideIdSame) (const void *data, uint32_t id);

void tide_id_table_init (TideIdTable *self, uint32_t max_ids);
void tide_id_table_finish (TideIdTable *self);
void tide_id_table_clear (TideIdTable *self); /* forgets all, keeps the memory */

/* 0: not there.  SAME NULL: the hash alone decides.  */
uint32_t tide_id_table_find (const TideIdTable *self, uint64_t hash, TideIdSame same, const void *data);
/* The next id; 0 when it is full or memory is out.  */
uint32_t tide_id_table_add (TideIdTable *self, uint64_t hash);

/* An array that grows with its ids: makes room for INDEX.  NULL when memory is out, DATA is then as it was.
 */
void *tide_array_reserve (void *data, uint32_t *capacity, uint32_t index, size_t size);
