#include "tide-sample-frames.h"

#include <string.h>

void
sample_put_hello (TideBuffer *buffer, guint16 stream, guint32 pid)
{
  const TideSlice args[] = { SLICE ("python3"), SLICE ("ba\ntch.py"), SLICE ("--n\xff") };
  TideHello hello = { .pid = pid,
                      .parent_pid = 1,
                      .page_size = SAMPLE_PAGE,
                      .start_wall_ns = 1750000000123456789,
                      .clock_base_ns = 5,
                      .instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS,
                      .producer = SLICE ("pagetide 0.1.0"),
                      .executable = SLICE ("/usr/bin/python3"),
                      .directory = SLICE ("/home/someone"),
                      .host = SLICE ("here") };

  tide_put_hello (buffer, stream, &hello, args, G_N_ELEMENTS (args));
}

void
sample_put_life (TideBuffer *buffer, guint16 stream, guint32 pid)
{
  const TidePythonInfo python = { 0x030b02f0, 0, SLICE ("3.11.2") };
  const TideCodeInfo codes[] = { { 1, 2, 10 }, { 1, 3, 20 } };
  const TideNodeInfo nodes[] = { { 0, 1, 12 }, { 1, 2, 22 }, { 1, 2, 23 } };
  const TideThreadInfo thread = { 4243, SLICE ("Main\0Thread") };
  const TideSample first = { .time_ns = 0, .rss_pages = 100 };
  const TideSample second = { .time_ns = 50 * MS_NS,
                              .rss_pages = 165,
                              .parts = TIDE_SAMPLE_SWAP | TIDE_SAMPLE_FAULTS | TIDE_SAMPLE_CPU
                                       | TIDE_SAMPLE_THREADS,
                              .swap_pages = 2,
                              .minor_faults = 11,
                              .major_faults = 3,
                              .user_ns = 7 * MS_NS,
                              .system_ns = 2 * MS_NS,
                              .n_threads = 1 };
  const TideEvent events[] = {
    { 10 * MS_NS, 100, 100, 0, 0, TIDE_SOURCE_START },
    { 20 * MS_NS, 64, 164, 2, 1, TIDE_SOURCE_ALLOC },
    { 30 * MS_NS, -4, 160, 1, 1, TIDE_SOURCE_FAULT },
    { 40 * MS_NS, 5, 165, 3, 1, TIDE_SOURCE_OUTSIDE },
  };
  const TideInstrumentInfo on = { 0, TIDE_INSTRUMENT_EVENTS, TIDE_STATE_ON, SAMPLE_PAGE, SLICE ("") };
  const TideInstrumentInfo refused = { 0, TIDE_INSTRUMENT_FAULTS, TIDE_STATE_REFUSED, 0,
                                       SLICE ("Not here.") };
  const TideMessage message = { 60 * MS_NS, TIDE_SEVERITY_WARNING, SLICE ("Caf\xe9") };
  const TideLost lost = { 61 * MS_NS, TIDE_LOST_EVENTS, 7 };
  const TideOverhead overhead = { 62 * MS_NS, 1000, 4096, 2000, 9 * MS_NS, 3, { 0, 700, 300 } };
  const TideOutput output = { 63 * MS_NS, 2, SLICE ("hello\n") };
  const TidePause pause = { 64 * MS_NS, true };
  const TideBye bye = { 70 * MS_NS, TIDE_END_EXITED, 3, 170 * SAMPLE_PAGE };

  sample_put_hello (buffer, stream, pid);
  tide_put_python (buffer, stream, &python);
  tide_put_instrument (buffer, stream, &on);
  tide_put_instrument (buffer, stream, &refused);
  tide_put_string (buffer, stream, SLICE ("/home/someone/batch.py"));
  tide_put_string (buffer, stream, SLICE ("main"));
  tide_put_string (buffer, stream,
                   SLICE ("lo\xff"
                          "ad, \"it\"\n"));
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    tide_put_code (buffer, stream, &codes[i]);
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    tide_put_node (buffer, stream, &nodes[i]);
  tide_put_thread (buffer, stream, &thread);
  tide_put_sample (buffer, stream, &first);
  tide_put_events (buffer, stream, events, G_N_ELEMENTS (events));
  tide_put_sample (buffer, stream, &second);
  tide_put_message (buffer, stream, &message);
  tide_put_lost (buffer, stream, &lost);
  tide_put_overhead (buffer, stream, &overhead);
  tide_put_output (buffer, stream, &output);
  tide_put_pause (buffer, stream, &pause);
  tide_put_bye (buffer, stream, &bye);
  g_assert_true (tide_buffer_ok (buffer));
}

