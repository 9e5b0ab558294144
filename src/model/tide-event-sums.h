#pragma once

#include "tide-digest.h"
#include "tide-process.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Adds the events number BEGIN to END of PROCESS to TALLIES, of which there is one for each of N_ACCOUNTS:
 * whole chunks by their digests, the two ends of the range one by one.  FALSE when cancelled.  Any thread.
 * Internal to the model.  */
gboolean tide_event_sums (TideProcess *process,
                          gsize begin,
                          gsize end,
                          TideTally *tallies,
                          gsize n_accounts,
                          GCancellable *cancellable);

G_END_DECLS
