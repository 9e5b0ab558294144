#pragma once

/* The kernel's event behind the instrument "faults": opened by the agent for its own process, or, where the
 * system refuses that to programs, by somebody who may, for it.  */

#include <stdint.h>
#include <sys/types.h>

/* CAP_PERFMON, with which they may be opened for other processes; older headers lack it.  */
#define TIDE_FAULT_EVENT_CAPABILITY 38

/* Faults between two signals at the finest, which is how it begins; the agent adapts it.  */
#define TIDE_FAULT_EVENT_PERIOD 8u

/* A thread gets SIGTRAP after each PERIOD page faults of its own, and so do the threads that it starts later.
 * TID 0: the calling thread.  The event is off; PERF_EVENT_IOC_ENABLE switches it on.  Gives its descriptor
 * (close-on-exec), or -1 and errno.  */
int tide_fault_event_open (pid_t tid, uint64_t period);
