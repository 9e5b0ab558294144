#include "model-fixture.h"

guint32
fixture_string (TideBatch *batch, const char *text)
{
  g_ptr_array_add (batch->strings, g_strdup (text));
  return batch->strings->len;
}

guint32
fixture_code (TideBatch *batch, guint32 file, guint32 name, guint32 first_line)
{
  TideCode code = { file, name, first_line };

  g_array_append_val (batch->codes, code);
  return batch->codes->len;
}

guint32
fixture_node (TideBatch *batch, guint32 parent, guint32 code, guint32 line)
{
  TideNode node = { parent, code, line };

  g_array_append_val (batch->nodes, node);
  return batch->nodes->len;
}

guint32
fixture_thread (TideBatch *batch, guint32 tid, const char *name)
{
  TideThread thread = { tid, g_strdup (name) };

  g_array_append_val (batch->threads, thread);
  return batch->threads->len;
}

void
fixture_event (TideBatch *batch, gint64 time_ns, guint32 node, gint64 delta_bytes)
{
  TideRssEvent event = { .time_ns = time_ns, .delta_bytes = delta_bytes, .node = node, .source = 1 };

  g_array_append_val (batch->events, event);
  batch->last_time_ns = MAX (batch->last_time_ns, time_ns);
}

void
fixture_sample (TideBatch *batch, gint64 time_ns, gint64 rss_bytes)
{
  TideRssSample sample = { time_ns, rss_bytes };

  g_array_append_val (batch->samples, sample);
  batch->last_time_ns = MAX (batch->last_time_ns, time_ns);
}

void
fixture_note (
    TideBatch *batch, gint64 time_ns, TideNoteKind kind, guint32 detail, gint64 value, const char *text)
{
  TideNote note = {
    .time_ns = time_ns, .kind = kind, .detail = detail, .value = value, .text = g_strdup (text)
  };

  g_array_append_val (batch->notes, note);
}

TideRecording *
fixture_recording (TideBatch *batch)
{
  TideRecording *recording = tide_recording_new ();

  tide_recording_append (recording, batch);
  return recording;
}
