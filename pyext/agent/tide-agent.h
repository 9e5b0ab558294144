#pragma once

#include "tide-region.h"

/* Looks for commands of the helper, and whether the instruments still run.  Called where the interpreter took
 * memory, never from a signal handler.  May change errno.  */
void tide_agent_poll (void);

/* While the agent is ready and this process is its own; else NULL.  */
TideRegion *tide_agent_get_region (void);

/* With the GIL held, outside allocators and signal handlers: makes so what the helper wants; in another
 * thread than the main one it has that do it.  */
void tide_agent_obey (void);
