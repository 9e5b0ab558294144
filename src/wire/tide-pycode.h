#pragma once

#include "tide-pylayout.h"

/* From this version on an interpreter numbers its code objects, in 4 bytes that far behind the first line. */
#define TIDE_PYCODE_WITH_SERIAL 0x030c0000u
#define TIDE_PYCODE_SERIAL 24

/* What a code object says of itself, copied out of an interpreter's memory by a peek (see tide-pylayout.h).
 * Large: not for a stack.  */
typedef struct
{
  uint64_t address;
  uint64_t fingerprint;
  uint32_t first_line;
  uint32_t file_length; /* bytes; cut at a character when longer than the array  */
  uint32_t name_length;
  uint32_t line_table_length; /* 0: there is none, or it is too long to take           */
  bool internal;              /* made by the interpreter for itself: no function       */
  char file[TIDE_RECORD_MAX_NAME];
  char name[TIDE_RECORD_MAX_NAME];
  uint8_t line_table[TIDE_RECORD_MAX_LINE_TABLE];
} TidePyCode;

/* Code objects die and their addresses are used again, and those of all they are made of: what is made alike
 * lies alike.  The fingerprint mixes the addresses and the contents of name, file name and line table (of
 * long ones both ends), the first line, and from 3.12 on the number that the interpreter gave the object; so
 * another one at the same address is known for what it is.  Never 0.  */
bool tide_pycode_fingerprint (
    const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, uint64_t *fingerprint);

/* Reads the whole code object.  False: something could not be read, or is no string where one must be.  */
bool tide_pycode_read (
    const TidePythonLayout *layout, TidePyPeek peek, void *context, uint64_t address, TidePyCode *code);

/* Copies the str object at ADDRESS as UTF-8 to TO (SIZE bytes, cut at a character, no zero at the end) and
 * gives its length.  The surrogates by which Python stands for undecodable bytes (U+DC80 to U+DCFF) become
 * these bytes, other lone surrogates U+FFFD.  */
bool tide_pycode_read_str (const TidePythonLayout *layout,
                           TidePyPeek peek,
                           void *context,
                           uint64_t address,
                           char *to,
                           size_t size,
                           uint32_t *length);
