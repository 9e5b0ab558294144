#pragma once

#include "tide-process.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One recording, live or opened: its processes.  Main thread, but for what TideProcess says.
 *
 * Signals: "changed" after each append; "process-added" (TideProcess) before the first "changed" that has it.
 * TideRecording implements GListModel of its TideProcess objects.  */
#define TIDE_TYPE_RECORDING (tide_recording_get_type ())
G_DECLARE_FINAL_TYPE (TideRecording, tide_recording, TIDE, RECORDING, GObject)

TideRecording *tide_recording_new (void);
/* Consumes BATCH (transfer full).  */
void tide_recording_append (TideRecording *self, TideBatch *batch);
guint tide_recording_get_n_processes (TideRecording *self);
TideProcess *tide_recording_get_process (TideRecording *self, guint index); /* borrowed, NULL past the end */
/* Of all processes, nanoseconds.  */
gint64 tide_recording_get_last_time (TideRecording *self);
/* Counts appends: a query result made at an older generation is stale.  */
guint64 tide_recording_get_generation (TideRecording *self);
/* TRUE when there is a process and every one has its BYE.  */
gboolean tide_recording_is_complete (TideRecording *self);

/* What a reader could not read: GStrv-like list of UTF-8 sentences.  */
void tide_recording_add_diagnostic (TideRecording *self, const char *text);
guint tide_recording_get_n_diagnostics (TideRecording *self);
const char *tide_recording_get_diagnostic (TideRecording *self, guint index);

G_END_DECLS
