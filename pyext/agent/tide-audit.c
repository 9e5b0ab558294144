#define _GNU_SOURCE
#include "tide-audit.h"
#include "tide-memory.h"
#include "tide-peek.h"
#include "tide-python.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* An element of the interpreter's list of C hooks; the same since 3.8.  */
typedef struct Entry
{
  struct Entry *next;
  TidePyAuditHook function;
  void *data;
} Entry;

static struct
{
  void (*start) (void);
  bool done;
} audit;

static const char *const events[] = {
  "cpython.run_command", "cpython.run_file",  "cpython.run_interactivehook",
  "cpython.run_module",  "cpython.run_stdin", "cpython.run_startup",
};

static int hook (const char *event, void *arguments, void *data);

static bool
read_entry (const void *address, Entry *entry)
{
  /* Most words of the runtime are no pointers.  */
  return tide_peek (NULL, (uint64_t)(uintptr_t)address, entry, sizeof *entry);
}

static bool
looks_like_pointer (const void *value)
{
  uintptr_t bits = (uintptr_t)value;

  return bits > 65536 && bits < (uintptr_t)1 << 56 && bits % sizeof (void *) == 0;
}

/* Looks for our element in the chain that begins at LINK, MAX_STEPS elements deep.  It stays allocated: the
 * interpreter may stand on it just now.  */
static bool
take_out_of_chain (Entry **link, int max_steps)
{
  Entry entry;

  for (int step = 0; step < max_steps && looks_like_pointer (*link) && read_entry (*link, &entry); step++)
    {
      if (entry.function == hook && entry.data == &audit && tide_memory_is_writable (link))
        {
          *link = entry.next;
          return true;
        }
      link = &(*link)->next;
    }
  return false;
}

/* The list's head is somewhere in _PyRuntime.  Mostly we are the only hook and the head itself points to us;
 * else we are a few elements further.  What is not found stays, and does nothing.  */
static bool
take_out (void)
{
  size_t size;
  Entry **runtime = tide_symbol ("_PyRuntime", &size);

  for (int max_steps = 1; max_steps <= 8; max_steps += 7)
    for (size_t i = 0; i < size / sizeof *runtime; i++)
      if (take_out_of_chain (&runtime[i], max_steps))
        return true;
  return false;
}

static int
hook (const char *event, void *arguments, void *data)
{
  if (audit.done || strncmp (event, "cpython.run_", 12) != 0)
    return 0;
  for (size_t i = 0; i < sizeof events / sizeof *events; i++)
    if (strcmp (event, events[i]) == 0)
      {
        audit.done = true;
        take_out ();
        audit.start ();
        break;
      }
  return 0;
}

bool
tide_audit_wait (void (*start) (void))
{
  int (*add) (TidePyAuditHook, void *) =
      (int (*) (TidePyAuditHook, void *))tide_symbol ("PySys_AddAuditHook", NULL);

  audit.start = start;
  return add && add (hook, &audit) == 0;
}
