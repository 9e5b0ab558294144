#define _GNU_SOURCE
#include "tide-codes.h"
#include "tide-hash.h"
#include "tide-ring.h"

#include <string.h>
#include <sys/mman.h>

/* Code objects may be made without end (exec, lambdas): beyond this many the table forgets all and begins
 * anew, and those that are met again are known by what they contain.  64 Ki slots of 24 bytes are 1.5 MiB. */
#define MIN_SLOTS 1024u
#define MAX_SLOTS 65536u

typedef struct
{
  uint64_t address; /* 0: free */
  uint64_t fingerprint;
  uint32_t id;
  uint32_t padding;
} Slot;

/* By contents: the same source that is run again is the same code, wherever it lies.  */
typedef struct
{
  uint64_t hash; /* 0: free */
  uint32_t id;
  uint32_t padding;
} Known;

/* Of either: each begins with its key.  */
typedef struct
{
  void *entries;
  uint32_t n; /* a power of two, or 0 */
} Entries;

static struct
{
  Entries slots;
  uint32_t n_used; /* of them */
  Entries known;
  uint32_t last_id; /* so many are known */
} table;

static TidePyCode scratch;

bool
tide_codes_peek (void *context, uint64_t address, void *to, size_t size)
{
  memcpy (to, (const void *)(uintptr_t)address, size);
  return true;
}

static void *
take_memory (size_t size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return memory != MAP_FAILED ? memory : NULL;
}

static void
give_back (void *memory, size_t size)
{
  if (memory)
    munmap (memory, size);
}

void
tide_codes_forget (void)
{
  give_back (table.slots.entries, table.slots.n * sizeof (Slot));
  give_back (table.known.entries, table.known.n * sizeof (Known));
  memset (&table, 0, sizeof table);
}

size_t
tide_codes_bytes (void)
{
  return table.slots.n * sizeof (Slot) + table.known.n * sizeof (Known) + sizeof scratch;
}

static inline uint64_t
key_of (const void *entry)
{
  uint64_t key;

  memcpy (&key, entry, sizeof key);
  return key;
}

/* The entry of KEY, or the free one where it belongs.  SIZE is that of an entry.  */
static inline void *
find (const Entries *self, size_t size, uint64_t key)
{
  uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15ull >> 40) & (self->n - 1);
  char *entry = (char *)self->entries + at * size;

  while (key_of (entry) && key_of (entry) != key)
    {
      at = (at + 1) & (self->n - 1);
      entry = (char *)self->entries + at * size;
    }
  return entry;
}

static bool
grow (Entries *self, size_t size)
{
  Entries before = *self, more = { NULL, before.n ? before.n * 2 : MIN_SLOTS };

  more.entries = take_memory (more.n * size);
  if (!more.entries)
    return false;
  for (uint32_t i = 0; i < before.n; i++)
    {
      const char *entry = (const char *)before.entries + i * size;

      if (key_of (entry))
        memcpy (find (&more, size, key_of (entry)), entry, size);
    }
  /* A process may be forked at any moment, and gives back what stands here.  */
  *self = more;
  give_back (before.entries, before.n * size);
  return true;
}

static bool
make_room (void)
{
  if (table.slots.n && table.n_used < table.slots.n / 2)
    return true;
  if (table.slots.n < MAX_SLOTS)
    return grow (&table.slots, sizeof (Slot));
  memset (table.slots.entries, 0, table.slots.n * sizeof (Slot));
  table.n_used = 0;
  return true;
}

static bool
make_known_room (void)
{
  if (table.known.n && (table.last_id < table.known.n / 2 || table.last_id == TIDE_CODES_MAX))
    return true;
  return grow (&table.known, sizeof (Known));
}

static uint64_t
hash_of (const TideCodeContents *contents, const TidePyCode *code)
{
  uint64_t hash = tide_hash_bytes (code ? 1 : 2, contents->file, contents->file_length);

  hash = tide_hash_bytes (hash, contents->name, contents->name_length);
  if (code)
    hash = tide_hash_bytes (tide_hash_number (hash, code->first_line), code->line_table,
                            code->line_table_length);
  return hash ? hash : 1;
}

/* CODE, if there is one, has what CONTENTS has not.  */
static bool
write_record (const TideCodeContents *contents, const TidePyCode *code, uint32_t id)
{
  uint32_t table_length = code ? code->line_table_length : 0;
  size_t size = sizeof (TideCodeRecord) + contents->file_length + contents->name_length + table_length;
  TideCodeRecord *record = tide_ring_reserve (size, TIDE_RECORD_CODE);
  char *to;

  if (!record)
    return false;
  record->id = id;
  record->first_line = code ? code->first_line : 0;
  record->address = contents->address;
  record->fingerprint = contents->fingerprint;
  record->file_length = contents->file_length;
  record->name_length = contents->name_length;
  record->line_table_length = table_length;
  record->padding = 0;
  to = (char *)(record + 1);
  memcpy (to, contents->file, contents->file_length);
  to += contents->file_length;
  memcpy (to, contents->name, contents->name_length);
  to += contents->name_length;
  if (code)
    memcpy (to, code->line_table, table_length);
  tide_ring_commit ();
  return true;
}

/* The id of what is met at another address, or for the first time: then it is told.  False: there is no room
 * for that now.  */
static bool
identify (const TideCodeContents *contents, const TidePyCode *code, uint32_t *id)
{
  uint64_t hash = hash_of (contents, code);
  Known *known;

  *id = 0;
  if (!make_known_room ())
    return false;
  known = find (&table.known, sizeof *known, hash);
  if (!known->hash && table.last_id < TIDE_CODES_MAX)
    {
      if (!write_record (contents, code, table.last_id + 1))
        return false;
      *known = (Known){ .hash = hash, .id = ++table.last_id };
    }
  *id = known->id;
  return true;
}

static void
fill (Slot *slot, uint64_t address, uint64_t fingerprint, uint32_t id)
{
  table.n_used += slot->address == 0;
  *slot = (Slot){ .address = address, .fingerprint = fingerprint, .id = id };
}

bool
tide_codes_id (const TidePythonLayout *layout, uint64_t address, bool anew, uint32_t *id)
{
  uint64_t fingerprint;
  Slot *slot;

  *id = 0;
  if (!tide_pycode_fingerprint (layout, tide_codes_peek, NULL, address, &fingerprint))
    return true;
  if (!make_room ())
    return false;
  slot = find (&table.slots, sizeof *slot, address);
  if (!anew && slot->address && slot->fingerprint == fingerprint)
    {
      *id = slot->id;
      return true;
    }

  if (tide_pycode_read (layout, tide_codes_peek, NULL, address, &scratch) && !scratch.internal)
    {
      TideCodeContents contents = { scratch.address, scratch.fingerprint, scratch.file,
                                    scratch.name,    scratch.file_length, scratch.name_length };

      if (!identify (&contents, &scratch, id))
        return false;
    }
  fill (slot, address, fingerprint, *id);
  return true;
}

bool
tide_codes_named_id (const TideCodeContents *contents, uint32_t *id)
{
  Slot *slot;

  *id = 0;
  if (!make_room ())
    return false;
  slot = find (&table.slots, sizeof *slot, contents->address);
  if (slot->address && slot->fingerprint == contents->fingerprint)
    {
      *id = slot->id;
      return true;
    }
  if (!identify (contents, NULL, id))
    return false;
  fill (slot, contents->address, contents->fingerprint, *id);
  return true;
}
