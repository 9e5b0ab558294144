#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>

/* The agent's side of the shared account (see tide-region.h): looks at RSS and charges what nobody has
 * charged yet to the calling thread's Python stack.  For any thread, with or without the GIL, and for signal
 * handlers: takes only a try-lock, allocates only by mmap.  May change errno.  Does nothing while suspended,
 * after the end, and in a forked child.  */

/* Opens the account.  False: RSS cannot be read.  */
bool tide_account_open (TideRegion *region);

/* Charges all that is resident and not yet accounted to TIDE_SOURCE_START, without a stack.  From then on the
 * others work.  */
void tide_account_begin (void);

/* FREED: a block that was freed just before, or NULL; a thread that frees its own thread state has no stack
 * any more.  */
void tide_account (TideSource source, const void *freed);

/* The same; then remembers that BLOCK, of which SIZE bytes are new, was just handed out to this stack and
 * will be filled from now on: pages that come are its site's, up to that size.  LOOKED: the caller also
 * looked just before it took the block, so that what came since is of it.  */
void tide_account_block (const void *block, size_t size, bool looked);

/* That block while pages of it are missing, else NULL.  One load, for hot paths.  */
const void *tide_account_pending (void);

/* Nothing is missing any more of the remembered block.  */
void tide_account_forget (void);

/* Last look, then nothing more.  */
void tide_account_end (void);

/* In a forked child: nothing of the parent's may be written.  */
void tide_account_drop (void);

bool tide_account_is_open (void);
