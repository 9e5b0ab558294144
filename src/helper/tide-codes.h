#pragma once

#include "tide-intern.h"
#include "tide-linetable.h"

/* What is known of code objects, whoever met them: the agent tells its ids, the helper reads them from
 * outside; the address with a fingerprint of its contents says whether two are the same.  */
typedef struct
{
  uint32_t code;  /* of the stream */
  uint32_t lines; /* index into the line tables + 1, 0: unknown */
} TideKnownCode;

typedef struct
{
  TideIntern *intern; /* not owned */
  uint32_t version_hex;

  TideKnownCode *by_agent; /* agent id - 1; code 0: not told */
  uint32_t n_by_agent;     /* the highest id that was told */
  uint32_t agent_room;
  bool told_full; /* the agent has no more ids, and the person knows */

  TideIdTable addresses;
  TideKnownCode *by_address;
  uint32_t n_by_address;

  TideIdTable tables; /* by contents, since programs make the same functions again and again */
  TideLineTable *line_tables;
  uint32_t n_line_tables;
  size_t line_memory;
} TideCodes;

/* A code object as it was read.  */
typedef struct
{
  uint64_t address, fingerprint;
  TideSlice file, name, line_table;
  uint32_t first_line;
} TideCodeContents;

void tide_codes_init (TideCodes *self, TideIntern *intern);
void tide_codes_finish (TideCodes *self);

/* NULL: not known yet.  */
const TideKnownCode *tide_codes_find (const TideCodes *self, uint64_t address, uint64_t fingerprint);
TideKnownCode tide_codes_add (TideCodes *self, const TideCodeContents *contents);
/* The agent gave it this id.  False when no honest agent would have (TIDE_CODES_MAX).  The last id there is
 * comes with a message.  */
bool tide_codes_add_agent (TideCodes *self, uint32_t agent_id, const TideCodeContents *contents);
TideKnownCode tide_codes_find_agent (const TideCodes *self, uint32_t agent_id);

uint32_t tide_codes_get_line (const TideCodes *self, TideKnownCode known, uint32_t offset);
