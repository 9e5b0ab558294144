#pragma once

#include "tide-frames.h"
#include "tide-recording-format.h"

G_BEGIN_DECLS

/* Adds up what stands in the frames of one block.  It trusts nothing: a malformed frame only counts as a
 * frame.  Any one thread at a time.  */
typedef struct _TideSummarizer TideSummarizer;

TideSummarizer *tide_summarizer_new (void);
void tide_summarizer_free (TideSummarizer *self);
/* Page sizes are remembered from one block to the next: give it all blocks of a recording, in order.  */
TideBlockSummary tide_summarizer_add_block (TideSummarizer *self, const guint8 *frames, gsize length);

/* When a frame of this type happened: its own time, for EVENTS that of the last one; -1: it has none.  */
gint64 tide_frame_get_time (guint type, TideSlice payload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideSummarizer, tide_summarizer_free)

G_END_DECLS
