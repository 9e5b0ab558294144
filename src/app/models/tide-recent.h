#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* The last launches, newest first, in a small file of the state directory.  Main thread.  */
#define TIDE_TYPE_RECENT (tide_recent_get_type ())
G_DECLARE_FINAL_TYPE (TideRecent, tide_recent, TIDE, RECENT, GObject)

#define TIDE_RECENT_MAX 10

/* PATH: the file; NULL: $XDG_STATE_HOME/pagetide/launches.  */
TideRecent *tide_recent_new (const char *path);
guint tide_recent_get_n_launches (TideRecent *self);
/* Borrowed until the next change; NULL past the end.  */
const TideLaunch *tide_recent_get_launch (TideRecent *self, guint index);
/* Puts LAUNCH (copied) first and writes the file; an older one with the same command line goes.  */
gboolean tide_recent_add_launch (TideRecent *self, const TideLaunch *launch, GError **error);

G_END_DECLS
