#pragma once

#include "tide-batch.h"
#include "tide-journal.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The thread that reads one helper's pipe.
 *
 *   pipe ──▶ whole frames ──▶ journal
 *                   └──▶ decoder ──▶ queue of batches, bounded ──▶ tide_channel_pop()
 *
 * When the queue is full the thread waits, so the pipe fills and the helper aggregates.  What is no frame
 * ends the decoding; the pipe is then read to its end all the same, since its end says when the program is
 * over.  */
typedef struct _TideChannel TideChannel;

/* Both are called in the context that was the thread's default when the channel was made: READY when batches
 * wait (once until all are taken), ENDED once, when the pipe is at its end, the journal is closed and the
 * last batch is queued.  */
typedef void (*TideChannelFunc) (gpointer user_data);

/* Takes FD (a pipe's or a socket's reading end) and JOURNAL (may be NULL), also when it fails for want of
 * descriptors.  */
TideChannel *tide_channel_new (int fd,
                               TideJournal *journal,
                               TideChannelFunc ready,
                               TideChannelFunc ended,
                               gpointer user_data,
                               GError **error);
/* Stops reading, closes the pipe and the journal.  No function is called any more.  Same thread as
 * tide_channel_new().  */
void tide_channel_free (TideChannel *self);

TideBatch *tide_channel_pop (TideChannel *self); /* transfer full, NULL: none waits */
guint64 tide_channel_get_journal_bytes (TideChannel *self);
/* What went wrong with the stream, else with the journal; NULL.  Transfer full.  Any thread.  */
GError *tide_channel_dup_error (TideChannel *self);
/* TRUE when each process of the stream has said how it ended, and there was one.  For after ENDED.  */
gboolean tide_channel_is_whole (TideChannel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideChannel, tide_channel_free)

G_END_DECLS
