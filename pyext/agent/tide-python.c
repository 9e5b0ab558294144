#define _GNU_SOURCE
#include "tide-python.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

/* These two moved from libdl to libc in glibc 2.34.  Asked for by their oldest version, and weakly, they are
 * found in either, and a program of an older system that has no libdl starts all the same.  */
#if defined(__x86_64__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
__asm__(".symver dladdr1, dladdr1@GLIBC_2.3.3");
#elif defined(__aarch64__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.17");
__asm__(".symver dladdr1, dladdr1@GLIBC_2.17");
#endif
#pragma weak dlsym
#pragma weak dladdr1

TidePython tide_py;

void *
tide_symbol (const char *name, size_t *size)
{
  void *(*volatile find) (void *, const char *) = dlsym;
  int (*volatile describe) (const void *, Dl_info *, void **, int) = dladdr1;
  const ElfW (Sym) *symbol = NULL;
  Dl_info info;
  void *address = find ? find (RTLD_DEFAULT, name) : NULL;

  if (size)
    *size = 0;
  if (address && size && describe && describe (address, &info, (void **)&symbol, RTLD_DL_SYMENT) && symbol
      && info.dli_saddr == address)
    *size = symbol->st_size;
  return address;
}

void *
tide_symbol_behind_us (const char *name)
{
  void *(*volatile find) (void *, const char *) = dlsym;

  return find ? find (RTLD_NEXT, name) : NULL;
}

void *
tide_symbol_home (const void *address)
{
  int (*volatile describe) (const void *, Dl_info *, void **, int) = dladdr1;
  const ElfW (Sym) *symbol = NULL;
  Dl_info info;

  return address && describe && describe (address, &info, (void **)&symbol, RTLD_DL_SYMENT) ? info.dli_fbase
                                                                                            : NULL;
}

const char *
tide_python_load (void)
{
#define LOAD(type, name, arguments)                                                                          \
  tide_py.name = (type (*) arguments)tide_symbol (#name, NULL);                                              \
  if (!tide_py.name)                                                                                         \
    return #name;
  TIDE_PY_FUNCTIONS (LOAD)
#undef LOAD
  tide_py.is_finalizing = (int (*) (void))tide_symbol ("Py_IsFinalizing", NULL);
  if (!tide_py.is_finalizing)
    tide_py.is_finalizing = (int (*) (void))tide_symbol ("_Py_IsFinalizing", NULL); /* up to 3.12 */
  tide_py.none = tide_symbol ("_Py_NoneStruct", NULL);
  tide_py.code_type = tide_symbol ("PyCode_Type", NULL);
  tide_py.function_type = tide_symbol ("PyCFunction_Type", NULL);
  tide_py.method_type = tide_symbol ("PyCMethod_Type", NULL);
  tide_py.method_descriptor_type = tide_symbol ("PyMethodDescr_Type", NULL);
  tide_py.module_type = tide_symbol ("PyModule_Type", NULL);
  tide_py.str_type = tide_symbol ("PyUnicode_Type", NULL);
  return !tide_py.none ? "_Py_NoneStruct" : !tide_py.code_type ? "PyCode_Type" : NULL;
}

bool
tide_python_has_monitoring (void)
{
  return tide_py.PySys_GetObject ("monitoring") != NULL;
}

void
tide_python_release (void *object)
{
  if (object)
    tide_py.Py_DecRef (object);
}
