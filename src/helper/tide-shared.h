#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* The memory shared with the agent, as the helper makes it.  */
typedef struct
{
  int fd;
  TideRegion *region; /* TIDE_REGION_SIZE bytes */
} TideShared;

/* False and errno.  */
bool tide_shared_open (TideShared *self, uint32_t instruments);
void tide_shared_close_fd (TideShared *self); /* once the target has it */
void tide_shared_finish (TideShared *self);
