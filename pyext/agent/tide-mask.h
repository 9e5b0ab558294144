#pragma once

#include <stdbool.h>

/* The masks of signals that the program sets.  While our page-fault signals are on, SIGTRAP stays unblocked
 * under them: blocked, such a signal would wait for a sigwait() of the program's, or kill the next program
 * that it execs.  The program sees the masks that it has set.  */

/* From now on; before, nothing is changed.  In the main thread.  */
void tide_mask_keep_open (void);

/* Whether the calling thread believes that it has blocked SIGTRAP.  Safe in a signal handler.  */
bool tide_mask_claims_trap (void);

/* Blocks SIGTRAP in the calling thread if it believes so: there are no signals of ours any more.  */
void tide_mask_settle (void);

/* In a forked child, which has no signals of ours: its masks are real from now on.  */
void tide_mask_drop (void);
