#pragma once

#include "tide-session.h"
#include "tide-span-control.h"
#include "tide-table-refresh.h"

G_BEGIN_DECLS

struct _TideSession
{
  GObject parent_instance;

  TideSessionState state;
  TideRecording *recording;    /* NULL when empty or loading */
  TideProcess *process;        /* the one that is shown */
  const TideProcessInfo *info; /* of that process, when the title was last told; only compared */

  TideSpanControl span;
  TideSpan selection;
  char *filter;
  TideTableRefresh *refresh;
  gboolean was_computing;
  TideFunctionTable *last_table; /* what "table" was last notified for; only compared */

  TideTarget *target;
  TideLaunch *launch;
  gboolean target_ended;
  gboolean stopping;
  gboolean paused;
  guint instruments;             /* wanted of the live program */
  TideInstrumentOptions options; /* of them */
  gsize n_notes;                 /* of the process, when "instruments" was last notified */
  gint64 cost_ns;                /* as of when its cost was told then                    */

  char *spool_directory;
  char *path;     /* of the recording, or NULL */
  int spool_lock; /* -1: not in the spool folder */
  gboolean dirty;
  char *error_text;
};

typedef enum
{
  PROP_RECORDING = 1,
  PROP_PROCESS,
  PROP_STATE,
  PROP_VISIBLE_BEGIN,
  PROP_VISIBLE_END,
  PROP_SELECTION_BEGIN,
  PROP_SELECTION_END,
  PROP_FILTER,
  PROP_FOLLOW,
  PROP_TABLE,
  PROP_COMPUTING,
  PROP_TITLE,
  PROP_PATH,
  PROP_DIRTY,
  PROP_PAUSED,
  PROP_STOPPING,
  PROP_ERROR_TEXT,
  PROP_INSTRUMENTS,
  N_PROPS
} TideSessionProperty;

void tide_session_notify (TideSession *self, TideSessionProperty property);

void tide_session_emit_batches_ready (TideSession *self);
void tide_session_change_state (TideSession *self, TideSessionState state);
void tide_session_change_dirty (TideSession *self, gboolean dirty);
void tide_session_change_error (TideSession *self, const char *text);
void tide_session_change_path (TideSession *self, const char *path);

/* Shows RECORDING (may be NULL), live or not.  */
void tide_session_show (TideSession *self, TideRecording *recording, gboolean live);
/* The recording grew: its process may be new, its end is another.  */
void tide_session_grew (TideSession *self);
/* Lets go of the target, without a word to it.  */
void tide_session_drop_target (TideSession *self);
/* What is to follow from `span` and `selection` being others than BEFORE.  */
void tide_session_span_changed (TideSession *self, const TideSpanControl *before);

/* PATH is the recording's file; one in the spool folder is locked, unless the journal does that.  */
void tide_session_adopt_file (TideSession *self, const char *path);
void tide_session_release_file (TideSession *self);

G_END_DECLS
