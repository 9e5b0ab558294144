#include "tide-door.h"
#include "tide-pyapi.h"

#include <string.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* PyModuleDef as builds with the GIL have it.  */
static struct
{
  ssize_t reference_count;
  void *type;
  void *(*init) (void);
  ssize_t index;
  void *copy;
  const char *name;
  const char *doc;
  ssize_t size;
  void *methods;
  void *slots;
  void *traverse;
  void *clear;
  void *free;
} definition = { .reference_count = 1, .name = "pagetide_agent", .size = -1 };

static TidePyMethod *const parts[] = {
  tide_profile_methods,
  tide_references_methods,
  tide_marks_methods,
};

static bool
add_methods (void *functions, TidePyMethod *methods)
{
  for (TidePyMethod *method = methods; method->name; method++)
    {
      void *function = tide_py.PyCFunction_NewEx (method, NULL, NULL);
      int status = function ? tide_py.PyDict_SetItemString (functions, method->name, function) : -1;

      if (function)
        tide_py.Py_DecRef (function);
      if (status != 0)
        return false;
    }
  return true;
}

static void *
refuse (const char *missing)
{
  int (*set) (void *, const char *) = (int (*) (void *, const char *))tide_symbol ("PyErr_SetString", NULL);
  void **error = tide_symbol ("PyExc_ImportError", NULL);

  if (set && error)
    set (*error, missing);
  return NULL;
}

EXPORT void *
pagetide_agent_door (unsigned version)
{
  const char *missing = tide_python_load ();
  void *functions;

  if (!missing)
    missing = tide_pyapi_load ();
  if (missing)
    return refuse (missing);
  if (version != TIDE_DOOR_VERSION)
    {
      tide_py.Py_IncRef (tide_py.none);
      return tide_py.none;
    }
  functions = tide_py.PyDict_New ();
  for (size_t i = 0; functions && i < sizeof parts / sizeof *parts; i++)
    if (!add_methods (functions, parts[i]))
      {
        tide_py.Py_DecRef (functions);
        return NULL;
      }
  return functions;
}

EXPORT void *
PyInit_pagetide_agent (void)
{
  void *functions = pagetide_agent_door (TIDE_DOOR_VERSION);
  void *module = NULL, *version = NULL;

  if (!functions)
    return NULL;
  if (strstr (tide_py.Py_GetVersion (), "free-threading"))
    tide_pyapi.PyErr_Format (tide_pyapi.PyExc_ImportError,
                             "a free-threaded build of Python cannot import this file as a module");
  else
    module = tide_pyapi.PyModule_Create2 (&definition, 1013);
  if (module)
    version = tide_pyapi.Py_BuildValue ("i", TIDE_DOOR_VERSION);
  if (module
      && (!version || tide_pyapi.PyObject_SetAttrString (module, "functions", functions) != 0
          || tide_pyapi.PyObject_SetAttrString (module, "version", version) != 0))
    {
      tide_py.Py_DecRef (module);
      module = NULL;
    }
  if (version)
    tide_py.Py_DecRef (version);
  tide_py.Py_DecRef (functions);
  return module;
}
