#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* The thread that copies memory of this process for a helper which may not look into it, see TideRegionMail.
 * It takes no lock, no signal and no memory; it ends before the process forks, so that the interpreter
 * finds no thread that it would warn of, and comes again at a later look.  */

/* Whether it is wanted and not there.  Any thread.  */
bool tide_reader_is_missed (const TideRegion *region);

/* Makes it, where it is wanted.  In the main thread.  */
void tide_reader_follow (TideRegion *region);

/* When it is back nothing of it is left.  Nothing where there is none.  */
void tide_reader_end (void);

/* In a forked child.  */
void tide_reader_drop (void);
