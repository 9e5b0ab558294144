#pragma once

#include <stdbool.h>

/* The agent's way into the interpreter: an audit hook, set before the interpreter is initialized, that waits
 * for the event which CPython raises in the main thread, with the GIL, just before the user's program starts.
 * Then it calls START once and takes the hook out again, so that no audited operation pays for it afterwards.
 */

/* False: the interpreter took no hook.  */
bool tide_audit_wait (void (*start) (void));
