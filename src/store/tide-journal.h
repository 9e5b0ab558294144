#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a .pagetide file while frames come: cuts them into blocks (256 KiB, or one second; the first at
 * once), compresses, checksums, writes and syncs in a thread of its own, so that a slow disk stalls nobody.
 * The format is drawn in tide-recording-format.h.
 *
 * push may be called from any one thread; the frames must be whole.  After the first write error (disk full)
 * nothing more is written, tide_journal_dup_error() says why, and pushes are ignored: the live view goes on.
 * The file ends with its last whole block then.  */
typedef struct _TideJournal TideJournal;

/* Creates the file (mode 0600; replaces an old one, but neither a symbolic link nor what is no file).  An
 * exclusive flock() is held on it while we write: whoever looks for recordings that were left behind can
 * tell. MAX_BYTES: stop with an error beyond this size, 0: no bound; the file is ended properly then.  */
TideJournal *tide_journal_new (const char *path, guint64 max_bytes, GError **error);
/* Whole frames, copied.  Never blocks on the disk; when more than 64 MiB wait, events, samples and output are
 * dropped, and the file tells how many (LOST); names and the like are kept, since later frames refer to them.
 */
void tide_journal_push (TideJournal *self, const guint8 *frames, gsize length);
/* Writes what is left, index and trailer; waits for the thread.  Once.  */
gboolean tide_journal_close (TideJournal *self, GError **error);
void tide_journal_free (TideJournal *self);
guint64 tide_journal_get_bytes (TideJournal *self); /* on disk so far; any thread */
/* NULL, or a copy of what went wrong; any thread.  Transfer full.  */
GError *tide_journal_dup_error (TideJournal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideJournal, tide_journal_free)

G_END_DECLS
