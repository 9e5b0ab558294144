#pragma once

#include "tide-function-table.h"
#include "tide-recording.h"
#include "tide-target.h"

G_BEGIN_DECLS

/* What one window looks at: the recording, what of it is seen, what is selected, the filter, and the tables
 * that follow from them.  Views bind to it and never talk to each other.  Main thread.
 *
 * Zooming changes `visible` (what is seen); a selection filters every table; the two are never mixed.  While
 * `follow` is on, `visible` keeps its length (30 s at first) and its end stays at now; zooming or panning
 * away by the person turns it off.
 *
 * Properties (all notify): recording, process, state, visible-begin, visible-end, selection-begin,
 * selection-end (int64 ns; begin >= end: none), filter, follow, table (TideFunctionTable, boxed as pointer),
 * computing, title, path, dirty, paused, stopping, error-text, instruments (also when one of them told
 * something, and when it is told what they cost).  */

typedef enum
{
  TIDE_SESSION_EMPTY,
  TIDE_SESSION_LOADING,
  TIDE_SESSION_LIVE,  /* until the last batch of the ended program was pumped */
  TIDE_SESSION_ENDED, /* a finished or an opened recording */
} TideSessionState;

/* And the signal "batches-ready": tide_session_pump() has something to do.  */
#define TIDE_TYPE_SESSION (tide_session_get_type ())
G_DECLARE_FINAL_TYPE (TideSession, tide_session, TIDE, SESSION, GObject)

TideSession *tide_session_new (void);

/* Where live recordings are kept until they are saved (created 0700); tests give their own.  */
void tide_session_set_spool_directory (TideSession *self, const char *path);

gboolean tide_session_launch (TideSession *self, const TideLaunch *launch, GError **error);
const TideLaunch *tide_session_get_launch (TideSession *self); /* what was launched, or NULL */
void tide_session_load_async (TideSession *self,
                              GFile *file,
                              GFileProgressCallback progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* On an error the session is empty.  */
gboolean tide_session_load_finish (TideSession *self, GAsyncResult *result, GError **error);
/* Shows RECORDING (tests, samples).  PATH may be NULL.  */
void tide_session_set_recording (TideSession *self, TideRecording *recording, const char *path);

/* Moves the finished spool file, or copies the opened one, to FILE, replacing it; afterwards that is `path`,
 * and not dirty.  Of a program that runs, FILE is a closed recording of what has come so far (of up to a
 * second ago), and the session is as dirty as it was.  */
void tide_session_save_async (TideSession *self,
                              GFile *file,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean tide_session_save_finish (TideSession *self, GAsyncResult *result, GError **error);

/* Appends waiting batches for at most BUDGET_US microseconds; TRUE when something was.  The window calls it
 * once a frame, tests and the command line when "batches-ready" is emitted.  */
gboolean tide_session_pump (TideSession *self, gint64 budget_us);

void tide_session_stop (TideSession *self); /* SIGTERM to the launched program; again: SIGKILL */
void tide_session_set_paused (TideSession *self, gboolean paused);
/* Starts or stops instruments of the live program (TideInstrument bits), and how they measure.  What becomes
 * of it is told by notes of the process.  */
void tide_session_switch (TideSession *self, guint instruments, gboolean on);
guint tide_session_get_instruments (TideSession *self); /* those that are wanted now */
void tide_session_set_instrument_options (TideSession *self, const TideInstrumentOptions *options);
const TideInstrumentOptions *tide_session_get_instrument_options (TideSession *self);
/* Gives up the live program or the recording: back to EMPTY.  The program goes on unless it was stopped.
 * Deletes an unsaved spool file.  */
void tide_session_close (TideSession *self);

TideSessionState tide_session_get_state (TideSession *self);
TideRecording *tide_session_get_recording (TideSession *self);
TideProcess *tide_session_get_process (TideSession *self); /* the one that is shown; borrowed, may be NULL */
/* Shows another one of the recording: all tables are of it from now on.  */
void tide_session_set_process (TideSession *self, TideProcess *process);
TideTarget *tide_session_get_target (TideSession *self);
TideSpan tide_session_get_visible (TideSession *self);
TideSpan tide_session_get_selection (TideSession *self);
gboolean tide_session_has_selection (TideSession *self);
TideSpan tide_session_get_whole (TideSession *self); /* [0, last time] */
gboolean tide_session_get_follow (TideSession *self);
const char *tide_session_get_filter (TideSession *self);
TideFunctionTable *tide_session_get_table (TideSession *self); /* borrowed, may be NULL */
gboolean tide_session_is_dirty (TideSession *self);
gboolean tide_session_is_paused (TideSession *self);
/* The launched program was asked to end; stays so after its end, until something else is shown.  */
gboolean tide_session_is_stopping (TideSession *self);
const char *tide_session_get_path (TideSession *self);
/* What went wrong with the stream, the journal or the program's start, or NULL.  */
const char *tide_session_get_error_text (TideSession *self);
/* The program's name out of the command line of an interpreter: what follows -m, or the first argument that
 * is no option.  NULL: none stands there.  Transfer full.  */
char *tide_session_name_program (char **argv);
char *tide_session_dup_title (TideSession *self);    /* "batch.py" */
char *tide_session_dup_subtitle (TideSession *self); /* "PID 4242 · CPython 3.12.1 · launched 12:04" */

/* By the person: turns follow off when it moves away from now.  Clamped to the data; at least 1 µs.  */
void tide_session_set_visible (TideSession *self, TideSpan span);
void tide_session_zoom (TideSession *self, gint64 at_ns, double factor); /* factor < 1: closer */
void tide_session_pan (TideSession *self, gint64 by_ns);
void tide_session_fit (TideSession *self); /* the whole recording */
void tide_session_zoom_to_selection (TideSession *self);
void tide_session_set_follow (TideSession *self, gboolean follow);
void tide_session_set_selection (TideSession *self, TideSpan span);
void tide_session_clear_selection (TideSession *self);
void tide_session_set_filter (TideSession *self, const char *filter);
/* Asks for the table again (live: at most each 250 ms by itself).  */
void tide_session_refresh (TideSession *self);

/* Unsaved recordings of sessions that died: GFile list.  Transfer full.  */
GPtrArray *tide_session_find_recoverable (const char *spool_directory);

G_END_DECLS
