#pragma once

#include "tide-account.h"

/* Of the account: what its parts have of each other.  */

/* More pages than any machine has: no difference of the account.  */
#define TIDE_ACCOUNT_MAX_PAGES (1ll << 52)

/* Stands for the frames of a stack that was too deep, or could not be read to its end.  */
#define TIDE_ACCOUNT_DEEP_NAME "[frames not read]"

/* The program in the process is another one than that whose agent was here: its memory is not.  */
bool tide_account_is_replaced (TideAccount *self);

/* The node of the stack that runs, and its thread.  0: nobody's.  IDLE: the main thread runs no Python code
 * at all, as before and after the program itself.  Sees as well whether it is `gone`.  */
uint32_t tide_account_find_culprit (TideAccount *self, int64_t now_ns, uint32_t *thread, bool *idle);

/* Tells EVENT with the others of this tick.  */
void tide_account_put (TideAccount *self, const TideEvent *event);

/* The node of a stack that the agent read.  */
uint32_t
tide_account_find_node (TideAccount *self, const TideRecordFrame *frames, uint32_t n_frames, bool truncated);

/* Takes the difference from BEFORE to NOW, unless the agent was faster.  */
bool tide_account_take_difference (TideAccount *self, int64_t before, int64_t now, int64_t *delta);

/* Growth that the agent claimed is left to it as long as RSS moves: how much of what came since BEFORE that
 * is.  Of an arena it is what is resident of it.  */
int64_t tide_account_get_claimed (TideAccount *self, int64_t before, int64_t now);

/* Charges the PAGES that came after BEFORE to the stack for which the agent claimed them.  False: it is just
 * being written, or the agent was faster.  */
bool tide_account_charge_claim (TideAccount *self, int64_t now_ns, int64_t before, int64_t pages);

/* RSS has stood still, and RUNNING is the stack that runs: whoever opened the arena and has returned since
 * has no claim to what comes of it later.  */
void tide_account_end_claim (TideAccount *self, uint32_t running);

/* RSS grew from BEFORE to NOW, seen while RUNNING ran: charges what is of the big block that was handed out
 * last to who took it, and moves BEFORE on, NOW as well when it reads RSS anew.  False: the agent is just
 * telling of one, or has accounted itself, and the difference is for the next tick; or the process is
 * `gone`.  */
bool tide_account_charge_block (
    TideAccount *self, int64_t now_ns, int64_t *before, int64_t *now, uint32_t running);
