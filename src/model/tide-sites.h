#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* Python bytes by place over a range of time: what was taken and given back in it, and what was live at its
 * end.  Figures are those of requested bytes; a block that was resized counts as a new one.
 *
 *   states of one site     ──●────────●──●───────────●──────▶ time
 *                              [ begin             end )
 *                            A                 B
 *
 * A is the last state before the range, B the last one in it (or A): what was allocated is the difference,
 * live is B's.  The peak is the highest that was reached in the range: exact when the site reached its
 * highest so far there, else the highest of the states, which come ten times a second at most.  */

typedef struct
{
  guint32 code; /* smallest code id of the same function, 0: no Python frame */
  guint32 line; /* 0: unknown, or the whole function                         */
  TideSiteFigures figures;
} TideSiteRow;

typedef struct
{
  GArray *lines; /* TideSiteRow, by code and line        */
  GArray
      *functions; /* TideSiteRow, by code: sums over lines, but for the peak, which is the function's own */
  gint64 peak;    /* of the whole process                 */
} TideSiteSums;

/* Any thread.  NULL when Python bytes were never measured, or CANCELLABLE was cancelled.  */
TideSiteSums *tide_site_sums_new (TideProcess *process, TideSpan span, GCancellable *cancellable);
void tide_site_sums_free (TideSiteSums *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideSiteSums, tide_site_sums_free)

G_END_DECLS
