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

/* The same; then remembers that BLOCK of SIZE bytes was just handed out to this stack and will be filled from
 * now on: pages that come are its site's, up to its size.  */
void tide_account_block (const void *block, size_t size);

/* True while pages of such a block are missing.  One load, for hot paths.  */
bool tide_account_is_pending (void);

/* BLOCK is gone; if it was the remembered one, nothing is missing any more.  */
void tide_account_forget (const void *block);

/* Last look, then nothing more.  */
void tide_account_end (void);

/* In a forked child: nothing of the parent's may be written.  */
void tide_account_drop (void);

bool tide_account_is_open (void);