void
sample_put_growth (TideBuffer *buffer, guint16 stream, gint64 begin_ns, guint64 n0, guint n)
{
  g_autofree TideEvent *events = g_new (TideEvent, n);

  for (guint i = 0; i < n; i++)
    events[i] = (TideEvent){ begin_ns + i * MS_NS, 1, n0 + i + 1, 1 + i % 3, 1, TIDE_SOURCE_ALLOC };
  tide_put_events (buffer, stream, events, n);
  g_assert_true (tide_buffer_ok (buffer));
}

gsize
sample_length_of (const TideBuffer *buffer, guint n)
{
  gsize length = 0;

  for (guint i = 0; i < n; i++)
    {
      TideFrameHeader header;

      g_assert_cmpint (tide_frame_peek (buffer->data + length, buffer->length - length, &header), ==,
                       TIDE_PEEK_FRAME);
      length += TIDE_WIRE_HEADER_SIZE + header.length;
    }
  return length;
}

static void
describe_notes (GString *out, const TideBatch *batch)
{
  for (guint i = 0; i < batch->notes->len; i++)
    {
      const TideNote *note = &g_array_index (batch->notes, TideNote, i);

      g_string_append_printf (
          out, "note %d at %" G_GINT64_FORMAT ": %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
          note->kind, note->time_ns, note->detail, note->value, note->unit_bytes,
          note->text != NULL ? note->text : "-");
    }
  for (guint i = 0; i < batch->outputs->len; i++)
    {
      const TideOutputChunk *chunk = &g_array_index (batch->outputs, TideOutputChunk, i);

      g_string_append_printf (out, "output %u at %" G_GINT64_FORMAT ": %.*s\n", chunk->descriptor,
                              chunk->time_ns, (int)g_bytes_get_size (chunk->bytes),
                              (const char *)g_bytes_get_data (chunk->bytes, NULL));
    }
  if (batch->cost != NULL)
    {
      g_string_append_printf (
          out, "cost %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ":",
          batch->cost->agent_ns, batch->cost->agent_bytes, batch->cost->helper_ns,
          batch->cost->target_cpu_ns);
      for (guint i = 0; i < TIDE_COST_N_INSTRUMENTS; i++)
        g_string_append_printf (out, " %" G_GINT64_FORMAT, batch->cost->instrument_ns[i]);
      g_string_append_c (out, '\n');
    }
  if (batch->end != NULL)
    g_string_append_printf (out, "end %u %u %" G_GINT64_FORMAT "\n", batch->end->kind, batch->end->value,
                            batch->end->peak_rss_bytes);
}

