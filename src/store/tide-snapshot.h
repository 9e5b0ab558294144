#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Copies what is whole of the .pagetide file FROM, which may be being written just now, to TO (replacing it,
 * readable by its owner alone), and ends the copy as a closed recording ends.  An error leaves TO as it was.
 * Blocks; any thread.  */
gboolean tide_snapshot_copy (GFile *from, GFile *to, GCancellable *cancellable, GError **error);

G_END_DECLS
