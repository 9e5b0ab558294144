#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Moments of a process: what the garbage collector did, and what the program marked itself.  */

typedef struct
{
  gint64 time_ns; /* its end */
  gint64 duration_ns;
  gint64 delta_bytes; /* of RSS, during it */
  gint64 collected, uncollectable;
  guint32 generation;
  guint16 thread; /* thread id; those above 65535 are 0 */
} TideCollection;

typedef enum
{
  TIDE_MARKER_GC,
  TIDE_MARKER_MESSAGE,
  TIDE_MARKER_SPAN_BEGIN,
  TIDE_MARKER_SPAN_END,
  TIDE_MARKER_SNAPSHOT,
} TideMarkerKind;

typedef struct
{
  gint64 time_ns;
  gint64 rss_bytes; /* 0: unknown */
  guint64 id;       /* of a span: its begin and its end carry the same */
  char *text;       /* UTF-8, owned; may be empty */
  guint16 thread;
  guint8 kind; /* TideMarkerKind, none of them a collection */
} TideMark;

/* "gc", "message", "span-begin"...: for programs.  */
const char *tide_marker_kind_get_name (TideMarkerKind kind);

/* What a person reads of it, on one line.  Translated, transfer full.  */
char *tide_collection_describe (const TideCollection *self);
char *tide_mark_describe (const TideMark *self);

G_END_DECLS
