#pragma once

#include <stdbool.h>

/* Has the interpreter call CONTINUE_CHILD in each process that it forks from now on, in its main thread with
 * the GIL, once it has put itself in order there and before the program goes on.  (A child that only executes
 * another program never comes to that.)  False: it cannot be had.  With the GIL.  */
bool tide_fork_watch (void (*continue_child) (void));
