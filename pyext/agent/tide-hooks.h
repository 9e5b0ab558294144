#pragma once

#include "tide-python.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The wrappers of CPython's allocators, one set for all instruments that want them: the single place that
 * knows what is installed.
 *
 *     program ──▶ [others'] ──▶ ours (layer) ──▶ [others'] ──▶ CPython's
 *                                │ events: around it, where memory comes from the system
 *                                └ bytes: after it, every block once
 *
 * Instruments come and go by flags of a domain; wrappers are put up when a domain gets its first and taken
 * down when it loses its last, and stay as they are, passing through, where others have put theirs above.
 * What stood below a wrapper is part of its layer and never changes, since a thread without the GIL may be
 * inside; the wrappers keep the context of what is below, so that a thread that reads function and context
 * while they change has a valid pair in any mixture.
 *
 * Main thread with the GIL.  */
typedef enum
{
  TIDE_HOOK_EVENTS = 1 << 0, /* the RAW domain, and those that share its functions */
  TIDE_HOOK_BYTES = 1 << 1,  /* all domains; one of these two                       */
  TIDE_HOOK_SAMPLE = 1 << 2,
} TideHookUser;

/* False: REASON (SIZE bytes) says why not, and nothing has changed.  */
bool tide_hooks_start (TideHookUser user, char *reason, size_t size);

/* False: wrappers stay, since others stand above them.  */
bool tide_hooks_stop (TideHookUser user);

/* No wrapper calls anybody any more.  Any thread.  */
void tide_hooks_silence (TideHookUser user);

/* Whether ours are the uppermost wrappers of USER's domains.  Any thread.  False: others stand above, or the
 * program has put back what was there before.  */
bool tide_hooks_are_uppermost (TideHookUser user);

/* The functions of the RAW domain below ours.  */
TidePyAllocator tide_hooks_get_raw (void);
