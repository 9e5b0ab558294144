#include "tide-pyapi.h"
#include "tide-python.h"

TidePyApi tide_pyapi;

const char *
tide_pyapi_load (void)
{
#define LOAD(type, name, arguments)                                                                          \
  tide_pyapi.name = (type (*) arguments)tide_symbol (#name, NULL);                                           \
  if (!tide_pyapi.name)                                                                                      \
    return #name;
  TIDE_PYAPI_FUNCTIONS (LOAD)
#undef LOAD
#define LOAD(name)                                                                                           \
  {                                                                                                          \
    void **exception = tide_symbol (#name, NULL);                                                            \
                                                                                                             \
    if (!exception)                                                                                          \
      return #name;                                                                                          \
    tide_pyapi.name = *exception;                                                                            \
  }
  TIDE_PYAPI_EXCEPTIONS (LOAD)
#undef LOAD
  return NULL;
}
