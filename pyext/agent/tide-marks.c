#include "tide-door.h"

TidePyMethod tide_marks_methods[] = {
  { NULL, NULL, 0, NULL },
};
