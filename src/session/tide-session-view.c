#include "config.h"

#include "tide-session-private.h"

#include <string.h>

/* The part of the session that says what is seen and what is selected.  */

static gboolean
is_span (TideSpan span)
{
  return span.begin_ns < span.end_ns;
}

static void
refresh_subject (TideSession *self)
{
  tide_table_refresh_set_subject (self->refresh, self->process,
                                  is_span (self->selection) ? self->selection : TIDE_SPAN_ALL);
}

void
tide_session_span_changed (TideSession *self, const TideSpanControl *before)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (before->visible.begin_ns != self->span.visible.begin_ns)
    tide_session_notify (self, PROP_VISIBLE_BEGIN);
  if (before->visible.end_ns != self->span.visible.end_ns)
    tide_session_notify (self, PROP_VISIBLE_END);
  if (before->follow != self->span.follow)
    tide_session_notify (self, PROP_FOLLOW);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
change_selection (TideSession *self, TideSpan span)
{
  TideSpan before = self->selection;

  if (!is_span (span))
    span = (TideSpan){ 0, 0 };
  if (before.begin_ns == span.begin_ns && before.end_ns == span.end_ns)
    return;
  self->selection = span;
  refresh_subject (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (before.begin_ns != span.begin_ns)
    tide_session_notify (self, PROP_SELECTION_BEGIN);
  if (before.end_ns != span.end_ns)
    tide_session_notify (self, PROP_SELECTION_END);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
show_process (TideSession *self, TideProcess *process)
{
  if (!g_set_object (&self->process, process))
    return;
  self->info = process != NULL ? tide_process_get_info (process) : NULL;
  refresh_subject (self);
  tide_session_notify (self, PROP_PROCESS);
  tide_session_notify (self, PROP_TITLE);
}

void
tide_session_set_process (TideSession *self, TideProcess *process)
{
  g_return_if_fail (TIDE_IS_PROCESS (process));
  g_return_if_fail (self->recording != NULL);
  show_process (self, process);
}

void
tide_session_show (TideSession *self, TideRecording *recording, gboolean live)
{
  TideSpanControl before = self->span;

  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_object (&self->recording, recording))
    tide_session_notify (self, PROP_RECORDING);
  change_selection (self, (TideSpan){ 0, 0 });
  tide_span_control_init (&self->span, live);
  if (recording != NULL)
    tide_span_control_grow (&self->span, tide_recording_get_last_time (recording));
  tide_session_span_changed (self, &before);
  show_process (self, recording != NULL ? tide_recording_get_process (recording, 0) : NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

/* When one of them told something, or what they cost was told.  */
static void
notify_instruments (TideSession *self)
{
  const TideCost *cost = tide_process_get_cost (self->process);
  gsize n_notes = tide_process_get_n_notes (self->process);
  gint64 cost_ns = cost != NULL ? cost->time_ns : 0;

  if (self->n_notes == n_notes && self->cost_ns == cost_ns)
    return;
  self->n_notes = n_notes;
  self->cost_ns = cost_ns;
  tide_session_notify (self, PROP_INSTRUMENTS);
}

void
tide_session_grew (TideSession *self)
{
  TideSpanControl before = self->span;

  g_object_freeze_notify (G_OBJECT (self));
  tide_span_control_grow (&self->span, tide_recording_get_last_time (self->recording));
  tide_session_span_changed (self, &before);
  if (self->process == NULL)
    show_process (self, tide_recording_get_process (self->recording, 0));
  else if (self->info != tide_process_get_info (self->process))
    {
      self->info = tide_process_get_info (self->process);
      tide_session_notify (self, PROP_TITLE);
    }
  if (self->process != NULL)
    notify_instruments (self);
  tide_table_refresh_data_grew (self->refresh);
  g_object_thaw_notify (G_OBJECT (self));
}

TideSpan
tide_session_get_visible (TideSession *self)
{
  return self->span.visible;
}

TideSpan
tide_session_get_selection (TideSession *self)
{
  return self->selection;
}

gboolean
tide_session_has_selection (TideSession *self)
{
  return is_span (self->selection);
}

TideSpan
tide_session_get_whole (TideSession *self)
{
  return (TideSpan){ 0, self->span.end_ns };
}

gboolean
tide_session_get_follow (TideSession *self)
{
  return self->span.follow;
}

void
tide_session_set_visible (TideSession *self, TideSpan span)
{
  TideSpanControl before = self->span;

  tide_span_control_set_visible (&self->span, span);
  tide_session_span_changed (self, &before);
}

void
tide_session_zoom (TideSession *self, gint64 at_ns, double factor)
{
  TideSpanControl before = self->span;

  tide_span_control_zoom (&self->span, at_ns, factor);
  tide_session_span_changed (self, &before);
}

void
tide_session_pan (TideSession *self, gint64 by_ns)
{
  TideSpanControl before = self->span;

  tide_span_control_pan (&self->span, by_ns);
  tide_session_span_changed (self, &before);
}

void
tide_session_fit (TideSession *self)
{
  TideSpanControl before = self->span;

  tide_span_control_fit (&self->span);
  tide_session_span_changed (self, &before);
}

void
tide_session_zoom_to_selection (TideSession *self)
{
  if (is_span (self->selection))
    tide_session_set_visible (self, self->selection);
}

void
tide_session_set_follow (TideSession *self, gboolean follow)
{
  TideSpanControl before = self->span;

  tide_span_control_set_follow (&self->span, follow);
  tide_session_span_changed (self, &before);
}

void
tide_session_set_selection (TideSession *self, TideSpan span)
{
  change_selection (self, tide_span_control_clamp (&self->span, span));
}

void
tide_session_clear_selection (TideSession *self)
{
  change_selection (self, (TideSpan){ 0, 0 });
}

void
tide_session_set_filter (TideSession *self, const char *filter)
{
  if (filter == NULL)
    filter = "";
  if (strcmp (self->filter, filter) == 0)
    return;
  g_free (self->filter);
  self->filter = g_strdup (filter);
  tide_session_notify (self, PROP_FILTER);
}

void
tide_session_refresh (TideSession *self)
{
  tide_table_refresh_demand (self->refresh);
}
