#pragma once

#include "tide-columns.h"
#include "tide-recording.h"

G_BEGIN_DECLS

/* The RSS of all processes of a recording together, for a picture.  Pages that they share count in each.
 * Main thread. */

/* There is more than one process, so that the sum says something.  */
gboolean tide_totals_are_shown (TideRecording *recording); /* NULL: no */

/* As tide_columns_init().  A column's first and last are sums; its minimum and maximum are what the sum
 * cannot have gone beyond, since not all processes need have been at theirs at the same moment.  */
void tide_totals_init (TideColumns *self, TideRecording *recording, TideSpan visible, guint n_columns);

/* The greatest that tide_totals_init() can show in VISIBLE, roughly: for an axis.  0: nothing is known.  */
gint64 tide_totals_get_top (TideRecording *recording, TideSpan visible);

/* What all that are still there have now, in bytes, and how many they are.  */
gint64 tide_totals_get_now (TideRecording *recording, guint *n_alive);

G_END_DECLS
