#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stdint.h>

/* At which site the program runs: that of the innermost frame that has begun to run its own code, as
 * tracemalloc tells it.  Code objects die and their addresses are used again, so what is known of an address
 * counts only while words of the code object are what they were.  */

/* LAYOUT stays.  False: this interpreter's thread states could not be understood.  */
bool tide_site_finder_open (const TidePythonLayout *layout);

/* In a forked child.  */
void tide_site_finder_drop (void);

/* The thread state of the calling thread when it holds the GIL of the main interpreter, else NULL.  HAS_GIL:
 * the caller knows that it holds some interpreter's.  */
void *tide_site_finder_get_holder (bool has_gil);

/* The site of the calling thread, never 0.  HOLDER: what the function above gave; NULL: a shared site is
 * given (tide-sites.h).  Not from signal handlers.  */
uint32_t tide_site_finder_find (void *holder, bool has_gil);