void
sample_describe (GString *out, const TideBatch *batch)
{
  if (batch->info != NULL)
    {
      g_autofree char *argv = g_strjoinv ("|", batch->info->argv);

      g_string_append_printf (out, "info %u %u %s %s %s %s %s %s\n", batch->info->pid,
                              batch->info->parent_pid, argv, batch->info->executable, batch->info->directory,
                              batch->info->host, batch->info->producer,
                              batch->info->python_version != NULL ? batch->info->python_version : "-");
    }
  for (guint i = 0; i < batch->strings->len; i++)
    g_string_append_printf (out, "string %s\n", (const char *)g_ptr_array_index (batch->strings, i));
  for (guint i = 0; i < batch->codes->len; i++)
    {
      const TideCode *code = &g_array_index (batch->codes, TideCode, i);

      g_string_append_printf (out, "code %u %u %u\n", code->file, code->name, code->first_line);
    }
  for (guint i = 0; i < batch->nodes->len; i++)
    {
      const TideNode *node = &g_array_index (batch->nodes, TideNode, i);

      g_string_append_printf (out, "node %u %u %u\n", node->parent, node->code, node->line);
    }
  for (guint i = 0; i < batch->threads->len; i++)
    {
      const TideThread *thread = &g_array_index (batch->threads, TideThread, i);

      g_string_append_printf (out, "thread %u %s\n", thread->tid, thread->name);
    }
  for (guint i = 0; i < batch->events->len; i++)
    {
      const TideRssEvent *event = &g_array_index (batch->events, TideRssEvent, i);

      g_string_append_printf (
          out, "event %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %u %u\n",
          event->time_ns, event->delta_bytes, event->rss_bytes, event->node, event->thread, event->source);
    }
  for (guint i = 0; i < batch->samples->len; i++)
    {
      const TideRssSample *sample = &g_array_index (batch->samples, TideRssSample, i);

      g_string_append_printf (out, "sample %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", sample->time_ns,
                              sample->rss_bytes);
    }
  for (guint i = 0; i < batch->statuses->len; i++)
    {
      const TideStatus *status = &g_array_index (batch->statuses, TideStatus, i);

      g_string_append_printf (out,
                              "status %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                              " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                              status->time_ns, status->swap_bytes, status->minor_faults, status->major_faults,
                              status->cpu_ns, status->n_threads);
    }
  describe_notes (out, batch);
}

static void
check_time (gint64 *last_ns, gint64 time_ns)
{
  g_assert_cmpint (time_ns, >=, *last_ns);
  *last_ns = time_ns;
}

void
sample_check_batch (SampleCheck *check, const TideBatch *batch)
{
  gint64 of_events = check->last_ns, of_samples = check->last_ns, of_notes = check->last_ns;

  for (guint i = 0; i < batch->strings->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (batch->strings, i), -1, NULL));
  check->n_strings += batch->strings->len;
  for (guint i = 0; i < batch->codes->len; i++)
    {
      const TideCode *code = &g_array_index (batch->codes, TideCode, i);

      g_assert_cmpuint (code->file, <=, check->n_strings);
      g_assert_cmpuint (code->name, <=, check->n_strings);
    }
  check->n_codes += batch->codes->len;
  for (guint i = 0; i < batch->nodes->len; i++)
    {
      const TideNode *node = &g_array_index (batch->nodes, TideNode, i);

      g_assert_cmpuint (node->parent, <=, check->n_nodes);
      g_assert_cmpuint (node->code, <=, check->n_codes);
      check->n_nodes++;
    }
  check->n_threads += batch->threads->len;
  for (guint i = 0; i < batch->events->len; i++)
    {
      const TideRssEvent *event = &g_array_index (batch->events, TideRssEvent, i);

      check_time (&of_events, event->time_ns);
      g_assert_cmpuint (event->node, <=, check->n_nodes);
      g_assert_cmpuint (event->thread, <=, check->n_threads);
      g_assert_cmpuint (event->source, <=, TIDE_SOURCE_SHUTDOWN);
      g_assert_cmpint (event->rss_bytes, >=, 0);
    }
  for (guint i = 0; i < batch->samples->len; i++)
    {
      const TideRssSample *sample = &g_array_index (batch->samples, TideRssSample, i);

      check_time (&of_samples, sample->time_ns);
      g_assert_cmpint (sample->rss_bytes, >=, 0);
    }
  for (guint i = 0; i < batch->notes->len; i++)
    check_time (&of_notes, g_array_index (batch->notes, TideNote, i).time_ns);
  g_assert_cmpint (batch->last_time_ns, >=, MAX (of_events, MAX (of_samples, of_notes)));
  check->last_ns = batch->last_time_ns;
}
