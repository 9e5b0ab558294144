#pragma once

#include "tide-pycode.h"

/* What is told of a C function: no code object, but something with a name.  */
typedef struct
{
  uint64_t address;
  uint64_t fingerprint;
  const char *file;
  const char *name;
  uint32_t file_length;
  uint32_t name_length;
} TideCodeContents;

/* The code objects that were met, and their ids.  For the holder of the account lock alone; no allocation but
 * mmap.  */

/* Gives the id of the code object at ADDRESS, the same for all with the same file, name and lines; 0: it is
 * no function of the program (a frame of the interpreter's own), unreadable, or beyond TIDE_CODES_MAX.  A new
 * one is first written to the ring as a CODE record.  False: there is no room for that now.  ANEW: it is read
 * as a whole, since another one may have been there before and nobody will ask again as long as it lives;
 * else the fingerprint says whether it is still the same.  */
bool tide_codes_id (const TidePythonLayout *layout, uint64_t address, bool anew, uint32_t *id);

/* The same for what is no code object, but known by an address and a fingerprint, and called so.  */
bool tide_codes_named_id (const TideCodeContents *contents, uint32_t *id);

/* Reads this process's own memory.  Whoever calls knows that it is there.  */
bool tide_codes_peek (void *context, uint64_t address, void *to, size_t size);

/* Forgets all: a new region begins.  While nobody accounts.  */
void tide_codes_forget (void);

/* Memory that the table takes.  */
size_t tide_codes_bytes (void);
