#include "tide-interpreters.h"
#include "tide-python.h"

#include <stddef.h>

/* Counters beyond this are none.  */
#define MOST_INTERPRETERS (1 << 30)

#define OWN_PENDING_CALLS 0x03090000u
#define OWN_GIL 0x030c0000u

/* In words, from the start of the runtime: its table of offsets for debuggers, since 3.13.  */
#define DEBUG_OFFSETS 0x030d0000u
#define DEBUG_HEAD 5
#define DEBUG_NEXT 8

static struct
{
  const int64_t *next_id; /* of CPython's runtime: the number of the next one; NULL: not found */
  void *(*get_own) (void);
  int (*add_call) (void *interpreter, int (*function) (void *), void *data);
  bool own_gil;
} interpreters;

/* The list's head, the main one and the number of the next stand side by side.  */
static const void *const *
find_head (const void *const *runtime, size_t n_words)
{
  const void *head = tide_py.PyInterpreterState_Head (), *main = tide_py.PyInterpreterState_Main ();

  for (size_t i = 0; runtime && i + 2 < n_words; i++)
    if (runtime[i] == head && runtime[i + 1] == main && (intptr_t)runtime[i + 2] > 0
        && (intptr_t)runtime[i + 2] < MOST_INTERPRETERS)
      return &runtime[i];
  return NULL;
}

void
tide_interpreters_open (TidePythonLayout *layout)
{
  size_t size;
  const void *const *runtime = tide_symbol ("_PyRuntime", &size);
  const void *const *head = find_head (runtime, size / sizeof *runtime);

  interpreters.get_own = (void *(*)(void))tide_symbol ("PyInterpreterState_Get", NULL);
  if (!interpreters.get_own)
    interpreters.get_own = (void *(*)(void))tide_symbol ("_PyInterpreterState_Get", NULL); /* 3.8 */
  interpreters.add_call = NULL;
  if (layout->version_hex >= OWN_PENDING_CALLS && layout->version_hex < OWN_GIL)
    *(void **)&interpreters.add_call = tide_symbol ("_PyEval_AddPendingCall", NULL);
  interpreters.own_gil = layout->version_hex >= OWN_GIL;
  interpreters.next_id = (const int64_t *)(head ? head + 2 : NULL);
  layout->interpreters = (uint64_t)(uintptr_t)head;
  layout->interp_next = 0;
  if (layout->version_hex < DEBUG_OFFSETS)
    return;
  /* That there is a table, layout->interp_threads was found by.  */
  if (head != (const void *const *)((const char *)runtime + (uintptr_t)runtime[DEBUG_HEAD]))
    layout->interpreters = 0;
  layout->interp_next = (int32_t)(uintptr_t)runtime[DEBUG_NEXT];
}

uint32_t
tide_interpreters_count (void)
{
  return interpreters.next_id ? (uint32_t)__atomic_load_n (interpreters.next_id, __ATOMIC_RELAXED) - 1 : 0;
}

bool
tide_interpreters_in_main (void)
{
  return !interpreters.get_own || interpreters.get_own () == tide_py.PyInterpreterState_Main ();
}

bool
tide_interpreters_are_parallel (void)
{
  return interpreters.own_gil && tide_interpreters_count () > 0;
}

/* From 3.9 to 3.11 the public function asks the interpreter that runs just now, which may end before it does
 * anything.  */
bool
tide_interpreters_call_main (int (*function) (void *data))
{
  if (interpreters.add_call)
    return interpreters.add_call (tide_py.PyInterpreterState_Main (), function, NULL) == 0;
  return tide_py.Py_AddPendingCall (function, NULL) == 0;
}
