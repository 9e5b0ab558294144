#include "tide-fork.h"
#include "tide-python.h"

static void (*continue_child) (void);

static void *
after_fork (void *self, void *arguments)
{
  continue_child ();
  tide_py.Py_IncRef (tide_py.none);
  return tide_py.none;
}

static TidePyMethod method = { "after_fork", after_fork, TIDE_PY_METH_NOARGS, NULL };

/* os.register_at_fork (after_in_child=FUNCTION)  */
static bool
register_function (void *function)
{
  void *modules = tide_py.PySys_GetObject ("modules");
  void *posix = modules ? tide_py.PyDict_GetItemString (modules, "posix") : NULL;
  void *registrar = posix ? tide_py.PyObject_GetAttrString (posix, "register_at_fork") : NULL;
  void *arguments = tide_py.PyTuple_New (0), *keywords = tide_py.PyDict_New (), *result = NULL;

  if (registrar && arguments && keywords
      && tide_py.PyDict_SetItemString (keywords, "after_in_child", function) == 0)
    result = tide_py.PyObject_Call (registrar, arguments, keywords);
  if (!result)
    tide_py.PyErr_Clear ();
  tide_python_release (registrar);
  tide_python_release (arguments);
  tide_python_release (keywords);
  tide_python_release (result);
  return result != NULL;
}

bool
tide_fork_watch (void (*function) (void))
{
  void *object = tide_py.PyCFunction_NewEx (&method, NULL, NULL);
  bool watched;

  if (!object)
    {
      tide_py.PyErr_Clear ();
      return false;
    }
  continue_child = function;
  watched = register_function (object);
  tide_python_release (object);
  return watched;
}
