#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-clock.h"
#include "tide-instrument.h"
#include "tide-python.h"
#include "tide-statm.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The instrument "gc": a builtin of ours in gc.callbacks, called with the GIL held in the thread that
 * collects, before and after.  No two collections of the main interpreter overlap; the others have lists of
 * their own.  */
static struct
{
  TideRegion *region; /* NULL: off */
  void *callbacks;    /* the list in which it is, and itself: references of our own */
  void *function;
  uint64_t begin_ns; /* of the collection that is under way; 0: none was seen to begin */
  int64_t begin_pages;
} gc;

static uint64_t
get_number (void *info, const char *key)
{
  void *value = tide_py.PyDict_GetItemString (info, key);
  long number = value ? tide_py.PyLong_AsLong (value) : 0;

  if (number >= 0)
    return (uint64_t)number;
  tide_py.PyErr_Clear ();
  return 0;
}

static void
tell (void *info, uint64_t end_ns)
{
  int64_t pages = tide_statm_read ();
  TideGcRecord *record;
  uint64_t generation = get_number (info, "generation"), collected = get_number (info, "collected"),
           uncollectable = get_number (info, "uncollectable");

  record = tide_account_reserve (sizeof *record, TIDE_RECORD_GC);
  if (!record)
    return;
  record->time_ns = gc.begin_ns;
  record->duration_ns = end_ns - gc.begin_ns;
  record->collected = collected;
  record->uncollectable = uncollectable;
  record->delta_pages = pages >= 0 && gc.begin_pages >= 0 ? pages - gc.begin_pages : 0;
  record->generation = (uint32_t)generation;
  record->tid = (uint32_t)syscall (SYS_gettid);
  tide_account_commit ();
}

static void
on_phase (const char *phase, void *info)
{
  uint64_t since_ns = tide_clock_ns (CLOCK_MONOTONIC);

  if (phase[2] == 'a') /* start, not stop */
    {
      gc.begin_pages = tide_statm_read ();
      gc.begin_ns = tide_clock_ns (CLOCK_MONOTONIC);
      tide_account_add_cost (TIDE_INSTRUMENT_GC, gc.begin_ns - since_ns);
    }
  else if (gc.begin_ns)
    {
      tell (info, since_ns);
      gc.begin_ns = 0;
      tide_account_add_cost (TIDE_INSTRUMENT_GC, tide_clock_ns (CLOCK_MONOTONIC) - since_ns);
    }
}

static void *
on_collection (void *self, void *arguments)
{
  int saved = errno;
  void *phase = tide_py.PyTuple_GetItem (arguments, 0);
  void *info = phase ? tide_py.PyTuple_GetItem (arguments, 1) : NULL;
  const char *text = info ? tide_py.PyUnicode_AsUTF8AndSize (phase, NULL) : NULL;

  /* Somebody else may call it with anything.  */
  tide_py.PyErr_Clear ();
  if (text && text[0] == 's' && text[1] == 't' && gc.region && tide_account_is_measuring ())
    on_phase (text, info);
  errno = saved;
  tide_py.Py_IncRef (tide_py.none);
  return tide_py.none;
}

static TidePyMethod method = {
  .name = "pagetide_collection",
  .function = on_collection,
  .flags = TIDE_PY_METH_VARARGS,
  .doc = "Tells Pagetide of collections.",
};

static void
release (void)
{
  tide_python_release (gc.function);
  tide_python_release (gc.callbacks);
  gc.function = gc.callbacks = NULL;
  gc.region = NULL;
}

static bool
start (TideRegion *region, TideInstrumentReport *report)
{
  void *module = tide_py.PyImport_ImportModule ("gc");

  gc.callbacks = module ? tide_py.PyObject_GetAttrString (module, "callbacks") : NULL;
  tide_python_release (module);
  /* PyList_Append() checks that it is a list.  */
  gc.function = gc.callbacks ? tide_py.PyCFunction_NewEx (&method, NULL, NULL) : NULL;
  if (!gc.function || tide_py.PyList_Append (gc.callbacks, gc.function) != 0)
    {
      tide_py.PyErr_Clear ();
      release ();
      snprintf (report->reason, sizeof report->reason, "This interpreter has no gc.callbacks.");
      return false;
    }
  gc.begin_ns = 0;
  gc.region = region;
  report->unit_bytes = ((uint64_t)tide_statm_lag () + 1) * region->page_size;
  return true;
}

static bool
stop (TideRegion *region)
{
  for (ssize_t i = tide_py.PyList_Size (gc.callbacks); i-- > 0;)
    if (tide_py.PyList_GetItem (gc.callbacks, i) == gc.function)
      tide_py.PySequence_DelItem (gc.callbacks, i);
  tide_py.PyErr_Clear ();
  release ();
  return true;
}

static void
end (void)
{
  gc.region = NULL;
}

const TideAgentInstrument tide_instrument_gc = {
  .bit = TIDE_INSTRUMENT_GC,
  .main_only_since = 1,
  .start = start,
  .stop = stop,
  .end = end,
  .drop = end,
};
