#include "tide-interner.h"

#include <string.h>

/* Open addressing, at most half full; each slot is an id (0: free) beside the hash and what it stands for.
 * GHashTable will not do: it gives its hash function no seed.  */
typedef struct
{
  guint64 hash;
  union
  {
    const char *string;
    guint32 function[3];
  } key;
  guint32 id;
} Slot;

typedef struct
{
  Slot *slots;
  gsize size; /* a power of two */
  gsize used;
} Table;

struct _TideInterner
{
  guint64 seed;
  Table strings, functions;
};

/* Odd, with its bits in no order: 2^64 divided by the golden ratio.  */
#define MULTIPLIER G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static guint64
mix (guint64 hash, guint64 word)
{
  hash = (hash ^ word) * MULTIPLIER;
  return hash ^ (hash >> 29);
}

static guint64
hash_bytes (guint64 seed, const char *bytes, gsize length)
{
  guint64 hash = mix (seed, length);

  for (; length >= 8; bytes += 8, length -= 8)
    {
      guint64 word;

      memcpy (&word, bytes, 8);
      hash = mix (hash, word);
    }
  if (length > 0)
    {
      guint64 word = 0;

      memcpy (&word, bytes, length);
      hash = mix (hash, word);
    }
  return mix (hash, seed);
}

static void
table_grow (Table *table)
{
  Slot *old = table->slots;
  gsize old_size = table->size;

  table->size = MAX (old_size * 2, 64);
  table->slots = g_new0 (Slot, table->size);
  for (gsize i = 0; i < old_size; i++)
    {
      gsize at = old[i].hash & (table->size - 1);

      if (old[i].id == 0)
        continue;
      while (table->slots[at].id != 0)
        at = (at + 1) & (table->size - 1);
      table->slots[at] = old[i];
    }
  g_free (old);
}

/* The slot of KEY, or the free one where it belongs.  */
static Slot *
table_find (Table *table, const Slot *key, gboolean is_string)
{
  gsize at;

  if (table->used * 2 >= table->size)
    table_grow (table);
  at = key->hash & (table->size - 1);
  for (;; at = (at + 1) & (table->size - 1))
    {
      Slot *slot = &table->slots[at];

      if (slot->id == 0)
        return slot;
      if (slot->hash != key->hash)
        continue;
      if (is_string ? strcmp (slot->key.string, key->key.string) == 0
                    : memcmp (slot->key.function, key->key.function, sizeof key->key.function) == 0)
        return slot;
    }
}

static guint32
table_add (Table *table, const Slot *key, gboolean is_string)
{
  Slot *slot = table_find (table, key, is_string);

  if (slot->id == 0)
    {
      *slot = *key;
      table->used++;
    }
  return slot->id;
}

TideInterner *
tide_interner_new (void)
{
  TideInterner *self = g_new0 (TideInterner, 1);

  self->seed = ((guint64)g_random_int () << 32) | g_random_int ();
  return self;
}

void
tide_interner_free (TideInterner *self)
{
  if (self == NULL)
    return;
  g_free (self->strings.slots);
  g_free (self->functions.slots);
  g_free (self);
}

guint32
tide_interner_add_string (TideInterner *self, const char *string, guint32 id)
{
  Slot key = { .hash = hash_bytes (self->seed, string, strlen (string)), .id = id };

  g_assert (id != 0);
  key.key.string = string;
  return table_add (&self->strings, &key, TRUE);
}

guint32
tide_interner_add_function (TideInterner *self, guint32 file, guint32 name, guint32 first_line, guint32 id)
{
  Slot key = { .key.function = { file, name, first_line }, .id = id };

  g_assert (id != 0);
  key.hash = hash_bytes (self->seed, (const char *)key.key.function, sizeof key.key.function);
  return table_add (&self->functions, &key, FALSE);
}
