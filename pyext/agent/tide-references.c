#include "tide-door.h"

TidePyMethod tide_references_methods[] = {
  { NULL, NULL, 0, NULL },
};
