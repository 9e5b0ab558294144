#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the line table of a code object from its beginning, in each of the ways that tide-linetable.h draws,
 * without memory of its own: for those who need one line once.  The bytes are anybody's.  */

/* From OFFSET (bytes, never falling) on it is LINE, 0: none.  Of two with the same offset the later one
 * holds.  False: go no further.  */
typedef bool (*TideLineSink) (void *context, uint32_t offset, uint32_t line);

/* False: the sink stopped it.  */
bool tide_line_walk (uint32_t version_hex,
                     const uint8_t *data,
                     size_t length,
                     uint32_t first_line,
                     TideLineSink sink,
                     void *context);

/* The line of the instruction at OFFSET (bytes), 0 when it has none.  */
uint32_t tide_line_find (
    uint32_t version_hex, const uint8_t *data, size_t length, uint32_t first_line, uint32_t offset);
