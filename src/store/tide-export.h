#pragma once

#include "tide-function-table.h"
#include "tide-recording.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The views of a recording as text, JSON or CSV, as src/DESIGN.md ("Report") defines the keys.  Any thread
 * that owns the recording.  */
typedef enum
{
  TIDE_EXPORT_TEXT,
  TIDE_EXPORT_JSON,
  TIDE_EXPORT_CSV,
} TideExportFormat;

typedef enum
{
  TIDE_VIEW_SUMMARY,
  TIDE_VIEW_FUNCTIONS,
  TIDE_VIEW_TIMELINE,
  TIDE_VIEW_LINES,
  TIDE_VIEW_TREE,
  TIDE_VIEW_MARKERS,
  TIDE_VIEW_PROCESSES,
  TIDE_VIEW_ALLOCATOR,
  TIDE_VIEW_TRACEMALLOC,
  TIDE_VIEW_TYPES,
  TIDE_VIEW_EVENTS,
  TIDE_N_VIEWS
} TideView;

typedef struct
{
  TideView view;
  TideExportFormat format;
  TideSpan span;      /* half-open */
  const char *filter; /* NULL: all */
  const char *sort;   /* a key of the view's rows, NULL: its default; descending */
  gint64 top;         /* at most so many rows, -1: all */
  gint64 pid;         /* one process, 0: all */
  const char *path;   /* of the recording, for the "recording" object; NULL: null */
} TideExportOptions;

/* The view of that name, or FALSE.  */
gboolean tide_view_from_name (const char *name, TideView *view);
const char *tide_view_get_name (TideView view);
/* FALSE for those that are not built yet.  */
gboolean tide_view_is_supported (TideView view);

gboolean tide_export (TideRecording *recording,
                      const TideExportOptions *options,
                      GOutputStream *stream,
                      GCancellable *cancellable,
                      GError **error);

G_END_DECLS
