#pragma once

#include "tide-export.h"
#include "tide-row-source.h"

G_BEGIN_DECLS

/* The rows of OPTIONS' view, of its span and pid; not filtered, sorted or cut yet.  NULL and ERROR when it is
 * not built yet or was cancelled.  RECORDING must live as long.  */
TideRowSource *tide_export_rows_new (TideRecording *recording,
                                     const TideExportOptions *options,
                                     GCancellable *cancellable,
                                     GError **error);

/* The processes of OPTIONS.  Transfer container.  */
GPtrArray *tide_export_get_processes (TideRecording *recording, const TideExportOptions *options);
/* Names of the instruments that measured PROCESS.  Transfer full.  */
GStrv tide_export_get_instruments (TideProcess *process);

TideRowSource *tide_summary_rows_new (GPtrArray *processes,
                                      const TideExportOptions *options,
                                      GCancellable *cancellable,
                                      GError **error);
TideRowSource *tide_function_rows_new (GPtrArray *processes,
                                       const TideExportOptions *options,
                                       GCancellable *cancellable,
                                       GError **error);
TideRowSource *tide_event_rows_new (GPtrArray *processes, const TideExportOptions *options);
TideRowSource *tide_timeline_rows_new (GPtrArray *processes, const TideExportOptions *options);
TideRowSource *tide_marker_rows_new (GPtrArray *processes, const TideExportOptions *options);

G_END_DECLS
