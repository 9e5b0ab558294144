#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stdint.h>

/* The interpreters of the process besides the main one.  Up to 3.11 they share its GIL; from 3.12 on they may
 * have one of their own, so that nothing of theirs can be looked at from here.  How many there were is told
 * by CPython's own counter, a word of its static memory.  */

/* With the GIL of the main interpreter: finds the counter, and puts into LAYOUT where the list is.  What is
 * not found stays 0.  */
void tide_interpreters_open (TidePythonLayout *layout);

/* How many the process has made besides the main one, gone or not; 0: none, or unknown.  Any thread.  */
uint32_t tide_interpreters_count (void);

/* Whether the calling thread, which holds a GIL, runs in the main one.  */
bool tide_interpreters_in_main (void);

/* Has FUNCTION called in the main thread, in the main interpreter, as soon as that runs Python code.  False:
 * not possible now.  Any thread, without the GIL as well.  */
bool tide_interpreters_call_main (int (*function) (void *data));

/* Whether an interpreter has been made that may run while the main one does (3.12+).  Any thread.  */
bool tide_interpreters_are_parallel (void);
