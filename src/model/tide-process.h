#pragma once

#include "tide-batch.h"
#include "tide-series.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* All that is known of one process: append-only tables.  The main thread appends (through TideRecording); any
 * thread that holds a reference may read at the same time: what a getter's length says is there stays where
 * it is.  */
#define TIDE_TYPE_PROCESS (tide_process_get_type ())
G_DECLARE_FINAL_TYPE (TideProcess, tide_process, TIDE, PROCESS, GObject)

guint tide_process_get_stream (TideProcess *self);
/* Main thread; owned by the process, replaced when more becomes known.  Never NULL.  */
const TideProcessInfo *tide_process_get_info (TideProcess *self);
/* Main thread; NULL while it runs (or when the recording is cut).  */
const TideProcessEnd *tide_process_get_end (TideProcess *self);
/* Main thread; NULL when nothing was measured yet.  */
const TideCost *tide_process_get_cost (TideProcess *self);
/* As it was told before that one, to see what the last second took; NULL: it was told once, or never.  */
const TideCost *tide_process_get_cost_before (TideProcess *self);

TideSeries *tide_process_get_rss (TideProcess *self);
/* Time of the last thing that is known, nanoseconds since the start.  Any thread.  */
gint64 tide_process_get_last_time (TideProcess *self);

/* Any thread.  */
guint tide_process_get_n_strings (TideProcess *self);
guint tide_process_get_n_codes (TideProcess *self);
guint tide_process_get_n_nodes (TideProcess *self);
guint tide_process_get_n_threads (TideProcess *self);
gsize tide_process_get_n_events (TideProcess *self);
const char *tide_process_get_string (TideProcess *self, guint32 id);   /* "" for 0 and for an unknown id */
const TideCode *tide_process_get_code (TideProcess *self, guint32 id); /* NULL for 0 */
const TideNode *tide_process_get_node (TideProcess *self, guint32 id); /* NULL for 0 */
const TideThread *tide_process_get_thread (TideProcess *self, guint32 id);   /* NULL for 0 */
const TideRssEvent *tide_process_get_event (TideProcess *self, gsize index); /* NULL past the end */
/* Number of events with time < TIME_NS.  */
gsize tide_process_count_events_before (TideProcess *self, gint64 time_ns);

/* Any thread.  The slower figures of /proc, in order of time.  */
gsize tide_process_get_n_statuses (TideProcess *self);
const TideStatus *tide_process_get_status (TideProcess *self, gsize index); /* NULL past the end */

/* Any thread.  Moments, in order of time.  */
gsize tide_process_get_n_collections (TideProcess *self);
const TideCollection *tide_process_get_collection (TideProcess *self, gsize index); /* NULL past the end */
gsize tide_process_count_collections_before (TideProcess *self, gint64 time_ns);
gsize tide_process_get_n_marks (TideProcess *self);
const TideMark *tide_process_get_mark (TideProcess *self, gsize index); /* NULL past the end */
gsize tide_process_count_marks_before (TideProcess *self, gint64 time_ns);

/* Any thread.  Calls, in packed blocks in order of time: see tide-call-cursor.h.  */
gsize tide_process_get_n_call_blocks (TideProcess *self);
const TideCallBlock *tide_process_get_call_block (TideProcess *self, gsize index); /* NULL past the end */
guint64 tide_process_get_n_calls (TideProcess *self);
/* Those that came when TIDE_PROCESS_MAX_CALL_BYTES were there: they are in the file alone.  */
guint64 tide_process_get_n_calls_dropped (TideProcess *self);
gint64 tide_process_get_page_size (TideProcess *self);

/* Some 300 million calls.  */
#define TIDE_PROCESS_MAX_CALL_BYTES ((gsize)1 << 30)

/* Main thread.  Notes in order of time.  */
gsize tide_process_get_n_notes (TideProcess *self);
const TideNote *tide_process_get_note (TideProcess *self, gsize index);
gint64 tide_process_get_n_lost (TideProcess *self); /* events that never came */
gsize tide_process_get_n_outputs (TideProcess *self);
const TideOutputChunk *tide_process_get_output (TideProcess *self, gsize index);

G_END_DECLS
