#include "tide-decoder-stream.h"

#include "tide-mark-frames.h"
#include "tide-calls-frames.h"

/* Bounds that no honest recording meets.  Of all streams.  */
#define MAX_DEFINITIONS (64u << 20)   /* strings, codes, nodes, threads and sites */
#define MAX_TEXT_BYTES (1ull << 30)   /* of strings and thread names       */
#define MAX_TIME_NS (1ll << 62)       /* 146 years                         */
#define MAX_TRAFFIC_BYTES (1ll << 62) /* sum of the sizes of all changes of RSS */

static char *
make_text (TideSlice slice)
{
  return g_utf8_make_valid (slice.data, (gssize)slice.length);
}

/* NULL for an empty one.  */
static char *
make_text_or_null (TideSlice slice)
{
  return slice.length > 0 ? make_text (slice) : NULL;
}

static gint64
clamp_unsigned (guint64 value)
{
  return value > G_MAXINT64 ? G_MAXINT64 : (gint64)value;
}

/* PAGES is at most 2^52 in size and a page at most 2^30 bytes, as the wire's readers check.  */
static gboolean
pages_to_bytes (const TideDecoderStream *self, gint64 pages, gint64 *bytes)
{
  return !__builtin_mul_overflow (pages, (gint64)self->info->page_size, bytes) && *bytes <= MAX_TRAFFIC_BYTES
         && *bytes >= -MAX_TRAFFIC_BYTES;
}

/* Times of a stream do not decrease.  */
gboolean
tide_decoder_stream_advance (TideDecoderStream *self, gint64 *time_ns)
{
  if (*time_ns > MAX_TIME_NS)
    return FALSE;
  *time_ns = MAX (*time_ns, self->last_time_ns);
  self->last_time_ns = *time_ns;
  self->batch->last_time_ns = *time_ns;
  return TRUE;
}

/* Of a run of equal values only the first and the last are kept: the line through them is the same.  */
static void
add_sample (TideDecoderStream *self, gint64 time_ns, gint64 rss_bytes)
{
  GArray *samples = self->batch->samples;
  TideRssSample sample = { time_ns, rss_bytes };

  if (self->last_rss != rss_bytes)
    self->rss_holds = FALSE;
  else if (!self->rss_holds)
    self->rss_holds = TRUE;
  else if (samples->len > 0)
    {
      g_array_index (samples, TideRssSample, samples->len - 1).time_ns = time_ns;
      return;
    }
  self->last_rss = rss_bytes;
  g_array_append_val (samples, sample);
}

static TideNote *
add_note (TideDecoderStream *self, TideNoteKind kind, gint64 time_ns)
{
  TideNote note = { .time_ns = time_ns, .kind = kind };

  g_array_append_val (self->batch->notes, note);
  return &g_array_index (self->batch->notes, TideNote, self->batch->notes->len - 1);
}

static void
publish_info (TideDecoderStream *self)
{
  g_clear_pointer (&self->batch->info, tide_process_info_free);
  self->batch->info = tide_process_info_copy (self->info);
}

static TideProcessInfo *
make_info (const TideHello *hello)
{
  TideProcessInfo *info = g_new0 (TideProcessInfo, 1);
  guint n_args = MIN (hello->n_args, G_N_ELEMENTS (hello->args));

  info->pid = hello->pid;
  info->parent_pid = hello->parent_pid;
  info->page_size = (guint)hello->page_size;
  info->start_wall_ns = clamp_unsigned (hello->start_wall_ns);
  if (hello->process_start_ns > hello->clock_base_ns)
    info->start_ns = clamp_unsigned (MIN (hello->process_start_ns - hello->clock_base_ns, MAX_TIME_NS));
  info->executable = make_text_or_null (hello->executable);
  info->directory = make_text_or_null (hello->directory);
  info->host = make_text_or_null (hello->host);
  info->producer = make_text_or_null (hello->producer);
  info->instruments = hello->instruments;
  info->argv = g_new0 (char *, n_args + 1);
  for (guint i = 0; i < n_args; i++)
    info->argv[i] = make_text (hello->args[i]);
  return info;
}

