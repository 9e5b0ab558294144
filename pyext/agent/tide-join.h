#pragma once

#include "tide-board.h"

#include <stdbool.h>

/* How this process comes to be followed, see tide-board.h.  The board stays mapped in forked children.  */

/* Maps the helper's board.  False: there is none, or it is closed.  */
bool tide_join_open (int helper_pid, int fd);
bool tide_join_is_open (void);

/* A region that is this process's from now on, or NULL: there is none, which was counted.  FORKED: the
 * process goes on where its parent was.  PLACE: see tide_region_map().  */
TideRegion *tide_join_claim (bool forked, void *place);

/* The claimed region holds what the helper needs: it may begin.  Without one, nobody is to be waited for.  */
void tide_join (void);

/* Around a fork: before it by the parent, and in the child, which then calls tide_join(), or gives up.  */
void tide_join_announce (void);
void tide_join_announced (void);
/* Also after vfork() or in a process that was not announced: nothing happens there.  */
void tide_join_give_up (void);

/* Where the helper sleeps while it serves several processes; NULL: at the region's own word.  */
_Atomic uint32_t *tide_join_get_bell (void);
