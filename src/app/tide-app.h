#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* Runs the window and gives its exit status.  LAUNCH (may be NULL) is started in a new window; each of FILES
 * (may be NULL) is opened in a window of its own; with neither, an empty window comes up, or the window of a
 * Pagetide that runs already.  Main thread.  */
int tide_app_run (int argc, char **argv, const TideLaunch *launch, char **files);

G_END_DECLS
