#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* Which instruments are on, and what the region says of them.  For the main thread with the GIL, but for what
 * is said otherwise.  One thread at a time starts, stops or tells: the others leave it at that.  */

void tide_instruments_open (TideRegion *region);

/* Starts what is wanted and is not on, stops what is on and is not wanted or cannot go on, and tells the
 * region.  One that refused is tried again when it is wished again.  Nothing happens while another thread
 * looks after them: then tide_instruments_check() says that there is still work.  */
void tide_instruments_apply (void);

/* All that is wanted is refused with this sentence.  */
void tide_instruments_refuse (const char *reason);

/* False: another thread looks after them just now, and nothing has happened.  */
bool tide_instruments_stop_all (void);

/* The interpreter is gone, or the process ends: no more signals, hooks stay.  */
void tide_instruments_end (void);

/* Any thread, cheap: one that cannot go on is told to be off.  True: tide_instruments_apply() has work.  */
bool tide_instruments_check (void);

/* In a forked child.  */
void tide_instruments_drop (void);

/* In a forked child that is followed, after that, in its main thread with the GIL: what was on in its parent
 * goes on here, and is told to its own region.  */
void tide_instruments_go_on (void);
