#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* The kernel's events of the instrument "faults": one for each thread that runs when they are opened, which
 * the threads inherit that it starts later.  Their descriptors may come from the helper, where the system
 * lets programs open none.  */

/* While the agent is loaded: takes the socket over which the helper may send descriptors, if there is one. */
void tide_fault_events_take_socket (TideRegion *region);

/* Opens them, or takes what the helper has sent.  They are off.  In the main thread, with none open.  False:
 * ERROR (an errno) says why; ASKED that the helper was asked, which wishes again when it has them.  */
bool tide_fault_events_open (TideRegion *region, int *error, bool *asked);

/* Switches them on.  */
bool tide_fault_events_enable (void);

/* Switches the calling thread's alone on, with a signal for each fault, and off again, as it was before: to
 * see what a signal costs.  False: it has none.  */
bool tide_fault_events_try (bool on);

/* Adapts how often the calling thread is interrupted.  TIME_NS: CLOCK_MONOTONIC.  For the signal handler.  */
void tide_fault_events_adapt (uint64_t time_ns);

/* Ends them.  Any thread, more than once.  */
void tide_fault_events_close (void);

/* Whether they are open and ours: programs that close every descriptor close these, and get their numbers for
 * files of theirs.  */
bool tide_fault_events_are_ours (void);

/* One load: whether a signal of theirs is to be believed.  */
bool tide_fault_events_are_open (void);

/* In a forked child.  */
void tide_fault_events_drop (void);

/* Pages between two signals, at the finest.  */
uint32_t tide_fault_events_unit (void);

/* How many threads were there that got none, since there were too many.  */
uint32_t tide_fault_events_missed (void);
