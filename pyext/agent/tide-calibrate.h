#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* Finds out where this interpreter keeps its frames, and proves it: runs a few lines of Python of its own
 * whose last call comes back to us, and compares what plain reads say with what the C API says.  With the GIL
 * held, in the main thread, with no exception set.
 *
 * Gives NULL when all is verified, or a sentence that says what is not as expected; LAYOUT is then of no use.
 */
const char *tide_calibrate (TidePythonLayout *layout, uint32_t version_hex, bool free_threaded);
