#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>

/* The agent's side of the shared account (see tide-region.h): looks at RSS and charges what nobody has
 * charged yet to the calling thread's Python stack.  For any thread, with or without the GIL, and for signal
 * handlers: takes only a try-lock, allocates only by mmap.  May change errno.  Does nothing while suspended,
 * after the end, and in a forked child.  */

/* Opens the account; in a followed child, its own, after tide_account_drop().  False: RSS cannot be read.  */
bool tide_account_open (TideRegion *region);

/* Charges all that is resident and not yet accounted to TIDE_SOURCE_START, without a stack.  From then on the
 * others work.  Called again when the first instruments are on: whoever looked from outside between their
 * touching a page and their owning it took that for growth.  */
void tide_account_begin (void);

/* FREED: a block that was freed just before, or NULL; a thread that frees its own thread state has no stack
 * any more.  */
void tide_account (TideSource source, const void *freed);

/* The same for a signal that came at TIME_NS (CLOCK_MONOTONIC) when the calling thread touched a fresh page
 * at TOUCHED.  What it costs is the caller's to tell.  */
void tide_account_fault (const void *touched, uint64_t time_ns);

/* The same for the calling thread, just before memory is given back: nothing is left to a later look, since
 * the release would hide it.  */
void tide_account_before_release (void);

/* ARENA, of SIZE bytes, was just taken for the calling stack: the pages that come are its site's, up to that
 * size.  Which function has to open an arena is a matter of chance, in proportion to what each takes; a look
 * at whoever runs when the pages are seen is not.  The same is true of who finds it full: what is still
 * uncharged then of the arena's second half is that stack's (tide_account_before_arena()), so that where one
 * function takes over from another half an arena at most is misplaced.  No effect while there are fault
 * signals, which know better.  */
void tide_account_before_arena (void);
void tide_account_arena (const void *arena, size_t size);
void tide_account_arena_gone (const void *arena);

/* Fault signals come at least once for so many new pages; 0: there are none.  */
void tide_account_set_signal_pages (int64_t pages);

/* As tide_account(); then remembers that BLOCK, of which SIZE bytes from FRESH on are new, was just handed
 * out to this stack and will be filled from now on: pages that come are its site's, up to that size.  LOOKED:
 * the caller also looked just before it took the block, so that what came since is of it.  */
void tide_account_block (const void *block, const void *fresh, size_t size, bool looked);

/* That block while pages of it are missing, else NULL.  One load, for hot paths.  */
const void *tide_account_pending (void);

/* Growth may be due to others than whoever runs now.  */
bool tide_account_is_awaiting (void);

/* Nothing is missing any more of the remembered block.  */
void tide_account_forget (void);

/* PAGES (or, negative, fewer) of what is resident are the agent's own: nobody of the program is charged for
 * them.  Call it right after they became resident.  Any thread.  */
void tide_account_own (int64_t pages);

/* The code object at ADDRESS, told to the helper when it is new: its id, 0 for one that has none or when
 * there is no room now.  With the GIL held, not from signal handlers; may wait a moment for another thread.
 */
uint32_t tide_account_code (uint64_t address);

/* The same for what is called so but is no code object: a C function.  */
uint32_t tide_account_named_code (uint64_t address,
                                  uint64_t fingerprint,
                                  const char *file,
                                  uint32_t file_length,
                                  const char *name,
                                  uint32_t name_length);

/* The same as tide_account_code(), for those who must tell the two: false when there is no room now.  ANEW:
 * as for tide_codes_id().  */
bool tide_account_find_code (uint64_t address, bool anew, uint32_t *id);

/* Room for a record of SIZE bytes in the account's ring, for records that are no events; NULL: none, it is
 * counted as lost.  Until tide_account_commit() no other thread can account, so be quick.  Not from signal
 * handlers.  */
void *tide_account_reserve (size_t size, TideRecordKind kind);
void tide_account_commit (void);

/* NS of the program's time went into a hook or a handler of WHOSE.  Any thread, also in signal handlers.  */
void tide_account_add_cost (TideInstrument whose, uint64_t ns);

/* RSS is to be looked at 2^N times as seldom: N, at most TIDE_MOST_SLOWER.  Any thread, also in signal
 * handlers.  */
uint32_t tide_account_get_slower (void);

/* Open, and neither suspended nor about to stop.  */
bool tide_account_is_measuring (void);

/* Has a helper that sleeps look now.  */
void tide_account_ring_bell (void);

/* Last look, then nothing more.  */
void tide_account_end (void);

/* In a forked child: nothing of the parent's may be written.  */
void tide_account_drop (void);

bool tide_account_is_open (void);