static gboolean
take_python (TideDecoderStream *self, TideSlice payload)
{
  TidePythonInfo python;

  if (!tide_get_python (payload, &python))
    return FALSE;
  g_free (self->info->python_version);
  self->info->python_version = make_text_or_null (python.version);
  self->info->python_hex = python.version_hex;
  self->info->python_flags = python.flags;
  publish_info (self);
  return TRUE;
}

static gboolean
take_code (TideDecoderStream *self, TideSlice payload)
{
  TideCodeInfo info;
  TideCode code;

  if (!tide_get_code (payload, &info) || info.file > self->n_strings || info.name > self->n_strings)
    return FALSE;
  code = (TideCode){ info.file, info.name, info.first_line };
  g_array_append_val (self->batch->codes, code);
  self->n_codes++;
  return TRUE;
}

static gboolean
take_node (TideDecoderStream *self, TideSlice payload)
{
  TideNodeInfo info;
  TideNode node;

  /* Its own id is n_nodes + 1: the parent must be smaller.  */
  if (!tide_get_node (payload, &info) || info.parent > self->n_nodes || info.code > self->n_codes)
    return FALSE;
  node = (TideNode){ info.parent, info.code, info.line };
  g_array_append_val (self->batch->nodes, node);
  self->n_nodes++;
  return TRUE;
}

static gboolean
take_thread (TideDecoderStream *self, TideSlice payload)
{
  TideThreadInfo info;
  TideThread thread;

  if (!tide_get_thread (payload, &info))
    return FALSE;
  thread = (TideThread){ info.tid, make_text (info.name) };
  g_array_append_val (self->batch->threads, thread);
  self->n_threads++;
  return TRUE;
}

static gboolean
take_events (TideDecoderStream *self, TideDecoderTotals *totals, TideSlice payload)
{
  TideEventReader reader;
  TideEvent event;

  if (!tide_event_reader_begin (&reader, payload))
    return FALSE;
  while (tide_event_reader_next (&reader, &event))
    {
      TideRssEvent row = { .time_ns = event.time_ns, .node = event.node };

      if (event.node > self->n_nodes || event.thread > self->n_threads
          || !pages_to_bytes (self, event.delta_pages, &row.delta_bytes)
          || !pages_to_bytes (self, (gint64)event.rss_pages, &row.rss_bytes)
          || ABS (row.delta_bytes) > MAX_TRAFFIC_BYTES - totals->traffic_bytes
          || !tide_decoder_stream_advance (self, &row.time_ns))
        return FALSE;
      totals->traffic_bytes += ABS (row.delta_bytes);
      row.thread = event.thread <= G_MAXUINT16 ? (guint16)event.thread : 0;
      /* What a newer minor version may call its source was at least seen from outside.  */
      row.source = (guint8)(event.source <= TIDE_SOURCE_SHUTDOWN ? event.source : TIDE_SOURCE_OUTSIDE);
      g_array_append_val (self->batch->events, row);
      add_sample (self, row.time_ns, row.rss_bytes);
    }
  return tide_event_reader_ok (&reader);
}

static gboolean
take_sample (TideDecoderStream *self, TideSlice payload)
{
  TideSample sample;
  TideStatus status = { 0, -1, -1, -1, -1, -1 };
  gint64 rss_bytes;

  if (!tide_get_sample (payload, &sample) || !pages_to_bytes (self, (gint64)sample.rss_pages, &rss_bytes)
      || !tide_decoder_stream_advance (self, &sample.time_ns))
    return FALSE;
  add_sample (self, sample.time_ns, rss_bytes);
  if (sample.parts == 0)
    return TRUE;
  status.time_ns = sample.time_ns;
  if ((sample.parts & TIDE_SAMPLE_SWAP) != 0
      && !pages_to_bytes (self, (gint64)sample.swap_pages, &status.swap_bytes))
    return FALSE;
  if (sample.parts & TIDE_SAMPLE_FAULTS)
    {
      status.minor_faults = clamp_unsigned (sample.minor_faults);
      status.major_faults = clamp_unsigned (sample.major_faults);
    }
  if ((sample.parts & TIDE_SAMPLE_CPU) != 0
      && __builtin_add_overflow (sample.user_ns, sample.system_ns, &status.cpu_ns))
    return FALSE;
  if (sample.parts & TIDE_SAMPLE_THREADS)
    status.n_threads = sample.n_threads;
  g_array_append_val (self->batch->statuses, status);
  return TRUE;
}

