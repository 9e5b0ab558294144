#define _GNU_SOURCE
#include "tide-type-counts.h"
#include "tide-pyapi.h"
#include "tide-python.h"
#include "tide-text-log.h"

#include <string.h>
#include <sys/mman.h>

#define N_SLOTS 8192u
#define MAX_TYPES (N_SLOTS / 2)
#define NAMES_SIZE (512u << 10)
#define MAX_NAME 2048u
#define TYPE_WIDTH 32
/* Of a type object behind its head of three words; the same since long.  */
#define WORD_OF_TYPE 1
#define WORD_OF_NAME 3
#define FLAG_HEAP_TYPE (1ul << 9)

/* With its pages, which would else be charged to whoever makes the first object.  */
static void *
map (size_t size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

  return memory == MAP_FAILED ? NULL : memory;
}

static const char *
name_of (const void *type)
{
  return ((const char *const *)type)[WORD_OF_NAME];
}

bool
tide_type_counts_open (TideTypeCounts *self, bool with_builtins, const char *include, const char *exclude)
{
  size_t include_size = strlen (include) + 1, exclude_size = strlen (exclude) + 1;

  self->with_builtins = with_builtins;
  self->slots = map (N_SLOTS * sizeof *self->slots);
  self->names_size = NAMES_SIZE + include_size + exclude_size;
  self->names = map (self->names_size);
  if (!self->slots || !self->names)
    {
      tide_type_counts_close (self);
      return false;
    }
  self->include = memcpy (self->names, include, include_size);
  self->exclude = memcpy (self->names + include_size, exclude, exclude_size);
  self->names_used = include_size + exclude_size;
  return true;
}

void
tide_type_counts_close (TideTypeCounts *self)
{
  for (unsigned i = 0; self->slots && i < N_SLOTS; i++)
    if (self->slots[i].type)
      tide_py.Py_DecRef (self->slots[i].type);
  if (self->slots)
    munmap (self->slots, N_SLOTS * sizeof *self->slots);
  if (self->names)
    munmap (self->names, self->names_size);
  memset (self, 0, sizeof *self);
}

/* Whether NAME is one of the lines of LIST.  */
static bool
lists (const char *list, const char *name)
{
  size_t length = strlen (name);

  while (*list)
    {
      size_t n = strcspn (list, "\n");

      if (n == length && memcmp (list, name, n) == 0)
        return true;
      list += n + (list[n] == '\n');
    }
  return false;
}

/* The interpreter's own types are no heap types, and have no module in their name.  */
static bool
is_builtin (void *type, const char *name)
{
  return !(tide_pyapi.PyType_GetFlags (type) & FLAG_HEAP_TYPE) && !strchr (name, '.');
}

static bool
is_wanted (const TideTypeCounts *self, void *type, const char *name)
{
  if (lists (self->exclude, name))
    return false;
  if (*self->include)
    return lists (self->include, name);
  return self->with_builtins || !is_builtin (type, name);
}

static void
describe (TideTypeCounts *self, TideTypeCount *count, const char *name)
{
  size_t room = self->names_size - self->names_used, n, width;

  if (room < 6 * MAX_NAME + TYPE_WIDTH)
    {
      count->text = "?                               ";
      count->text_size = TYPE_WIDTH;
      return;
    }
  count->text = self->names + self->names_used;
  n = tide_text_escape (self->names + self->names_used, 6 * MAX_NAME, name, strnlen (name, MAX_NAME), &width);
  for (; width < TYPE_WIDTH; width++)
    self->names[self->names_used + n++] = ' ';
  count->text_size = (uint32_t)n;
  self->names_used += n;
}

TideTypeCount *
tide_type_counts_find (TideTypeCounts *self, const void *object)
{
  void *type = ((void *const *)object)[WORD_OF_TYPE];
  unsigned at = (unsigned)((uintptr_t)type * 0x9e3779b97f4a7c15ull >> 40) & (N_SLOTS - 1);

  while (self->slots[at].type && self->slots[at].type != type)
    at = (at + 1) & (N_SLOTS - 1);
  if (!self->slots[at].type)
    {
      TideTypeCount count = { .type = type };
      const char *name = name_of (type);

      if (self->n_types == MAX_TYPES)
        return NULL;
      count.wanted = is_wanted (self, type, name);
      if (count.wanted)
        describe (self, &count, name);
      tide_py.Py_IncRef (type);
      self->slots[at] = count;
      self->n_types++;
    }
  return &self->slots[at];
}

static bool
add (void *counts, const TideTypeCount *count)
{
  const char *name = name_of (count->type);
  void *before = tide_py.PyDict_GetItemString (counts, name);
  long long live = count->live + (before ? tide_py.PyLong_AsLong (before) : 0);
  void *number = tide_pyapi.Py_BuildValue ("L", live);
  bool added = number && tide_py.PyDict_SetItemString (counts, name, number) == 0;

  if (number)
    tide_py.Py_DecRef (number);
  return added;
}

void *
tide_type_counts_get (const TideTypeCounts *self)
{
  void *counts = tide_py.PyDict_New ();

  for (unsigned i = 0; counts && i < N_SLOTS; i++)
    if (self->slots[i].type && self->slots[i].wanted && !add (counts, &self->slots[i]))
      {
        tide_py.Py_DecRef (counts);
        return NULL;
      }
  return counts;
}
