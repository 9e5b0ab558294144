#include "tide-wake.h"
#include "tide-python.h"

#include <signal.h>
#include <stddef.h>

static struct
{
  TideRegion *region; /* NULL: not registered */
  void (*look) (void);
  void *module;   /* _signal */
  void *function; /* ours    */
} wake;

static void *
on_signal (void *self, void *arguments)
{
  wake.look ();
  tide_py.Py_IncRef (tide_py.none);
  return tide_py.none;
}

static TidePyMethod method = {
  .name = "pagetide_look",
  .function = on_signal,
  .flags = TIDE_PY_METH_VARARGS,
  .doc = "Pagetide's agent looks what is wanted of it.",
};

/* The Python-level handler, or NULL; a new reference.  */
static void *
get_handler (void)
{
  void *arguments = tide_py.PyTuple_New (1);
  void *number = tide_py.PyLong_FromLong (SIGURG);
  void *ask = tide_py.PyObject_GetAttrString (wake.module, "getsignal");
  void *handler = NULL;

  /* The tuple takes the number.  */
  if (arguments && number && tide_py.PyTuple_SetItem (arguments, 0, number) == 0 && ask)
    handler = tide_py.PyObject_CallObject (ask, arguments);
  if (!handler)
    tide_py.PyErr_Clear ();
  tide_python_release (arguments);
  tide_python_release (ask);
  return handler;
}

/* Takes nothing.  */
static bool
set_handler (void *handler)
{
  void *arguments = tide_py.PyTuple_New (2);
  void *number = tide_py.PyLong_FromLong (SIGURG);
  void *set = tide_py.PyObject_GetAttrString (wake.module, "signal");
  void *before = NULL;

  tide_py.Py_IncRef (handler);
  if (arguments && number && tide_py.PyTuple_SetItem (arguments, 0, number) == 0
      && tide_py.PyTuple_SetItem (arguments, 1, handler) == 0 && set)
    before = tide_py.PyObject_CallObject (set, arguments);
  if (!before)
    tide_py.PyErr_Clear ();
  tide_python_release (arguments);
  tide_python_release (set);
  tide_python_release (before);
  return before != NULL;
}

static bool
is_default (void)
{
  void *handler, *standard;
  struct sigaction action;
  bool is;

  if (sigaction (SIGURG, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
    return false;
  handler = get_handler ();
  standard = tide_py.PyObject_GetAttrString (wake.module, "SIG_DFL");
  is = handler && handler == standard;
  if (!standard)
    tide_py.PyErr_Clear ();
  tide_python_release (handler);
  tide_python_release (standard);
  return is;
}

void
tide_wake_begin (TideRegion *region, void (*look) (void))
{
  wake.module = tide_py.PyImport_ImportModule ("_signal");
  if (!wake.module)
    {
      tide_py.PyErr_Clear ();
      return;
    }
  wake.look = look;
  wake.function = is_default () ? tide_py.PyCFunction_NewEx (&method, NULL, NULL) : NULL;
  if (wake.function && set_handler (wake.function))
    {
      wake.region = region;
      atomic_store (&region->wake_signal, SIGURG);
    }
  else
    tide_wake_end ();
}

void
tide_wake_go_on (TideRegion *region)
{
  void *handler = wake.function ? get_handler () : NULL;

  if (handler && handler == wake.function)
    {
      wake.region = region;
      atomic_store (&region->wake_signal, SIGURG);
    }
  tide_python_release (handler);
}

void
tide_wake_end (void)
{
  void *handler, *standard;

  if (wake.region)
    atomic_store (&wake.region->wake_signal, 0);
  wake.region = NULL;
  if (wake.function)
    {
      handler = get_handler ();
      standard = tide_py.PyObject_GetAttrString (wake.module, "SIG_DFL");
      if (handler == wake.function && standard)
        set_handler (standard);
      tide_python_release (handler);
      tide_python_release (standard);
    }
  tide_python_release (wake.function);
  tide_python_release (wake.module);
  tide_py.PyErr_Clear ();
  wake.function = wake.module = NULL;
}

void
tide_wake_yield (int number)
{
  if (number == SIGURG && wake.region)
    atomic_store (&wake.region->wake_signal, 0);
}

void
tide_wake_drop (void)
{
  wake.region = NULL;
}
