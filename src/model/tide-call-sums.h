#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* How often functions were called in SPAN: all of the time exactly, a part of it to what happened between two
 * counts, a quarter of a second.
 *
 * SUMS has N_CODES + 1 elements, by the smallest code id of the function; they are overwritten.  FALSE: it
 * was not counted, or is no longer known of parts of the time, or CANCELLABLE was cancelled.  Any thread.
 * Internal to the model.  */
gboolean tide_call_sums (
    TideProcess *process, TideSpan span, gint64 *sums, guint32 n_codes, GCancellable *cancellable);

G_END_DECLS
