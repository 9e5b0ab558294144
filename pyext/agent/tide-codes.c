#define _GNU_SOURCE
#include "tide-codes.h"
#include "tide-ring.h"

#include <string.h>
#include <sys/mman.h>

/* Code objects may be made without end (exec, lambdas): beyond this many the table forgets all and begins
 * anew, and those that are met again get another id.  64 Ki slots of 24 bytes are 1.5 MiB.  */
#define MIN_SLOTS 1024u
#define MAX_SLOTS 65536u

typedef struct
{
  uint64_t address; /* 0: free */
  uint64_t fingerprint;
  uint32_t id;
  uint32_t padding;
} Slot;

static struct
{
  Slot *slots;
  uint32_t n_slots; /* a power of two */
  uint32_t n_used;
  uint32_t last_id;
} table;

static TidePyCode scratch;

bool
tide_codes_peek (void *context, uint64_t address, void *to, size_t size)
{
  memcpy (to, (const void *)(uintptr_t)address, size);
  return true;
}

void
tide_codes_forget (void)
{
  if (table.slots)
    munmap (table.slots, table.n_slots * sizeof (Slot));
  memset (&table, 0, sizeof table);
}

size_t
tide_codes_bytes (void)
{
  return table.n_slots * sizeof (Slot) + sizeof scratch;
}

/* Where ADDRESS is, or the free slot where it belongs.  */
static Slot *
find (Slot *slots, uint32_t n_slots, uint64_t address)
{
  uint32_t at = (uint32_t)((address >> 4) * 0x9e3779b97f4a7c15ull >> 40) & (n_slots - 1);

  while (slots[at].address && slots[at].address != address)
    at = (at + 1) & (n_slots - 1);
  return &slots[at];
}

static bool
make_room (void)
{
  uint32_t n_slots = table.n_slots ? table.n_slots * 2 : MIN_SLOTS;
  Slot *slots;

  if (table.n_slots && table.n_used < table.n_slots / 2)
    return true;
  if (n_slots > MAX_SLOTS)
    {
      memset (table.slots, 0, table.n_slots * sizeof (Slot));
      table.n_used = 0;
      return true;
    }
  slots = mmap (NULL, n_slots * sizeof (Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (slots == MAP_FAILED)
    return false;
  for (uint32_t i = 0; i < table.n_slots; i++)
    if (table.slots[i].address)
      *find (slots, n_slots, table.slots[i].address) = table.slots[i];
  if (table.slots)
    munmap (table.slots, table.n_slots * sizeof (Slot));
  table.slots = slots;
  table.n_slots = n_slots;
  return true;
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

static void
fill (Slot *slot, uint64_t address, uint64_t fingerprint, uint32_t id)
{
  table.n_used += slot->address == 0;
  *slot = (Slot){ .address = address, .fingerprint = fingerprint, .id = id };
}

bool
tide_codes_id (const TidePythonLayout *layout, uint64_t address, uint32_t *id)
{
  uint64_t fingerprint;
  Slot *slot;

  *id = 0;
  if (!tide_pycode_fingerprint (layout, tide_codes_peek, NULL, address, &fingerprint))
    return true;
  if (!make_room ())
    return false;
  slot = find (table.slots, table.n_slots, address);
  if (slot->address && slot->fingerprint == fingerprint)
    {
      *id = slot->id;
      return true;
    }

  if (tide_pycode_read (layout, tide_codes_peek, NULL, address, &scratch) && !scratch.internal)
    {
      TideCodeContents contents = { scratch.address, scratch.fingerprint, scratch.file,
                                    scratch.name,    scratch.file_length, scratch.name_length };

      if (!write_record (&contents, &scratch, table.last_id + 1))
        return false;
      *id = ++table.last_id;
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
  slot = find (table.slots, table.n_slots, contents->address);
  if (slot->address && slot->fingerprint == contents->fingerprint)
    {
      *id = slot->id;
      return true;
    }
  if (!write_record (contents, NULL, table.last_id + 1))
    return false;
  *id = ++table.last_id;
  fill (slot, contents->address, contents->fingerprint, *id);
  return true;
}
