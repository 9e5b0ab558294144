#pragma once

#include "tide-recording.h"

/* Short words to fill a batch with.  Those that define something give its id, when BATCH is the first of its
 * stream.  */
guint32 fixture_string (TideBatch *batch, const char *text);
guint32 fixture_code (TideBatch *batch, guint32 file, guint32 name, guint32 first_line);
guint32 fixture_node (TideBatch *batch, guint32 parent, guint32 code, guint32 line);
guint32 fixture_thread (TideBatch *batch, guint32 tid, const char *name);
void fixture_event (TideBatch *batch, gint64 time_ns, guint32 node, gint64 delta_bytes);
void fixture_sample (TideBatch *batch, gint64 time_ns, gint64 rss_bytes);
void fixture_note (
    TideBatch *batch, gint64 time_ns, TideNoteKind kind, guint32 detail, gint64 value, const char *text);
/* A recording of one process that has what is in BATCH (transfer full).  */
TideRecording *fixture_recording (TideBatch *batch);
