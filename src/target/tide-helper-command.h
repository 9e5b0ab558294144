#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* The helper's command line for LAUNCH, which was checked.  Transfer full.  */
char **tide_helper_command (const TideLaunch *launch, int frames_fd, int control_fd, GError **error);

/* Whether the helper can be run with more rights, after a question of polkit's.  FALSE, and a sentence why
 * not.
 */
gboolean tide_helper_may_ask (GError **error);

G_END_DECLS
