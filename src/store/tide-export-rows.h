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

/* How a process ended: for people (NULL: it has not; transfer full), and in cells for programs.  */
char *tide_export_describe_end (const TideProcessEnd *end);
void tide_export_fill_end (const TideProcessEnd *end, TideCell *kind, TideCell *status);

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
/* One row a process, those alone that were there in the span.  */
TideRowSource *tide_process_rows_new (GPtrArray *processes, const TideExportOptions *options);

TideRowSource *tide_line_rows_new (GPtrArray *processes,
                                   const TideExportOptions *options,
                                   GCancellable *cancellable,
                                   GError **error);
TideRowSource *tide_timeline_rows_new (GPtrArray *processes, const TideExportOptions *options);
TideRowSource *tide_marker_rows_new (GPtrArray *processes, const TideExportOptions *options);

G_END_DECLS
