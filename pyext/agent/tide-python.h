#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The part of CPython's C API that the agent calls, found by name at run time: no Python.h, so that one file
 * serves every version.  Objects are void pointers here.  */

typedef struct
{
  void *ctx;
  void *(*malloc) (void *ctx, size_t size);
  void *(*calloc) (void *ctx, size_t n, size_t size);
  void *(*realloc) (void *ctx, void *block, size_t size);
  void (*free) (void *ctx, void *block);
} TidePyAllocator;

typedef struct
{
  void *ctx;
  void *(*alloc) (void *ctx, size_t size);
  void (*free) (void *ctx, void *block, size_t size);
} TidePyArenaAllocator;

typedef struct
{
  const char *name;
  void *(*function) (void *self, void *arguments);
  int flags;
  const char *doc;
} TidePyMethod;

#define TIDE_PY_METH_VARARGS 1
#define TIDE_PY_METH_NOARGS 4
#define TIDE_PY_METH_O 8
#define TIDE_PY_METH_FASTCALL 128
#define TIDE_PY_FILE_INPUT 257
#define TIDE_PY_DOMAIN_RAW 0
#define TIDE_PY_DOMAIN_OBJECT 2
#define TIDE_PY_N_DOMAINS 3

/* FRAME is the frame object, ARGUMENT the C function of C_* events.  */
typedef int (*TidePyTraceFunction) (void *object, void *frame, int what, void *argument);

typedef int (*TidePyAuditHook) (const char *event, void *arguments, void *data);

#define TIDE_PY_FUNCTIONS(F)                                                                                 \
  F (const char *, Py_GetVersion, (void))                                                                    \
  F (int, Py_AtExit, (void (*function) (void)))                                                              \
  F (int, Py_AddPendingCall, (int (*function) (void *), void *argument))                                     \
  F (void, Py_DecRef, (void *object))                                                                        \
  F (void, Py_IncRef, (void *object))                                                                        \
  F (void *, Py_CompileString, (const char *source, const char *file, int start))                            \
  F (void *, PyEval_EvalCode, (void *code, void *globals, void *locals))                                     \
  F (void *, PyEval_GetFrame, (void))                                                                        \
  F (void *, PyCFunction_NewEx, (TidePyMethod * method, void *self, void *module))                           \
  F (void *, PyDict_New, (void))                                                                             \
  F (int, PyDict_SetItemString, (void *dict, const char *key, void *value))                                  \
  F (void *, PyDict_GetItemString, (void *dict, const char *key))                                            \
  F (void *, PyObject_Call, (void *callable, void *arguments, void *keywords))                               \
  F (void *, PyObject_GetAttrString, (void *object, const char *name))                                       \
  F (void *, PyObject_CallObject, (void *callable, void *arguments))                                         \
  F (void *, PyObject_CallMethod, (void *object, const char *name, const char *format, ...))                 \
  F (void *, PyImport_ImportModule, (const char *name))                                                      \
  F (int, PyList_Append, (void *list, void *item))                                                           \
  F (void *, PyTuple_New, (ssize_t length))                                                                  \
  F (int, PyTuple_SetItem, (void *tuple, ssize_t at, void *taken))                                           \
  F (void *, PyTuple_GetItem, (void *tuple, ssize_t at))                                                     \
  F (ssize_t, PyList_Size, (void *list))                                                                     \
  F (void *, PyList_GetItem, (void *list, ssize_t at))                                                       \
  F (int, PySequence_DelItem, (void *sequence, ssize_t at))                                                  \
  F (void *, PyLong_FromLong, (long value))                                                                  \
  F (long, PyLong_AsLong, (void *object))                                                                    \
  F (void *, PyUnicode_FromString, (const char *text))                                                       \
  F (void *, PyUnicode_DecodeFSDefault, (const char *text))                                                  \
  F (const char *, PyUnicode_AsUTF8AndSize, (void *object, ssize_t *size))                                   \
  F (char *, PyBytes_AsString, (void *object))                                                               \
  F (ssize_t, PyBytes_Size, (void *object))                                                                  \
  F (void *, PySys_GetObject, (const char *name))                                                            \
  F (void, PyEval_SetProfile, (TidePyTraceFunction function, void *object))                                  \
  F (void, PyEval_SetTrace, (TidePyTraceFunction function, void *object))                                    \
  F (int, PyCode_Addr2Line, (void *code, int offset))                                                        \
  F (void, PyErr_Clear, (void))                                                                              \
  F (void *, PyThreadState_Get, (void))                                                                      \
  F (void *, PyThreadState_Next, (void *tstate))                                                             \
  F (void *, PyInterpreterState_Main, (void))                                                                \
  F (void *, PyInterpreterState_Head, (void))                                                                \
  F (void *, PyInterpreterState_Next, (void *interpreter))                                                   \
  F (int64_t, PyInterpreterState_GetID, (void *interpreter))                                                 \
  F (void *, PyInterpreterState_ThreadHead, (void *interpreter))                                             \
  F (void *, PyGILState_GetThisThreadState, (void))                                                          \
  F (void *, PyMem_RawMalloc, (size_t size))                                                                 \
  F (void, PyMem_RawFree, (void *block))                                                                     \
  F (void *, PyMem_Malloc, (size_t size))                                                                    \
  F (void, PyMem_Free, (void *block))                                                                        \
  F (void *, PyObject_Malloc, (size_t size))                                                                 \
  F (void, PyObject_Free, (void *block))                                                                     \
  F (void, PyMem_GetAllocator, (int domain, TidePyAllocator *allocator))                                     \
  F (void, PyMem_SetAllocator, (int domain, TidePyAllocator *allocator))                                     \
  F (void, PyObject_GetArenaAllocator, (TidePyArenaAllocator * allocator))                                   \
  F (void, PyObject_SetArenaAllocator, (TidePyArenaAllocator * allocator))

#define TIDE_PY_MEMBER(type, name, arguments) type (*name) arguments;
typedef struct
{
  TIDE_PY_FUNCTIONS (TIDE_PY_MEMBER)
  void *none;          /* None                                                       */
  void *code_type;     /* the type of code objects                                   */
  void *function_type; /* of functions written in C, and those that know their class (3.9+) */
  void *method_type;
  void *method_descriptor_type;
  void *module_type;
  void *str_type;
  int (*is_finalizing) (void); /* the interpreter takes itself apart; NULL: it does not tell */
} TidePython;
#undef TIDE_PY_MEMBER

/* Valid once tide_python_load() gave NULL.  */
extern TidePython tide_py;

/* Finds everything.  Gives the name of the first symbol that is missing, or NULL.  */
const char *tide_python_load (void);

/* sys.monitoring is there (3.12+).  */
bool tide_python_has_monitoring (void);

/* Gives a reference back; NULL is none.  */
void tide_python_release (void *object);

/* The address of an exported symbol of the process and its size in bytes (0: unknown), or NULL.  Safe in
 * programs without libdl.  */
void *tide_symbol (const char *name, size_t *size);
/* The same of a function of libc before which we stand: the next one that a program would find.  */
void *tide_symbol_behind_us (const char *name);
/* Where the file that ADDRESS lies in begins, or NULL, also for NULL.  */
void *tide_symbol_home (const void *address);
