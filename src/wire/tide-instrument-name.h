#pragma once

#include "tide-wire.h"

/* What instruments are called on the command line and in reports.  */

/* Of one bit; NULL: it is none that we know.  Static.  */
const char *tide_instrument_name (uint32_t instrument);
/* Its bit; 0: there is none of that name.  */
uint32_t tide_instrument_by_name (const char *name);
