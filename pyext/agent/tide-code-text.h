#pragma once

#include <stddef.h>
#include <stdint.h>

/* The file and the function of a code object as they stand in a text log: escaped (see tide_text_escape()),
 * padded to their columns.  With the GIL, no signal handlers; keeps exceptions as they are.  */

#define TIDE_TEXT_FILE_WIDTH 80
#define TIDE_TEXT_NAME_WIDTH 32

typedef struct
{
  const char *file; /* valid until the next call of tide_code_text() */
  const char *name;
  uint32_t file_size; /* bytes */
  uint32_t name_size;
  uint32_t name_width; /* characters */
} TideCodeText;

/* Never fails: what cannot be read is "?".  */
TideCodeText tide_code_text (void *code);

/* Memory that the table took since the process began, in bytes: it grows while code runs that it has not met,
 * and is nobody's growth.  */
int64_t tide_code_text_bytes (void);

/* Lets go of all code objects.  */
void tide_code_text_forget (void);

/* Takes memory for a first program's worth of names, so that it is resident before measuring begins.  */
void tide_code_text_prepare (void);
