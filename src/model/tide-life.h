#pragma once

#include "tide-function-table.h"

G_BEGIN_DECLS

/* TIDE_SOURCE_SHUTDOWN of the wire, which the model does not include.  */
#define TIDE_RSS_SOURCE_SHUTDOWN 5

/* From the first moment of the program itself (after the interpreter's own start, where that is known) to
 * now, or to where the interpreter began to take itself apart.  */
typedef struct
{
  TideSpan span;
  gint64 begin_rss, end_rss; /* bytes */
  gboolean shutdown;         /* the end is that of the program, the interpreter's is later */
} TideLife;

/* Any thread that owns the recording.  FALSE: nothing was measured yet.  */
gboolean tide_life_init (TideLife *self, TideProcess *process);

G_END_DECLS
