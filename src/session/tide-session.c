#include "config.h"

#include "tide-session-private.h"

#include "tide-spool.h"

#include <unistd.h>

/* How often a live table is computed: as fast as a person can read figures that change.  */
#define REFRESH_INTERVAL_MS 250

enum
{
  BATCHES_READY,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TideSession, tide_session, G_TYPE_OBJECT)

void
tide_session_notify (TideSession *self, TideSessionProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
on_refresh_changed (gpointer data)
{
  TideSession *self = data;
  gboolean computing = tide_table_refresh_is_computing (self->refresh);
  TideFunctionTable *table = tide_table_refresh_get_table (self->refresh);

  g_object_freeze_notify (G_OBJECT (self));
  if (table != self->last_table)
    {
      self->last_table = table;
      tide_session_notify (self, PROP_TABLE);
    }
  if (computing != self->was_computing)
    {
      self->was_computing = computing;
      tide_session_notify (self, PROP_COMPUTING);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
tide_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TideSession *self = TIDE_SESSION (object);

  switch ((TideSessionProperty)id)
    {
    case PROP_RECORDING:
      g_value_set_object (value, self->recording);
      break;
    case PROP_PROCESS:
      g_value_set_object (value, self->process);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_VISIBLE_BEGIN:
      g_value_set_int64 (value, self->span.visible.begin_ns);
      break;
    case PROP_VISIBLE_END:
      g_value_set_int64 (value, self->span.visible.end_ns);
      break;
    case PROP_SELECTION_BEGIN:
      g_value_set_int64 (value, self->selection.begin_ns);
      break;
    case PROP_SELECTION_END:
      g_value_set_int64 (value, self->selection.end_ns);
      break;
    case PROP_FILTER:
      g_value_set_string (value, self->filter);
      break;
    case PROP_FOLLOW:
      g_value_set_boolean (value, self->span.follow);
      break;
    case PROP_TABLE:
      g_value_set_pointer (value, tide_table_refresh_get_table (self->refresh));
      break;
    case PROP_COMPUTING:
      g_value_set_boolean (value, tide_table_refresh_is_computing (self->refresh));
      break;
    case PROP_TITLE:
      g_value_take_string (value, tide_session_dup_title (self));
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_DIRTY:
      g_value_set_boolean (value, self->dirty);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_STOPPING:
      g_value_set_boolean (value, self->stopping);
      break;
    case PROP_ERROR_TEXT:
      g_value_set_string (value, self->error_text);
      break;
    case PROP_INSTRUMENTS:
      g_value_set_uint (value, self->instruments);
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TideSession *self = TIDE_SESSION (object);

  switch (id)
    {
    case PROP_FILTER:
      tide_session_set_filter (self, g_value_get_string (value));
      break;
    case PROP_FOLLOW:
      tide_session_set_follow (self, g_value_get_boolean (value));
      break;
    case PROP_PAUSED:
      tide_session_set_paused (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* A spool file that nobody saved or gave up stays, to be recovered.  */
static void
tide_session_dispose (GObject *object)
{
  TideSession *self = TIDE_SESSION (object);

  tide_session_drop_target (self);
  tide_session_release_file (self);
  g_clear_object (&self->recording);
  g_clear_object (&self->process);
  G_OBJECT_CLASS (tide_session_parent_class)->dispose (object);
}

static void
tide_session_finalize (GObject *object)
{
  TideSession *self = TIDE_SESSION (object);

  tide_table_refresh_free (self->refresh);
  g_clear_pointer (&self->launch, tide_launch_free);
  g_free (self->filter);
  g_free (self->spool_directory);
  g_free (self->path);
  g_free (self->error_text);
  G_OBJECT_CLASS (tide_session_parent_class)->finalize (object);
}

static void
tide_session_class_init (TideSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags both = read | G_PARAM_WRITABLE;

  object_class->get_property = tide_session_get_property;
  object_class->set_property = tide_session_set_property;
  object_class->dispose = tide_session_dispose;
  object_class->finalize = tide_session_finalize;

  properties[PROP_RECORDING] = g_param_spec_object ("recording", NULL, NULL, TIDE_TYPE_RECORDING, read);
  properties[PROP_PROCESS] = g_param_spec_object ("process", NULL, NULL, TIDE_TYPE_PROCESS, read);
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, TIDE_SESSION_ENDED, TIDE_SESSION_EMPTY, read);
  properties[PROP_VISIBLE_BEGIN] =
      g_param_spec_int64 ("visible-begin", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  properties[PROP_VISIBLE_END] =
      g_param_spec_int64 ("visible-end", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  properties[PROP_SELECTION_BEGIN] =
      g_param_spec_int64 ("selection-begin", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  properties[PROP_SELECTION_END] =
      g_param_spec_int64 ("selection-end", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", both);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, FALSE, both);
  properties[PROP_TABLE] = g_param_spec_pointer ("table", NULL, NULL, read);
  properties[PROP_COMPUTING] = g_param_spec_boolean ("computing", NULL, NULL, FALSE, read);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", read);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, read);
  properties[PROP_DIRTY] = g_param_spec_boolean ("dirty", NULL, NULL, FALSE, read);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, both);
  properties[PROP_STOPPING] = g_param_spec_boolean ("stopping", NULL, NULL, FALSE, read);
  properties[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, read);
  properties[PROP_INSTRUMENTS] = g_param_spec_uint ("instruments", NULL, NULL, 0, G_MAXUINT, 0, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[BATCHES_READY] = g_signal_new ("batches-ready", TIDE_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
}

static void
tide_session_init (TideSession *self)
{
  self->filter = g_strdup ("");
  self->spool_directory = tide_spool_dup_default ();
  self->spool_lock = -1;
  self->refresh = tide_table_refresh_new (REFRESH_INTERVAL_MS, on_refresh_changed, self);
  tide_span_control_init (&self->span, FALSE);
}

TideSession *
tide_session_new (void)
{
  return g_object_new (TIDE_TYPE_SESSION, NULL);
}

void
tide_session_emit_batches_ready (TideSession *self)
{
  g_signal_emit (self, signals[BATCHES_READY], 0);
}

void
tide_session_change_state (TideSession *self, TideSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  tide_session_notify (self, PROP_STATE);
}

void
tide_session_change_dirty (TideSession *self, gboolean dirty)
{
  if (self->dirty == dirty)
    return;
  self->dirty = dirty;
  tide_session_notify (self, PROP_DIRTY);
}

void
tide_session_change_error (TideSession *self, const char *text)
{
  if (g_strcmp0 (self->error_text, text) == 0)
    return;
  g_free (self->error_text);
  self->error_text = g_strdup (text);
  tide_session_notify (self, PROP_ERROR_TEXT);
}

void
tide_session_change_path (TideSession *self, const char *path)
{
  if (g_strcmp0 (self->path, path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  g_object_freeze_notify (G_OBJECT (self));
  tide_session_notify (self, PROP_PATH);
  tide_session_notify (self, PROP_TITLE);
  g_object_thaw_notify (G_OBJECT (self));
}

TideSessionState
tide_session_get_state (TideSession *self)
{
  return self->state;
}

TideRecording *
tide_session_get_recording (TideSession *self)
{
  return self->recording;
}

TideProcess *
tide_session_get_process (TideSession *self)
{
  return self->process;
}

TideTarget *
tide_session_get_target (TideSession *self)
{
  return self->target;
}

const TideLaunch *
tide_session_get_launch (TideSession *self)
{
  return self->launch;
}

const char *
tide_session_get_filter (TideSession *self)
{
  return self->filter;
}

TideFunctionTable *
tide_session_get_table (TideSession *self)
{
  return tide_table_refresh_get_table (self->refresh);
}

gboolean
tide_session_is_dirty (TideSession *self)
{
  return self->dirty;
}

gboolean
tide_session_is_paused (TideSession *self)
{
  return self->paused;
}

gboolean
tide_session_is_stopping (TideSession *self)
{
  return self->stopping;
}

const char *
tide_session_get_path (TideSession *self)
{
  return self->path;
}

const char *
tide_session_get_error_text (TideSession *self)
{
  return self->error_text;
}
