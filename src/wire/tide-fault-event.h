#pragma once

/* The kernel's event behind the instrument "faults": opened by the agent for its own process, or, where the
 * system refuses that to programs, by somebody who may, for it.  */

#include <stdint.h>
#include <sys/types.h>

/* A thread gets SIGTRAP after each PERIOD page faults of its own, and so do the threads that it starts later.
 * TID 0: the calling thread.  The event is off; PERF_EVENT_IOC_ENABLE switches it on.  Gives its descriptor
 * (close-on-exec), or -1 and errno.  */
int tide_fault_event_open (pid_t tid, uint64_t period);