static guint16
thread_of (guint32 thread)
{
  return thread <= G_MAXUINT16 ? (guint16)thread : 0;
}

static gboolean
take_gc (TideDecoderStream *self, TideSlice payload)
{
  TideGcInfo info;
  TideCollection row = { 0 };

  if (!tide_get_gc (payload, &info) || info.thread > self->n_threads
      || !tide_decoder_stream_advance (self, &info.time_ns)
      || !pages_to_bytes (self, info.delta_pages, &row.delta_bytes))
    return FALSE;
  row.time_ns = info.time_ns;
  row.duration_ns = clamp_unsigned (info.duration_ns);
  row.collected = clamp_unsigned (info.collected);
  row.uncollectable = clamp_unsigned (info.uncollectable);
  row.generation = info.generation;
  row.thread = thread_of (info.thread);
  g_array_append_val (self->batch->collections, row);
  return TRUE;
}

static gboolean
take_mark (TideDecoderStream *self, TideSlice payload)
{
  static const TideMarkerKind kinds[] = {
    [TIDE_MARK_MESSAGE] = TIDE_MARKER_MESSAGE,
    [TIDE_MARK_SPAN_BEGIN] = TIDE_MARKER_SPAN_BEGIN,
    [TIDE_MARK_SPAN_END] = TIDE_MARKER_SPAN_END,
    [TIDE_MARK_SNAPSHOT] = TIDE_MARKER_SNAPSHOT,
  };
  TideMarkInfo info;
  TideMark row = { 0 };

  if (!tide_get_mark (payload, &info) || info.thread > self->n_threads
      || !tide_decoder_stream_advance (self, &info.time_ns)
      || !pages_to_bytes (self, (gint64)info.rss_pages, &row.rss_bytes))
    return FALSE;
  row.time_ns = info.time_ns;
  row.id = info.id;
  /* What a newer minor version may mark has a text at least.  */
  row.kind = info.kind < G_N_ELEMENTS (kinds) ? kinds[info.kind] : TIDE_MARKER_MESSAGE;
  row.thread = thread_of (info.thread);
  row.text = make_text (info.text);
  g_array_append_val (self->batch->marks, row);
  return TRUE;
}

static gboolean
take_instrument (TideDecoderStream *self, TideSlice payload)
{
  TideInstrumentInfo info;
  TideNote *note;

  if (!tide_get_instrument (payload, &info) || !tide_decoder_stream_advance (self, &info.time_ns))
    return FALSE;
  note = add_note (self, TIDE_NOTE_INSTRUMENT, info.time_ns);
  note->detail = info.instrument;
  note->value = info.state;
  note->unit_bytes = clamp_unsigned (info.unit_bytes);
  note->text = make_text_or_null (info.reason);
  return TRUE;
}

static gboolean
take_message (TideDecoderStream *self, TideSlice payload)
{
  TideMessage message;
  TideNote *note;

  if (!tide_get_message (payload, &message) || !tide_decoder_stream_advance (self, &message.time_ns))
    return FALSE;
  note = add_note (self, TIDE_NOTE_MESSAGE, message.time_ns);
  note->value = MIN (message.severity, TIDE_SEVERITY_ERROR);
  note->text = make_text (message.text);
  return TRUE;
}

static gboolean
take_lost (TideDecoderStream *self, TideDecoderTotals *totals, TideSlice payload)
{
  TideLost lost;
  TideNote *note;

  if (!tide_get_lost (payload, &lost) || !tide_decoder_stream_advance (self, &lost.time_ns))
    return FALSE;
  note = add_note (self, TIDE_NOTE_LOST, lost.time_ns);
  note->detail = lost.kind;
  note->value = MIN (clamp_unsigned (lost.count), G_MAXINT64 - totals->n_lost);
  totals->n_lost += note->value;
  return TRUE;
}

