#pragma once

#include "tide-loop.h"

/* Measures a process that runs already and asked for it, until it wants no more or ends.  Returns the status
 * with which the helper ends; a sentence was printed to stderr when that is not 0.  */
int tide_join_run (TideLoop *loop, const TideOptions *options);
