#pragma once

#include "tide-area.h"
#include "tide-options.h"
#include "tide-region.h"

#include <stdbool.h>

/* The memory shared with the agent, as the helper makes it.  */
typedef struct
{
  int fd;
  TideRegion *region; /* TIDE_REGION_SIZE bytes */
  TideArea areas[TIDE_N_AREAS];
} TideShared;

/* Not wanted of anybody yet.  FILLED: its pages are there at once, else as they are used.  False and errno.
 */
bool tide_shared_make (TideShared *self, bool filled);

/* The target's own.  False and errno.  */
bool tide_shared_open (TideShared *self, const TideOptions *options);

/* Makes the areas that INSTRUMENTS need and that are not there yet: before they are wanted of the agent.  One
 * that cannot be made is missing, and the agent says so.  */
void tide_shared_prepare (TideShared *self, uint32_t instruments);

/* Instead: the one that a process made, of which OPTIONS speak.  False when it is none.  */
bool tide_shared_join (TideShared *self, const TideOptions *options);
/* Adds up, and fills, what each instrument has taken of the process's time, by bit number; nanoseconds.  */
uint64_t tide_shared_get_costs (const TideShared *self, uint64_t costs[TIDE_N_INSTRUMENTS]);

void tide_shared_close_fd (TideShared *self); /* once the target has it */
void tide_shared_finish (TideShared *self);
