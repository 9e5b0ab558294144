#include "config.h"

#include "tide-session-private.h"

#include "tide-recording-name.h"
#include "tide-spool.h"
#include "tide-told.h"
#include "tide-wire.h"

#include <signal.h>
#include <unistd.h>

/* The part of the session that has to do with a program that runs.  */

static void
on_ready (TideTarget *target, gpointer data)
{
  tide_session_emit_batches_ready (data);
}

static void
on_ended (TideTarget *target, gpointer data)
{
  TideSession *self = data;

  self->target_ended = TRUE;
  tide_session_emit_batches_ready (self);
}

static void
change_stopping (TideSession *self, gboolean stopping)
{
  if (self->stopping == stopping)
    return;
  self->stopping = stopping;
  tide_session_notify (self, PROP_STOPPING);
}

void
tide_session_drop_target (TideSession *self)
{
  if (self->target == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->target, self);
  g_clear_object (&self->target);
  self->target_ended = FALSE;
  change_stopping (self, FALSE);
}

/* The last sentence that the helper said as an error: why a program could not be started, for one.  */
static const char *
get_last_error (TideProcess *process)
{
  for (gsize i = tide_process_get_n_notes (process); i > 0; i--)
    {
      const TideNote *note = tide_process_get_note (process, i - 1);

      if (note->kind == TIDE_NOTE_MESSAGE && note->value == TIDE_SEVERITY_ERROR)
        return tide_told (note->text);
    }
  return NULL;
}

static void
end_live (TideSession *self)
{
  const GError *error = tide_target_get_error (self->target);
  TideSpanControl before = self->span;

  g_object_freeze_notify (G_OBJECT (self));
  /* The journal held the lock of the file until it was closed.  */
  tide_session_adopt_file (self, tide_target_get_journal_path (self->target));
  tide_span_control_stop (&self->span);
  tide_session_span_changed (self, &before);
  if (error != NULL)
    tide_session_change_error (self, error->message);
  else if (self->process != NULL && get_last_error (self->process) != NULL)
    tide_session_change_error (self, get_last_error (self->process));
  tide_session_change_state (self, TIDE_SESSION_ENDED);
  if (self->paused)
    {
      self->paused = FALSE;
      tide_session_notify (self, PROP_PAUSED);
    }
  tide_session_refresh (self);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
tide_session_pump (TideSession *self, gint64 budget_us)
{
  gint64 deadline_us = g_get_monotonic_time () + budget_us;
  gboolean appended = FALSE;
  TideBatch *batch = NULL;

  if (self->state != TIDE_SESSION_LIVE)
    return FALSE;
  /* The first always, so that no budget is too small to come forward.  */
  do
    {
      batch = tide_target_pop (self->target);
      if (batch == NULL)
        break;
      tide_recording_append (self->recording, batch);
      appended = TRUE;
    }
  while (g_get_monotonic_time () < deadline_us);
  if (appended)
    tide_session_grew (self);
  if (batch == NULL && self->target_ended)
    end_live (self);
  return appended;
}

gboolean
tide_session_launch (TideSession *self, const TideLaunch *launch, GError **error)
{
  g_autoptr (TideTarget) target = NULL;
  g_autoptr (TideRecording) recording = NULL;
  g_autofree char *path = NULL;

  if (!tide_launch_check (launch, error) || !tide_spool_ensure (self->spool_directory, error))
    return FALSE;
  path = tide_recording_name_reserve (self->spool_directory, launch, error);
  if (path == NULL)
    return FALSE;
  target = tide_target_launch (launch, path, error);
  if (target == NULL)
    {
      unlink (path);
      return FALSE;
    }
  tide_session_close (self);

  g_object_freeze_notify (G_OBJECT (self));
  self->target = g_steal_pointer (&target);
  self->launch = tide_launch_copy (launch);
  self->instruments = launch->instruments;
  self->options = (TideInstrumentOptions){ launch->trigger_bytes, launch->sample_bytes, launch->budget };
  tide_session_notify (self, PROP_INSTRUMENTS);
  g_signal_connect (self->target, "ready", G_CALLBACK (on_ready), self);
  g_signal_connect (self->target, "ended", G_CALLBACK (on_ended), self);
  tide_session_adopt_file (self, path);
  recording = tide_recording_new ();
  tide_session_show (self, recording, TRUE);
  tide_session_change_state (self, TIDE_SESSION_LIVE);
  tide_session_change_dirty (self, TRUE);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

void
tide_session_stop (TideSession *self)
{
  if (self->state != TIDE_SESSION_LIVE)
    return;
  tide_target_send_signal (self->target, self->stopping ? SIGKILL : SIGTERM);
  change_stopping (self, TRUE);
}

void
tide_session_set_paused (TideSession *self, gboolean paused)
{
  if (self->state != TIDE_SESSION_LIVE || self->paused == !!paused)
    return;
  self->paused = !!paused;
  tide_target_suspend (self->target, self->paused);
  tide_session_notify (self, PROP_PAUSED);
}

void
tide_session_switch (TideSession *self, guint instruments, gboolean on)
{
  TideSwitch wish = { .on = on ? instruments : 0, .off = on ? 0 : instruments };

  if (self->state != TIDE_SESSION_LIVE)
    return;
  self->instruments = on ? self->instruments | instruments : self->instruments & ~instruments;
  tide_target_switch (self->target, TIDE_STREAM_ALL, &wish);
  tide_session_notify (self, PROP_INSTRUMENTS);
}

guint
tide_session_get_instruments (TideSession *self)
{
  return self->instruments;
}

void
tide_session_set_instrument_options (TideSession *self, const TideInstrumentOptions *options)
{
  TideSwitch wish = { .parts = TIDE_SWITCH_TRIGGER | TIDE_SWITCH_SAMPLE,
                      .trigger_bytes = options->trigger_bytes,
                      .sample_bytes = options->sample_bytes };

  if (self->state != TIDE_SESSION_LIVE)
    return;
  if (options->budget != self->options.budget)
    tide_target_set_budget (self->target, options->budget);
  if (options->trigger_bytes != self->options.trigger_bytes
      || options->sample_bytes != self->options.sample_bytes)
    tide_target_switch (self->target, TIDE_STREAM_ALL, &wish);
  self->options = *options;
}

const TideInstrumentOptions *
tide_session_get_instrument_options (TideSession *self)
{
  return &self->options;
}
