#pragma once

#include "tide-recording.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Opens saved files.  Gives what could be read *and* a list of what was wrong
 * (tide_recording_get_diagnostic()); an error only when nothing could be read.  A file without its trailer is
 * complete up to its last whole block.  */

/* Whether these first bytes of a file are of one that is opened here; what else is wrong with it is told
 * later.  Pure; with fewer than TIDE_LOADER_HEAD_BYTES it may not see that a text is a log.  */
#define TIDE_LOADER_HEAD_BYTES (1u << 20)
gboolean tide_loader_recognizes (const guint8 *head, gsize length);
/* Any thread; blocks.  PROGRESS may be NULL; it is called in this thread with bytes done and bytes in all.
 * "-" is not special here.  */
TideRecording *tide_load (GFile *file,
                          GFileProgressCallback progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GError **error);
/* From a stream that cannot seek (standard input).  */
TideRecording *tide_load_stream (GInputStream *stream, GCancellable *cancellable, GError **error);
/* In a GTask thread; PROGRESS is called on the main thread.  Main thread.  */
void tide_load_async (GFile *file,
                      GFileProgressCallback progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
TideRecording *tide_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
