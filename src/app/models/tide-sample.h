#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* The sample program that comes with Pagetide, ready to launch; PAGETIDE_EXAMPLES in the environment says
 * where the examples are when they are not installed.  NULL and an error when it is not there.  Transfer
 * full.  */
TideLaunch *tide_sample_new_launch (GError **error);

G_END_DECLS
