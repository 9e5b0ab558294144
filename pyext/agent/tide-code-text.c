#define _GNU_SOURCE
#include "tide-code-text.h"
#include "tide-pyapi.h"
#include "tide-python.h"
#include "tide-text-log.h"

#include <string.h>
#include <sys/mman.h>

/* Code objects may be made without end (exec, lambdas): beyond this many entries the table forgets all.  */
#define N_SLOTS 8192u
#define MAX_ENTRIES (N_SLOTS / 2)
#define CHUNK_SIZE (256u << 10)
/* Of names in the source, in bytes before escaping: a name may be as long as memory.  */
#define MAX_TEXT 16384u

/* The code object is held, so that as long as the entry lives no other can have its address.  */
typedef struct
{
  void *code;
  TideCodeText text;
} Entry;

typedef struct Chunk
{
  struct Chunk *next;
  size_t size;
} Chunk;

static struct
{
  Entry *entries;
  unsigned n_entries;
  Chunk *chunks; /* the first is the one that is filled */
  size_t used;
  int64_t bytes;
} table;

static const TideCodeText unreadable = { "?", "?", 1, 1, 1 };

static void *
map (size_t size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

  if (memory == MAP_FAILED)
    return NULL;
  table.bytes += (int64_t)size;
  return memory;
}

static void *
allocate (size_t size)
{
  char *memory;

  if (!table.chunks || table.chunks->size - table.used < size)
    {
      size_t chunk_size = size + sizeof (Chunk) > CHUNK_SIZE ? size + sizeof (Chunk) : CHUNK_SIZE;
      Chunk *chunk = map (chunk_size);

      if (!chunk)
        return NULL;
      chunk->size = chunk_size;
      chunk->next = table.chunks;
      table.chunks = chunk;
      table.used = sizeof (Chunk);
    }
  memory = (char *)table.chunks + table.used;
  table.used += size;
  return memory;
}

void
tide_code_text_forget (void)
{
  if (!table.entries)
    return;
  while (table.chunks && table.chunks->next)
    {
      Chunk *next = table.chunks->next;

      table.bytes -= (int64_t)table.chunks->size;
      munmap (table.chunks, table.chunks->size);
      table.chunks = next;
    }
  table.used = sizeof (Chunk);
  table.n_entries = 0;
  for (unsigned i = 0; i < N_SLOTS; i++)
    if (table.entries[i].code)
      {
        void *code = table.entries[i].code;

        table.entries[i].code = NULL;
        tide_py.Py_DecRef (code);
      }
}

void
tide_code_text_prepare (void)
{
  if (!table.entries)
    table.entries = map (N_SLOTS * sizeof (Entry));
  if (!table.chunks)
    allocate (1);
}

int64_t
tide_code_text_bytes (void)
{
  return table.bytes;
}

/* The text of the str OBJECT, padded to WIDTH characters.  */
static const char *
render (void *object, size_t width, uint32_t *size, uint32_t *n_characters)
{
  static char scratch[6 * MAX_TEXT + 256];
  void *bytes = tide_pyapi.PyUnicode_AsEncodedString (object, "utf-8", "surrogatepass");
  const char *text = bytes ? tide_py.PyBytes_AsString (bytes) : NULL;
  size_t length = text ? (size_t)tide_py.PyBytes_Size (bytes) : 1, n, characters;
  char *kept;

  n = tide_text_escape (scratch, 6 * MAX_TEXT, text ? text : "?", length < MAX_TEXT ? length : MAX_TEXT,
                        &characters);
  if (bytes)
    tide_py.Py_DecRef (bytes);
  tide_py.PyErr_Clear ();
  while (characters < width)
    {
      scratch[n++] = ' ';
      characters++;
    }
  kept = allocate (n);
  if (!kept)
    return NULL;
  memcpy (kept, scratch, n);
  *size = (uint32_t)n;
  *n_characters = (uint32_t)characters;
  return kept;
}

static bool
render_attribute (
    void *code, const char *attribute, size_t width, const char **text, uint32_t *size, uint32_t *characters)
{
  void *object = tide_py.PyObject_GetAttrString (code, attribute);

  *text = object ? render (object, width, size, characters) : NULL;
  if (object)
    tide_py.Py_DecRef (object);
  else
    tide_py.PyErr_Clear ();
  return *text != NULL;
}

static TideCodeText
read_entry (Entry *entry, void *code)
{
  TideCodeText text;
  uint32_t file_width;
  void *type, *value, *traceback;
  bool known;

  tide_pyapi.PyErr_Fetch (&type, &value, &traceback);
  known =
      render_attribute (code, "co_filename", TIDE_TEXT_FILE_WIDTH, &text.file, &text.file_size, &file_width)
      && render_attribute (code, "co_name", TIDE_TEXT_NAME_WIDTH, &text.name, &text.name_size,
                           &text.name_width);
  tide_pyapi.PyErr_Restore (type, value, traceback);
  if (!known)
    return unreadable;
  tide_py.Py_IncRef (code);
  *entry = (Entry){ code, text };
  table.n_entries++;
  return text;
}

TideCodeText
tide_code_text (void *code)
{
  unsigned at = (unsigned)((uintptr_t)code * 0x9e3779b97f4a7c15ull >> 40) & (N_SLOTS - 1);

  if (!table.entries)
    return unreadable;
  while (table.entries[at].code && table.entries[at].code != code)
    at = (at + 1) & (N_SLOTS - 1);
  if (table.entries[at].code)
    return table.entries[at].text;
  if (table.n_entries < MAX_ENTRIES)
    return read_entry (&table.entries[at], code);
  tide_code_text_forget ();
  return tide_code_text (code);
}
