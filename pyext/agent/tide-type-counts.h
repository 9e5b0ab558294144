#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How many objects of each type are alive, and which types are wanted.  With the GIL; memory by mmap alone.
 */

typedef struct
{
  void *type; /* held; NULL: free */
  int64_t live;
  const char *text; /* its name, escaped and padded for a log */
  uint32_t text_size;
  bool wanted;
} TideTypeCount;

typedef struct
{
  TideTypeCount *slots;
  unsigned n_types;
  bool with_builtins;
  char *include; /* names, each ended by a newline; empty: all */
  char *exclude;
  char *names; /* of the texts that are in use */
  uint64_t names_used, names_size;
} TideTypeCounts;

/* WITH_BUILTINS false: without the interpreter's own types, unless INCLUDE names them.  The strings are
 * copied.  False: no memory.  */
bool
tide_type_counts_open (TideTypeCounts *self, bool with_builtins, const char *include, const char *exclude);
void tide_type_counts_close (TideTypeCounts *self);

/* Of the type of OBJECT; NULL: there are too many types.  Valid until the next call.  */
TideTypeCount *tide_type_counts_find (TideTypeCounts *self, const void *object);

/* A new dictionary {name: live} of the wanted types; NULL and an exception.  */
void *tide_type_counts_get (const TideTypeCounts *self);
