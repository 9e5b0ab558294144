#pragma once

#include <stdbool.h>

/* The instrument "events": wrappers of Python's allocators that look at RSS when memory was really taken from
 * the system or given back. Nothing is wrapped in the path of small objects.  */

/* With the GIL held, the account open.  Gives NULL, or a sentence why it cannot be.  */
const char *tide_events_start (void);

/* With the GIL held.  Puts back what was there before; false when somebody wrapped our wrappers meanwhile:
 * then they stay, and only pass through.  */
bool tide_events_stop (void);
