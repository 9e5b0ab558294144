#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* Makes a new, empty file (mode 0600) for the recording of LAUNCH in DIRECTORY, named after program and time:
 * "pagetide-batch-20260102-150405.pagetide", with a number where that is taken.  Its path, transfer full.  */
char *tide_recording_name_reserve (const char *directory, const TideLaunch *launch, GError **error);
/* The program's name out of such a file's name without its folder; NULL when it is another's.  Transfer full.
 */
char *tide_recording_name_dup_program (const char *basename);

G_END_DECLS
