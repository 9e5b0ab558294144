#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the offset of an instruction to its line, for the three ways in which CPython has written that down:
 *
 *   3.8, 3.9   co_lnotab      pairs: bytes of code (unsigned), lines (signed), each relative to the pair
 * before 3.10       co_linetable   the same pairs, but of the range that a line covers; -128 lines: no line
 *   3.11+      co_linetable   location table: entries that begin with a byte of high bit set
 *
 * A table is decoded once into ranges and looked up by bisection.  The bytes are anybody's: a table that is
 * cut off or makes no sense gives the lines that were read until then.  */
typedef struct
{
  uint32_t start; /* offset of the first instruction, in bytes */
  uint32_t line;  /* 0: no line                                */
} TideLineRange;

typedef struct
{
  TideLineRange *ranges; /* by rising start, no two of the same start or of the same line in a row */
  uint32_t n_ranges;
} TideLineTable;

/* False only when memory is out; the table is empty then.  FIRST_LINE is co_firstlineno.  */
bool tide_linetable_init (
    TideLineTable *self, uint32_t version_hex, const uint8_t *data, size_t length, uint32_t first_line);
void tide_linetable_finish (TideLineTable *self);

/* The line of the instruction at OFFSET (bytes), 0 when it has none.  */
uint32_t tide_linetable_lookup (const TideLineTable *self, uint32_t offset);
