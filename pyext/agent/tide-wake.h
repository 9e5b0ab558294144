#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* How the helper has the agent look at once, in a program that takes no memory for long: by SIGURG.  Its
 * default action is to be ignored, so one that comes too early or too late harms nobody.  CPython's own
 * handler catches it, and a builtin of ours, registered with the _signal module, runs in the main thread with
 * the GIL at the next safe point; sleeping and waiting Python code goes on where it was (PEP 475).
 *
 * Main thread with the GIL, but for what is said otherwise.  */

/* Registers LOOK, unless the program handles or ignores the signal itself, and tells the region.  */
void tide_wake_begin (TideRegion *region, void (*look) (void));

/* The handler is what it was before.  */
void tide_wake_end (void);

/* Somebody else sets a handler for signal NUMBER: the helper is to send none of these any more.  Any thread,
 * also in signal handlers.  */
void tide_wake_yield (int number);

/* In a forked child: nothing of the parent's may be written.  */
void tide_wake_drop (void);

/* In a forked child that has a region of its own, after that.  */
void tide_wake_go_on (TideRegion *region);
