#pragma once

#include "tide-process.h"
#include "tide-function-table.h"

G_BEGIN_DECLS

typedef enum
{
  TIDE_GAP_PAUSE, /* nobody measured: the curve is unknown                        */
  TIDE_GAP_LOST,  /* events are missing: the curve holds, who moved it is unknown */
} TideGapKind;

typedef struct
{
  TideGapKind kind;
  TideSpan span;
  gint64 n_lost;
} TideGap;

/* Where PROCESS has pauses and losses inside VISIBLE, in order; losses that are nearer than MERGE_NS are one.
 * Array of TideGap (transfer full).  Main thread.  Takes time in the number of notes that are seen.  */
GArray *tide_gaps_collect (TideProcess *process, TideSpan visible, gint64 merge_ns);
/* Whether nobody measured at TIME_NS.  */
gboolean tide_gaps_is_paused (TideProcess *process, gint64 time_ns);

G_END_DECLS
