#pragma once

#include "tide-calls-frames.h"
#include "tide-function-table.h"
#include "tide-process.h"

G_BEGIN_DECLS

/* The calls of a process, those of a span and of some kinds, by their number among these: decoded block by
 * block, so that a hundred million of them cost no more memory than one block.  What comes later is not in
 * it.  Any one thread at a time.  */
typedef struct _TideCallCursor TideCallCursor;

typedef struct
{
  guint64 number; /* among all of the process, from 1 */
  gint64 time_ns;
  gint64 cpu_ns; /* what its thread has run so far; -1: not measured */
  gint64 rss_bytes;
  gint64 delta_bytes; /* since the event before it, of any kind and thread; 0 for the first */
  TideCallKind kind;
  guint32 thread; /* these: ids in the process, 0 unknown */
  guint32 code;
  guint32 caller; /* of C functions: who calls */
  guint32 line;
} TideCallRow;

#define TIDE_CALL_ALL_KINDS ((1u << TIDE_N_CALL_KINDS) - 1)

/* KINDS: 1 << TideCallKind each.  Keeps PROCESS alive.  */
TideCallCursor *tide_call_cursor_new (TideProcess *process, TideSpan span, guint kinds);
void tide_call_cursor_free (TideCallCursor *self);
guint64 tide_call_cursor_get_n_rows (TideCallCursor *self);
/* FALSE past the end.  Quick where INDEX is near that of the last call.  */
gboolean tide_call_cursor_get (TideCallCursor *self, guint64 index, TideCallRow *row);

/* "CALL", "C_RETURN".  Not translated.  */
const char *tide_call_kind_get_name (TideCallKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideCallCursor, tide_call_cursor_free)

G_END_DECLS
