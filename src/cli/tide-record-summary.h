#pragma once

#include "tide-batch.h"

G_BEGIN_DECLS

/* What `record` keeps of a stream that it does not keep: how the first process ended, its peak, and the net
 * growth of each function. Memory: a few bytes for each string, code and node.  */
typedef struct _TideRecordSummary TideRecordSummary;

TideRecordSummary *tide_record_summary_new (void);
void tide_record_summary_free (TideRecordSummary *self);
void tide_record_summary_add (TideRecordSummary *self, const TideBatch *batch);

/* Nothing has come.  */
gboolean tide_record_summary_is_empty (TideRecordSummary *self);
/* NULL: it has not ended.  */
const TideProcessEnd *tide_record_summary_get_end (TideRecordSummary *self);
/* The last sentence that the helper said as an error, or NULL.  */
const char *tide_record_summary_get_error (TideRecordSummary *self);

/* Why the instrument whose bit has NUMBER is off though it was wanted, as was last said of the first process,
 * in the person's language; or NULL.  */
const char *tide_record_summary_get_refusal (TideRecordSummary *self, guint number);
gint64 tide_record_summary_get_peak (TideRecordSummary *self); /* bytes, 0: unknown */
/* The factor by which measuring made the first process's own CPU time longer; 0: unknown.  */
double tide_record_summary_get_cost (TideRecordSummary *self);
/* The function whose own net growth is the greatest, as "load (train.py:88)", and its growth in bytes.  NULL
 * when none grew.  Transfer full, valid UTF-8.  */
char *tide_record_summary_dup_top (TideRecordSummary *self, gint64 *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideRecordSummary, tide_record_summary_free)

G_END_DECLS