static gboolean
take_overhead (TideDecoderStream *self, TideSlice payload)
{
  TideOverhead overhead;
  TideCost *cost;

  G_STATIC_ASSERT (TIDE_COST_N_INSTRUMENTS == TIDE_N_INSTRUMENTS);
  if (!tide_get_overhead (payload, &overhead) || !tide_decoder_stream_advance (self, &overhead.time_ns))
    return FALSE;
  if (self->batch->cost == NULL)
    self->batch->cost = g_new0 (TideCost, 1);
  cost = self->batch->cost;
  *cost =
      (TideCost){ overhead.time_ns, clamp_unsigned (overhead.agent_ns), clamp_unsigned (overhead.agent_bytes),
                  clamp_unsigned (overhead.helper_ns), clamp_unsigned (overhead.target_cpu_ns) };
  for (guint i = 0; i < TIDE_COST_N_INSTRUMENTS; i++)
    cost->instrument_ns[i] = i < overhead.n_costs ? clamp_unsigned (overhead.cost_ns[i]) : -1;
  return TRUE;
}

static gboolean
take_output (TideDecoderStream *self, TideSlice payload)
{
  TideOutput output;
  TideOutputChunk chunk;

  if (!tide_get_output (payload, &output) || output.descriptor < 1 || output.descriptor > 2
      || !tide_decoder_stream_advance (self, &output.time_ns))
    return FALSE;
  chunk = (TideOutputChunk){ output.time_ns, output.descriptor,
                             g_bytes_new (output.bytes.data, output.bytes.length) };
  g_array_append_val (self->batch->outputs, chunk);
  return TRUE;
}

/* The block stays as it is, once all of it has been looked at.  */
static gboolean
take_calls (TideDecoderStream *self, TideSlice payload)
{
  TideCallBlock block = { .rss_pages_before = -1 };
  TideCallReader reader;
  TideCall call;

  if (!tide_call_reader_begin (&reader, payload))
    return FALSE;
  while (tide_call_reader_next (&reader, &call))
    {
      gint64 rss_bytes;

      if (call.code > self->n_codes || call.caller > self->n_codes || call.thread > self->n_threads
          || call.time_ns > MAX_TIME_NS || !pages_to_bytes (self, (gint64)call.rss_pages, &rss_bytes))
        return FALSE;
      if (block.n++ == 0)
        block.first_ns = call.time_ns;
      block.last_ns = call.time_ns;
      block.last_rss_pages = (gint64)call.rss_pages;
      block.n_of_kind[call.kind]++;
    }
  /* Blocks that overlap could not be searched.  */
  if (!tide_call_reader_ok (&reader) || block.first_ns < self->last_call_ns)
    return FALSE;
  if (block.n == 0)
    return TRUE;
  self->last_call_ns = block.last_ns;
  block.payload = g_bytes_new (payload.data, payload.length);
  g_array_append_val (self->batch->call_blocks, block);
  return TRUE;
}

static gboolean
take_counts (TideDecoderStream *self, TideSlice payload)
{
  TideCountReader reader;
  TideCount count;
  gint64 time_ns;

  if (!tide_count_reader_begin (&reader, payload, &time_ns) || !tide_decoder_stream_advance (self, &time_ns))
    return FALSE;
  while (tide_count_reader_next (&reader, &count))
    {
      TideCallCount row = { time_ns, count.code, count.count };

      if (count.code == 0 || count.code > self->n_codes)
        return FALSE;
      g_array_append_val (self->batch->call_counts, row);
    }
  return tide_count_reader_ok (&reader);
}

static gboolean
take_pause (TideDecoderStream *self, TideSlice payload)
{
  TidePause pause;

  if (!tide_get_pause (payload, &pause) || !tide_decoder_stream_advance (self, &pause.time_ns))
    return FALSE;
  add_note (self, TIDE_NOTE_PAUSE, pause.time_ns)->value = pause.paused;
  return TRUE;
}

