#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* Looks for commands of the helper, and whether the instruments still run.  Called where the interpreter took
 * memory, never from a signal handler.  May change errno.  */
void tide_agent_poll (void);

/* With the GIL, before a C function is called: the main thread looks after it.  WAITS: the function may wait
 * for other threads; then it is not asked where that would do harm (tide-main-call.h).  */
void tide_agent_look_after_function (bool waits);

/* While the agent is ready and this process is its own; else NULL.  */
TideRegion *tide_agent_get_region (void);

/* Around an exec, also of a child after vfork(), of which nothing is told.  */
void tide_agent_tell_executing (bool on);

/* A program that has itself measured, in its main thread with the GIL: makes the region, and gives its
 * descriptor for the helper (the caller's to close), or a negative errno.  EBUSY: it is measured already.  */
int tide_agent_make_region (void);

/* The helper is there: from here on it is as in a program that the helper started.  NULL, or why not.  */
const char *tide_agent_begin (void);

/* Everything is given back; the helper may drain what is left.  */
void tide_agent_leave (void);

/* With the GIL held, outside allocators and signal handlers: makes so what the helper wants; in another
 * thread than the main one it has that do it.  */
void tide_agent_obey (void);
