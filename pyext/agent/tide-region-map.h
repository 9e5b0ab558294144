#pragma once

#include "tide-region.h"

/* The region behind FD, mapped and resident; NULL when that is none that could be trusted, or not for PID (0:
 * for nobody yet).  FD stays open.  PLACE: where a former region is, or NULL; what still looks there finds
 * the new one, or the former when there is none.  */
TideRegion *tide_region_map (int fd, uint32_t pid, void *place);
