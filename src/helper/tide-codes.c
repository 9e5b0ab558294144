#include "tide-codes.h"

#include "tide-hash.h"
#include "tide-region.h"

#include <stdlib.h>
#include <string.h>

#define FULL                                                                                                 \
  "The program has made more functions than can be told apart: what newer ones take is charged to those "    \
  "that called them, and their calls are not counted."
/* Past this the addresses are forgotten, and learned again where they are still in use.  */
#define MAX_ADDRESSES (1u << 18)
#define MAX_LINE_TABLES (1u << 18)
/* Past this, functions have no lines.  */
#define MAX_LINE_MEMORY (64u << 20)

void
tide_codes_init (TideCodes *self, TideIntern *intern)
{
  memset (self, 0, sizeof *self);
  self->intern = intern;
  tide_id_table_init (&self->addresses, MAX_ADDRESSES);
  tide_id_table_init (&self->tables, MAX_LINE_TABLES);
}

void
tide_codes_finish (TideCodes *self)
{
  for (uint32_t i = 0; i < self->tables.n_ids; i++)
    tide_linetable_finish (&self->line_tables[i]);
  free (self->line_tables);
  free (self->by_agent);
  free (self->by_address);
  tide_id_table_finish (&self->addresses);
  tide_id_table_finish (&self->tables);
  memset (self, 0, sizeof *self);
}

static uint64_t
address_hash (uint64_t address, uint64_t fingerprint)
{
  return tide_hash_number (tide_hash_number (5, address), fingerprint);
}

const TideKnownCode *
tide_codes_find (const TideCodes *self, uint64_t address, uint64_t fingerprint)
{
  uint32_t id = tide_id_table_find (&self->addresses, address_hash (address, fingerprint), NULL, NULL);

  return id != 0 ? &self->by_address[id - 1] : NULL;
}

static uint32_t
add_lines (TideCodes *self, const TideCodeContents *contents)
{
  uint64_t hash = tide_hash_bytes (tide_hash_number (6, contents->first_line), contents->line_table.data,
                                   contents->line_table.length);
  uint32_t id;
  TideLineTable *room, table;

  /* Up to 3.9 a function of one line has an empty table; later ones are never empty, but may have been too
   * long to take.  */
  if (contents->line_table.length == 0 && self->version_hex >= 0x030a0000)
    return 0;
  id = tide_id_table_find (&self->tables, hash, NULL, NULL);
  if (id != 0 || self->line_memory > MAX_LINE_MEMORY)
    return id;
  room = tide_array_reserve (self->line_tables, &self->n_line_tables, self->tables.n_ids, sizeof *room);
  if (room == NULL)
    return 0;
  self->line_tables = room;
  if (!tide_linetable_init (&table, self->version_hex, (const uint8_t *)contents->line_table.data,
                            contents->line_table.length, contents->first_line))
    return 0;
  id = tide_id_table_add (&self->tables, hash);
  if (id == 0)
    {
      tide_linetable_finish (&table);
      return 0;
    }
  self->line_tables[id - 1] = table;
  self->line_memory += table.n_ranges * sizeof *table.ranges;
  return id;
}

/* What is at ADDRESS, whatever was taken for it before.  */
static TideKnownCode
note (TideCodes *self, const TideCodeContents *contents)
{
  TideKnownCode known, *room;
  uint64_t hash = address_hash (contents->address, contents->fingerprint);
  uint32_t id = tide_id_table_find (&self->addresses, hash, NULL, NULL);

  known.code = tide_intern_code (self->intern, contents->file, contents->name, contents->first_line);
  known.lines = add_lines (self, contents);
  if (id != 0)
    {
      self->by_address[id - 1] = known;
      return known;
    }
  if (self->addresses.n_ids >= MAX_ADDRESSES)
    tide_id_table_clear (&self->addresses);
  room = tide_array_reserve (self->by_address, &self->n_by_address, self->addresses.n_ids, sizeof *room);
  if (room == NULL)
    return known;
  self->by_address = room;
  id = tide_id_table_add (&self->addresses, hash);
  if (id != 0)
    self->by_address[id - 1] = known;
  return known;
}

TideKnownCode
tide_codes_add (TideCodes *self, const TideCodeContents *contents)
{
  const TideKnownCode *found = tide_codes_find (self, contents->address, contents->fingerprint);

  return found != NULL ? *found : note (self, contents);
}

bool
tide_codes_add_agent (TideCodes *self, uint32_t agent_id, const TideCodeContents *contents)
{
  uint32_t before = self->agent_room;
  TideKnownCode *room;

  if (agent_id == 0 || agent_id > TIDE_CODES_MAX)
    return false;
  room = tide_array_reserve (self->by_agent, &self->agent_room, agent_id - 1, sizeof *room);
  if (room == NULL)
    return true;
  self->by_agent = room;
  if (self->agent_room > before)
    memset (room + before, 0, (self->agent_room - before) * sizeof *room);
  if (agent_id > self->n_by_agent)
    self->n_by_agent = agent_id;
  /* The agent read it while nobody could change it, which cannot be said of who looks from outside.  */
  room[agent_id - 1] = note (self, contents);
  /* At the time of the frame before.  */
  if (agent_id == TIDE_CODES_MAX && !self->told_full)
    tide_stream_put_message (self->intern->stream, 0, TIDE_SEVERITY_WARNING, FULL);
  self->told_full |= agent_id == TIDE_CODES_MAX;
  return true;
}

TideKnownCode
tide_codes_find_agent (const TideCodes *self, uint32_t agent_id)
{
  if (agent_id == 0 || agent_id > self->n_by_agent)
    return (TideKnownCode){ 0, 0 };
  return self->by_agent[agent_id - 1];
}

uint32_t
tide_codes_get_line (const TideCodes *self, TideKnownCode known, uint32_t offset)
{
  return known.lines != 0 ? tide_linetable_lookup (&self->line_tables[known.lines - 1], offset) : 0;
}
