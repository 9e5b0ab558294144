#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stdint.h>

/* What a C function is called, as Python would say it.  Plain reads of objects that are alive: no references,
 * no Python code.  With the GIL.  */
typedef struct
{
  uint64_t address;     /* of its PyMethodDef, the same for all objects of it         */
  uint64_t fingerprint; /* of its contents: another one at the same address differs */
} TideCallsCallee;

#define TIDE_CALLS_MAX_NAME 512

typedef struct
{
  uint32_t file_length;
  uint32_t name_length;
  char file[TIDE_CALLS_MAX_NAME]; /* "<module>", or empty                                   */
  char name[TIDE_CALLS_MAX_NAME]; /* "len", "list.append": the class is the one that defines it */
} TideCallsName;

/* Both: of the callee of a TideCallsEvent.  Names that are too long are cut at a character.  */
TideCallsCallee tide_calls_callee (const void *callee);
void tide_calls_name (const TidePythonLayout *layout, const void *callee, TideCallsName *name);
