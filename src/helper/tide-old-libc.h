#pragma once

/* Put before all else of the helper (-include).  A helper that was built with a new C library also runs where
 * an older one is, outside a Flatpak for one.  With the headers of glibc 2.38 and newer, the extensions that
 * _GNU_SOURCE turns on make strtol() and its kin new symbols that older libraries lack; what they add, binary
 * numbers, we do not want.  */
#include <features.h>

#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0