static gboolean
take_bye (TideDecoderStream *self, TideSlice payload)
{
  TideBye bye;

  if (!tide_get_bye (payload, &bye) || !tide_decoder_stream_advance (self, &bye.time_ns))
    return FALSE;
  if (self->batch->end == NULL)
    self->batch->end = g_new0 (TideProcessEnd, 1);
  *self->batch->end =
      (TideProcessEnd){ bye.time_ns, bye.kind <= TIDE_END_EXECUTED ? bye.kind : TIDE_END_UNKNOWN, bye.value,
                        clamp_unsigned (bye.peak_rss_bytes) };
  return TRUE;
}

/* Strings, codes, nodes, threads and marks are kept for as long as the recording is open: count them before
 * they are.  */
static gboolean
account (TideDecoderTotals *totals, guint type, gsize length)
{
  if ((type < TIDE_FRAME_STRING || type > TIDE_FRAME_THREAD) && type != TIDE_FRAME_MARK)
    return TRUE;
  totals->n_definitions++;
  if (type == TIDE_FRAME_STRING || type == TIDE_FRAME_THREAD || type == TIDE_FRAME_MARK)
    totals->n_text_bytes += length;
  return totals->n_definitions <= MAX_DEFINITIONS && totals->n_text_bytes <= MAX_TEXT_BYTES;
}

TideDecoderStream *
tide_decoder_stream_new (guint number, const TideHello *hello, TideBatch *batch)
{
  TideDecoderStream *self = g_new0 (TideDecoderStream, 1);

  self->number = number;
  self->info = make_info (hello);
  self->last_rss = -1;
  self->batch = batch;
  publish_info (self);
  return self;
}

void
tide_decoder_stream_free (TideDecoderStream *self)
{
  if (self == NULL)
    return;
  tide_process_info_free (self->info);
  g_free (self);
}

gboolean
tide_decoder_stream_take (TideDecoderStream *self,
                          TideDecoderTotals *totals,
                          TideFrameType type,
                          TideSlice payload)
{
  if (!account (totals, type, payload.length))
    return FALSE;
  switch (type)
    {
    case TIDE_FRAME_PYTHON:
      return take_python (self, payload);
    case TIDE_FRAME_STRING:
      g_ptr_array_add (self->batch->strings, make_text (payload));
      self->n_strings++;
      return TRUE;
    case TIDE_FRAME_CODE:
      return take_code (self, payload);
    case TIDE_FRAME_NODE:
      return take_node (self, payload);
    case TIDE_FRAME_THREAD:
      return take_thread (self, payload);
    case TIDE_FRAME_EVENTS:
      return take_events (self, totals, payload);
    case TIDE_FRAME_SAMPLE:
      return take_sample (self, payload);
    case TIDE_FRAME_INSTRUMENT:
      return take_instrument (self, payload);
    case TIDE_FRAME_MESSAGE:
      return take_message (self, payload);
    case TIDE_FRAME_LOST:
      return take_lost (self, totals, payload);
    case TIDE_FRAME_OVERHEAD:
      return take_overhead (self, payload);
    case TIDE_FRAME_OUTPUT:
      return take_output (self, payload);
    case TIDE_FRAME_PAUSE:
      return take_pause (self, payload);
    case TIDE_FRAME_BYE:
      return take_bye (self, payload);
    case TIDE_FRAME_GC:
      return take_gc (self, payload);
    case TIDE_FRAME_MARK:
      return take_mark (self, payload);
    case TIDE_FRAME_CALLS:
      return take_calls (self, payload);
    case TIDE_FRAME_COUNTS:
      return take_counts (self, payload);
    case TIDE_FRAME_SITES:
      return tide_decoder_stream_take_sites (self, totals, payload);
    case TIDE_FRAME_HELLO:
    case TIDE_FRAME_SIGNAL:
    case TIDE_FRAME_SUSPEND:
    case TIDE_FRAME_DETACH:
    default:
      g_assert_not_reached ();
    }
}
