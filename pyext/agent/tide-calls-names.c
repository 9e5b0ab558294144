#include "tide-calls-names.h"
#include "tide-codes.h"
#include "tide-python.h"

#include <stdio.h>
#include <string.h>

/* A PyCFunctionObject, a PyMethodDescrObject, a PyMethodDef and the part of a type that is looked at: places
 * in words, the same in all versions that we serve.  */
enum
{
  OBJECT_TYPE = 1,
  FUNCTION_DEF = 2,
  FUNCTION_SELF = 3,
  FUNCTION_MODULE = 4,
  DESCRIPTOR_TYPE = 2,
  DESCRIPTOR_DEF = 5,
  TYPE_NAME = 3,
  TYPE_FLAGS = 21,
  TYPE_METHODS = 29,
  TYPE_BASE = 32,
  DEF_NAME = 0,
  DEF_FUNCTION = 1,
  DEF_WORDS = 4,
};

#define FLAG_TYPE_SUBCLASS (1ul << 31)
#define MAX_BASES 64
#define MAX_METHODS 4096

static const void *
word (const void *object, int index)
{
  return ((const void *const *)object)[index];
}

static bool
is_descriptor (const void *callee)
{
  return word (callee, OBJECT_TYPE) == tide_py.method_descriptor_type;
}

static const void *
definition_of (const void *callee)
{
  return word (callee, is_descriptor (callee) ? DESCRIPTOR_DEF : FUNCTION_DEF);
}

TideCallsCallee
tide_calls_callee (const void *callee)
{
  const void *definition = definition_of (callee);
  uint64_t name = (uint64_t)(uintptr_t)word (definition, DEF_NAME);
  uint64_t function = (uint64_t)(uintptr_t)word (definition, DEF_FUNCTION);

  return (TideCallsCallee){ (uint64_t)(uintptr_t)definition, (name * 0x9e3779b97f4a7c15ull ^ function) | 1 };
}

static bool
defines (const void *type, const void *definition)
{
  const void *const *method = word (type, TYPE_METHODS);

  for (int i = 0; method && method[DEF_NAME] && i < MAX_METHODS; i++, method += DEF_WORDS)
    if (method == definition)
      return true;
  return false;
}

/* The class of SELF's that has this method in its table; SELF's own where none has (made at run time).  */
static const void *
defining_type (const void *self, const void *definition)
{
  const void *type = word (self, OBJECT_TYPE);
  const void *own;

  if ((uintptr_t)word (type, TYPE_FLAGS) & FLAG_TYPE_SUBCLASS)
    type = self; /* a class method: SELF is the class */
  own = type;
  for (int i = 0; type && i < MAX_BASES; i++, type = word (type, TYPE_BASE))
    if (defines (type, definition))
      return type;
  return own;
}

/* Cut at a character.  */
static uint32_t
put (char *to, uint32_t length, const char *text, size_t size)
{
  size_t room = TIDE_CALLS_MAX_NAME - length;

  if (size > room)
    for (size = room; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; size--)
      ;
  memcpy (to + length, text, size);
  return length + (uint32_t)size;
}

static void
put_file (TideCallsName *name, const char *module, size_t size)
{
  /* The bracket must fit.  */
  if (size > TIDE_CALLS_MAX_NAME - 8)
    size = 0;
  if (size == 0)
    return;
  name->file_length = put (name->file, 0, "<", 1);
  name->file_length = put (name->file, name->file_length, module, size);
  name->file_length = put (name->file, name->file_length, ">", 1);
}

static void
name_method (const void *type, TideCallsName *name)
{
  const char *full = word (type, TYPE_NAME);
  const char *dot = strrchr (full, '.');

  if (dot)
    put_file (name, full, (size_t)(dot - full));
  else
    put_file (name, "builtins", strlen ("builtins"));
  full = dot ? dot + 1 : full;
  name->name_length = put (name->name, 0, full, strlen (full));
  name->name_length = put (name->name, name->name_length, ".", 1);
}

void
tide_calls_name (const TidePythonLayout *layout, const void *callee, TideCallsName *name)
{
  const void *definition = definition_of (callee);
  const char *own = word (definition, DEF_NAME);
  const void *self, *module;
  char text[TIDE_CALLS_MAX_NAME];
  uint32_t length;

  name->file_length = name->name_length = 0;
  if (is_descriptor (callee))
    name_method (word (callee, DESCRIPTOR_TYPE), name);
  else
    {
      self = word (callee, FUNCTION_SELF);
      module = word (callee, FUNCTION_MODULE);
      if (self && word (self, OBJECT_TYPE) != tide_py.module_type)
        name_method (defining_type (self, definition), name);
      else if (module && word (module, OBJECT_TYPE) == tide_py.str_type
               && tide_pycode_read_str (layout, tide_codes_peek, NULL, (uint64_t)(uintptr_t)module, text,
                                        sizeof text, &length))
        put_file (name, text, length);
    }
  if (own)
    name->name_length = put (name->name, name->name_length, own, strlen (own));
}
