#pragma once

#include <stdint.h>
#include <sys/types.h>

/* More of CPython's C API, for what Python code calls in the agent (see tide-door.h); a program that is only
 * measured needs none of it.  All with the GIL held.  Objects are void pointers.  */

#define TIDE_PY_METH_VARARGS 1

#define TIDE_PYAPI_FUNCTIONS(F)                                                                              \
  F (int, PyArg_ParseTuple, (void *arguments, const char *format, ...))                                      \
  F (void *, Py_BuildValue, (const char *format, ...))                                                       \
  F (void *, PyErr_Format, (void *exception, const char *format, ...))                                       \
  F (void, PyErr_Fetch, (void **type, void **value, void **traceback))                                       \
  F (void, PyErr_Restore, (void *type, void *value, void *traceback))                                        \
  F (void *, PyErr_Occurred, (void))                                                                         \
  F (unsigned long, PyType_GetFlags, (void *type))                                                           \
  F (void *, PyUnicode_AsEncodedString, (void *text, const char *encoding, const char *errors))              \
  F (void *, PyModule_Create2, (void *definition, int api_version))                                          \
  F (int, PyObject_SetAttrString, (void *object, const char *name, void *value))

#define TIDE_PYAPI_EXCEPTIONS(F)                                                                             \
  F (PyExc_RuntimeError)                                                                                     \
  F (PyExc_ValueError)                                                                                       \
  F (PyExc_ImportError)

#define TIDE_PYAPI_MEMBER(type, name, arguments) type (*name) arguments;
#define TIDE_PYAPI_EXCEPTION(name) void *name;
typedef struct
{
  TIDE_PYAPI_FUNCTIONS (TIDE_PYAPI_MEMBER)
  TIDE_PYAPI_EXCEPTIONS (TIDE_PYAPI_EXCEPTION)
} TidePyApi;
#undef TIDE_PYAPI_MEMBER
#undef TIDE_PYAPI_EXCEPTION

/* Valid once tide_pyapi_load() gave NULL.  */
extern TidePyApi tide_pyapi;

/* Finds everything.  Gives the name of the first symbol that is missing, or NULL.  */
const char *tide_pyapi_load (void);
