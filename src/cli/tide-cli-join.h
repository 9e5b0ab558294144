#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* Records the process that LAUNCH joins into PATH, until it closes its end of the pipe that it lives by, or
 * ends.  Returns the exit status.  */
int tide_cli_join (const TideLaunch *launch, const char *path);

G_END_DECLS
