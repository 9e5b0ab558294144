#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How long to wait till the next look at a process whose RSS has not moved for STILL_NS: SHORTEST_NS, or a
 * small part of STILL_NS where that is longer, so that who grows after a long rest is seen late by no more
 * than that; LONGEST_NS at most.  SIGNALLED: page faults are followed, so that growth tells of itself, and
 * only what is given back must be seen from here.  */
int64_t tide_pace_get_wait (int64_t still_ns, int64_t shortest_ns, int64_t longest_ns, bool signalled);
