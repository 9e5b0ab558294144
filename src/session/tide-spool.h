#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folder of recordings that were not saved yet.  Each that a living Pagetide writes or shows is locked
 * (flock), so that others leave it alone, and a crash unlocks it.  */

/* Of the person: $XDG_DATA_HOME/pagetide/recordings.  Transfer full.  */
char *tide_spool_dup_default (void);
/* Creates it, 0700.  */
gboolean tide_spool_ensure (const char *directory, GError **error);
gboolean tide_spool_has (const char *directory, const char *path);
/* A descriptor that holds the lock while it is open; -1 when somebody else holds it, or there is no such
 * file.  */
int tide_spool_lock (const char *path);

/* The recordings that nobody holds, newest first: GFile.  Transfer full.  */
GPtrArray *tide_spool_find_recoverable (const char *directory);

G_END_DECLS
