#include "config.h"

#include "tide-decoder.h"

#include "tide-frames.h"
#include "tide-store-error.h"

#include <glib/gi18n-lib.h>

/* Bounds that no honest recording meets, so that a hostile one cannot take all memory or make a sum overflow.
 * Of all streams.  */
#define MAX_STREAMS 4096
#define MAX_DEFINITIONS (64u << 20)   /* strings, codes, nodes and threads            */
#define MAX_TEXT_BYTES (1ull << 30)   /* of strings and thread names                  */
#define MAX_TIME_NS (1ll << 62)       /* 146 years                                    */
#define MAX_TRAFFIC_BYTES (1ll << 62) /* sum of the sizes of all changes of RSS       */

typedef struct
{
  TideProcessInfo *info; /* NULL until HELLO */
  guint32 n_strings, n_codes, n_nodes, n_threads;
  gint64 last_time_ns;
  gint64 last_rss;    /* -1: none yet */
  gboolean rss_holds; /* the last sample repeats the one before it */
  TideBatch *batch;   /* the one that is being filled, owned by the queue; or NULL */
} Stream;

struct _TideDecoder
{
  GPtrArray *streams; /* by number, NULL where none began */
  guint n_streams;
  GQueue batches;
  GByteArray *pending;
  guint64 offset; /* of the next frame in all that was pushed */
  guint64 n_definitions, n_text_bytes;
  gint64 traffic_bytes;
  gint64 n_lost;
  GError *error; /* sticky */
};

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  if (stream == NULL)
    return;
  tide_process_info_free (stream->info);
  g_free (stream);
}

TideDecoder *
tide_decoder_new (void)
{
  TideDecoder *self = g_new0 (TideDecoder, 1);

  self->streams = g_ptr_array_new_with_free_func (stream_free);
  self->pending = g_byte_array_new ();
  g_queue_init (&self->batches);
  return self;
}

void
tide_decoder_free (TideDecoder *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->batches, (GDestroyNotify)tide_batch_free);
  g_ptr_array_unref (self->streams);
  g_byte_array_unref (self->pending);
  g_clear_error (&self->error);
  g_free (self);
}

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
pages_to_bytes (const Stream *stream, gint64 pages, gint64 *bytes)
{
  return !__builtin_mul_overflow (pages, (gint64)stream->info->page_size, bytes)
         && *bytes <= MAX_TRAFFIC_BYTES && *bytes >= -MAX_TRAFFIC_BYTES;
}

static TideBatch *
batch_of (TideDecoder *self, Stream *stream, guint number)
{
  if (stream->batch == NULL)
    {
      stream->batch = tide_batch_new (number);
      stream->batch->last_time_ns = stream->last_time_ns;
      g_queue_push_tail (&self->batches, stream->batch);
    }
  return stream->batch;
}

/* Times of a stream do not decrease: an earlier one is set to the last.  */
static gboolean
advance (Stream *stream, gint64 *time_ns)
{
  if (*time_ns > MAX_TIME_NS)
    return FALSE;
  *time_ns = MAX (*time_ns, stream->last_time_ns);
  stream->last_time_ns = *time_ns;
  stream->batch->last_time_ns = *time_ns;
  return TRUE;
}

/* Of a run of equal values only the first and the last are kept: the line through them is the same.  */
static void
add_sample (Stream *stream, gint64 time_ns, gint64 rss_bytes)
{
  GArray *samples = stream->batch->samples;
  TideRssSample sample = { time_ns, rss_bytes };

  if (stream->last_rss != rss_bytes)
    stream->rss_holds = FALSE;
  else if (!stream->rss_holds)
    stream->rss_holds = TRUE;
  else if (samples->len > 0)
    {
      g_array_index (samples, TideRssSample, samples->len - 1).time_ns = time_ns;
      return;
    }
  stream->last_rss = rss_bytes;
  g_array_append_val (samples, sample);
}

static TideNote *
add_note (Stream *stream, TideNoteKind kind, gint64 time_ns)
{
  TideNote note = { .time_ns = time_ns, .kind = kind };

  g_array_append_val (stream->batch->notes, note);
  return &g_array_index (stream->batch->notes, TideNote, stream->batch->notes->len - 1);
}

static void
publish_info (Stream *stream)
{
  g_clear_pointer (&stream->batch->info, tide_process_info_free);
  stream->batch->info = tide_process_info_copy (stream->info);
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
take_hello (TideDecoder *self, guint number, TideSlice payload, GError **error)
{
  TideHello hello;
  Stream *stream;

  if (!tide_get_hello (payload, &hello))
    return FALSE;
  if (hello.major > TIDE_WIRE_MAJOR)
    {
      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_TOO_NEW,
                   _ ("This was recorded by a newer Pagetide (format %u); this one reads formats up to %u."),
                   hello.major, TIDE_WIRE_MAJOR);
      return FALSE;
    }
  if (number >= self->streams->len)
    g_ptr_array_set_size (self->streams, (gint)number + 1);
  if (g_ptr_array_index (self->streams, number) != NULL || self->n_streams == MAX_STREAMS)
    return FALSE;
  stream = g_new0 (Stream, 1);
  stream->info = make_info (&hello);
  stream->last_rss = -1;
  g_ptr_array_index (self->streams, number) = stream;
  self->n_streams++;
  batch_of (self, stream, number);
  publish_info (stream);
  return TRUE;
}

static gboolean
take_python (Stream *stream, TideSlice payload)
{
  TidePythonInfo python;

  if (!tide_get_python (payload, &python))
    return FALSE;
  g_free (stream->info->python_version);
  stream->info->python_version = make_text_or_null (python.version);
  stream->info->python_hex = python.version_hex;
  stream->info->python_flags = python.flags;
  publish_info (stream);
  return TRUE;
}

static gboolean
take_code (Stream *stream, TideSlice payload)
{
  TideCodeInfo info;
  TideCode code;

  if (!tide_get_code (payload, &info) || info.file > stream->n_strings || info.name > stream->n_strings)
    return FALSE;
  code = (TideCode){ info.file, info.name, info.first_line };
  g_array_append_val (stream->batch->codes, code);
  stream->n_codes++;
  return TRUE;
}

static gboolean
take_node (Stream *stream, TideSlice payload)
{
  TideNodeInfo info;
  TideNode node;

  /* Its own id is n_nodes + 1: the parent must be smaller.  */
  if (!tide_get_node (payload, &info) || info.parent > stream->n_nodes || info.code > stream->n_codes)
    return FALSE;
  node = (TideNode){ info.parent, info.code, info.line };
  g_array_append_val (stream->batch->nodes, node);
  stream->n_nodes++;
  return TRUE;
}

static gboolean
take_thread (Stream *stream, TideSlice payload)
{
  TideThreadInfo info;
  TideThread thread;

  if (!tide_get_thread (payload, &info))
    return FALSE;
  thread = (TideThread){ info.tid, make_text (info.name) };
  g_array_append_val (stream->batch->threads, thread);
  stream->n_threads++;
  return TRUE;
}

static gboolean
take_events (TideDecoder *self, Stream *stream, TideSlice payload)
{
  TideEventReader reader;
  TideEvent event;

  if (!tide_event_reader_begin (&reader, payload))
    return FALSE;
  while (tide_event_reader_next (&reader, &event))
    {
      TideRssEvent row = { .time_ns = event.time_ns, .node = event.node };

      if (event.node > stream->n_nodes || event.thread > stream->n_threads
          || !pages_to_bytes (stream, event.delta_pages, &row.delta_bytes)
          || !pages_to_bytes (stream, (gint64)event.rss_pages, &row.rss_bytes)
          || ABS (row.delta_bytes) > MAX_TRAFFIC_BYTES - self->traffic_bytes
          || !advance (stream, &row.time_ns))
        return FALSE;
      self->traffic_bytes += ABS (row.delta_bytes);
      row.thread = event.thread <= G_MAXUINT16 ? (guint16)event.thread : 0;
      /* What a newer minor version may call its source was at least seen from outside.  */
      row.source = (guint8)MIN (event.source, TIDE_SOURCE_OUTSIDE);
      g_array_append_val (stream->batch->events, row);
      add_sample (stream, row.time_ns, row.rss_bytes);
    }
  return tide_event_reader_ok (&reader);
}

static gboolean
take_sample (Stream *stream, TideSlice payload)
{
  TideSample sample;
  TideStatus status = { 0, -1, -1, -1, -1, -1 };
  gint64 rss_bytes;

  if (!tide_get_sample (payload, &sample) || !pages_to_bytes (stream, (gint64)sample.rss_pages, &rss_bytes)
      || !advance (stream, &sample.time_ns))
    return FALSE;
  add_sample (stream, sample.time_ns, rss_bytes);
  if (sample.parts == 0)
    return TRUE;
  status.time_ns = sample.time_ns;
  if ((sample.parts & TIDE_SAMPLE_SWAP) != 0
      && !pages_to_bytes (stream, (gint64)sample.swap_pages, &status.swap_bytes))
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
  g_array_append_val (stream->batch->statuses, status);
  return TRUE;
}

static gboolean
take_instrument (Stream *stream, TideSlice payload)
{
  TideInstrumentInfo info;
  TideNote *note;

  if (!tide_get_instrument (payload, &info) || !advance (stream, &info.time_ns))
    return FALSE;
  note = add_note (stream, TIDE_NOTE_INSTRUMENT, info.time_ns);
  note->detail = info.instrument;
  note->value = info.state;
  note->unit_bytes = clamp_unsigned (info.unit_bytes);
  note->text = make_text_or_null (info.reason);
  return TRUE;
}

static gboolean
take_message (Stream *stream, TideSlice payload)
{
  TideMessage message;
  TideNote *note;

  if (!tide_get_message (payload, &message) || !advance (stream, &message.time_ns))
    return FALSE;
  note = add_note (stream, TIDE_NOTE_MESSAGE, message.time_ns);
  note->value = MIN (message.severity, TIDE_SEVERITY_ERROR);
  note->text = make_text (message.text);
  return TRUE;
}

static gboolean
take_lost (TideDecoder *self, Stream *stream, TideSlice payload)
{
  TideLost lost;
  TideNote *note;

  if (!tide_get_lost (payload, &lost) || !advance (stream, &lost.time_ns))
    return FALSE;
  note = add_note (stream, TIDE_NOTE_LOST, lost.time_ns);
  note->detail = lost.kind;
  note->value = MIN (clamp_unsigned (lost.count), G_MAXINT64 - self->n_lost);
  self->n_lost += note->value;
  return TRUE;
}

static gboolean
take_overhead (Stream *stream, TideSlice payload)
{
  TideOverhead overhead;

  if (!tide_get_overhead (payload, &overhead) || !advance (stream, &overhead.time_ns))
    return FALSE;
  if (stream->batch->cost == NULL)
    stream->batch->cost = g_new0 (TideCost, 1);
  *stream->batch->cost =
      (TideCost){ overhead.time_ns, clamp_unsigned (overhead.agent_ns), clamp_unsigned (overhead.agent_bytes),
                  clamp_unsigned (overhead.helper_ns), clamp_unsigned (overhead.target_cpu_ns) };
  return TRUE;
}

static gboolean
take_output (Stream *stream, TideSlice payload)
{
  TideOutput output;
  TideOutputChunk chunk;

  if (!tide_get_output (payload, &output) || output.descriptor < 1 || output.descriptor > 2
      || !advance (stream, &output.time_ns))
    return FALSE;
  chunk = (TideOutputChunk){ output.time_ns, output.descriptor,
                             g_bytes_new (output.bytes.data, output.bytes.length) };
  g_array_append_val (stream->batch->outputs, chunk);
  return TRUE;
}

static gboolean
take_pause (Stream *stream, TideSlice payload)
{
  TidePause pause;

  if (!tide_get_pause (payload, &pause) || !advance (stream, &pause.time_ns))
    return FALSE;
  add_note (stream, TIDE_NOTE_PAUSE, pause.time_ns)->value = pause.paused;
  return TRUE;
}

static gboolean
take_bye (Stream *stream, TideSlice payload)
{
  TideBye bye;

  if (!tide_get_bye (payload, &bye) || !advance (stream, &bye.time_ns))
    return FALSE;
  if (stream->batch->end == NULL)
    stream->batch->end = g_new0 (TideProcessEnd, 1);
  *stream->batch->end = (TideProcessEnd){ bye.time_ns, MIN (bye.kind, TIDE_END_UNKNOWN), bye.value,
                                          clamp_unsigned (bye.peak_rss_bytes) };
  return TRUE;
}

/* Strings, codes, nodes and threads are kept for as long as the recording is open: count them before they
 * are.  */
static gboolean
account (TideDecoder *self, guint type, gsize length)
{
  if (type < TIDE_FRAME_STRING || type > TIDE_FRAME_THREAD)
    return TRUE;
  self->n_definitions++;
  if (type == TIDE_FRAME_STRING || type == TIDE_FRAME_THREAD)
    self->n_text_bytes += length;
  return self->n_definitions <= MAX_DEFINITIONS && self->n_text_bytes <= MAX_TEXT_BYTES;
}

/* FALSE without ERROR: the frame is damaged, and the caller says so.  */
static gboolean
take_frame (TideDecoder *self, const TideFrameHeader *header, TideSlice payload, GError **error)
{
  Stream *stream =
      header->stream < self->streams->len ? g_ptr_array_index (self->streams, header->stream) : NULL;

  if (header->type == TIDE_FRAME_HELLO)
    return take_hello (self, header->stream, payload, error);
  /* Types of a newer minor version are skipped, and so are control frames, which flow the other way.  */
  if (header->type == 0 || header->type > TIDE_FRAME_BYE)
    return TRUE;
  if (stream == NULL || !account (self, header->type, header->length))
    return FALSE;
  batch_of (self, stream, header->stream);
  switch ((TideFrameType)header->type)
    {
    case TIDE_FRAME_PYTHON:
      return take_python (stream, payload);
    case TIDE_FRAME_STRING:
      g_ptr_array_add (stream->batch->strings, make_text (payload));
      stream->n_strings++;
      return TRUE;
    case TIDE_FRAME_CODE:
      return take_code (stream, payload);
    case TIDE_FRAME_NODE:
      return take_node (stream, payload);
    case TIDE_FRAME_THREAD:
      return take_thread (stream, payload);
    case TIDE_FRAME_EVENTS:
      return take_events (self, stream, payload);
    case TIDE_FRAME_SAMPLE:
      return take_sample (stream, payload);
    case TIDE_FRAME_INSTRUMENT:
      return take_instrument (stream, payload);
    case TIDE_FRAME_MESSAGE:
      return take_message (stream, payload);
    case TIDE_FRAME_LOST:
      return take_lost (self, stream, payload);
    case TIDE_FRAME_OVERHEAD:
      return take_overhead (stream, payload);
    case TIDE_FRAME_OUTPUT:
      return take_output (stream, payload);
    case TIDE_FRAME_PAUSE:
      return take_pause (stream, payload);
    case TIDE_FRAME_BYE:
      return take_bye (stream, payload);
    case TIDE_FRAME_HELLO:
    case TIDE_FRAME_SIGNAL:
    case TIDE_FRAME_SUSPEND:
    case TIDE_FRAME_DETACH:
    default:
      g_assert_not_reached ();
    }
}

static void
fail_damaged (TideDecoder *self, guint type)
{
  if (self->error == NULL)
    g_set_error (&self->error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
                 _ ("The recorded data is damaged at byte %" G_GUINT64_FORMAT " (frame type %u)."),
                 self->offset, type);
}

/* Takes the whole frames at DATA; gives how many bytes they had.  */
static gsize
take_frames (TideDecoder *self, const guint8 *data, gsize length)
{
  gsize taken = 0;

  while (self->error == NULL)
    {
      TideFrameHeader header;
      TidePeek peek = tide_frame_peek (data + taken, length - taken, &header);
      TideSlice payload = { (const char *)data + taken + TIDE_WIRE_HEADER_SIZE, 0 };

      if (peek == TIDE_PEEK_SHORT)
        break;
      payload.length = header.length;
      if (peek == TIDE_PEEK_BAD || !take_frame (self, &header, payload, &self->error))
        {
          fail_damaged (self, header.type);
          break;
        }
      taken += TIDE_WIRE_HEADER_SIZE + header.length;
      self->offset += TIDE_WIRE_HEADER_SIZE + header.length;
    }
  return taken;
}

/* Appends to the unfinished frame no more than it lacks.  */
static gsize
fill_pending (TideDecoder *self, const guint8 *data, gsize length)
{
  TideFrameHeader header;
  gsize wanted = TIDE_WIRE_HEADER_SIZE, n;

  if (self->pending->len >= TIDE_WIRE_HEADER_SIZE)
    {
      tide_frame_peek (self->pending->data, self->pending->len, &header);
      wanted += header.length;
    }
  n = MIN (length, wanted - self->pending->len);
  g_byte_array_append (self->pending, data, (guint)n);
  return n;
}

gboolean
tide_decoder_push (TideDecoder *self, const guint8 *data, gsize length, GError **error)
{
  while (self->error == NULL && length > 0)
    {
      gsize n;

      if (self->pending->len > 0)
        {
          n = fill_pending (self, data, length);
          if (take_frames (self, self->pending->data, self->pending->len) > 0)
            g_byte_array_set_size (self->pending, 0);
        }
      else
        {
          n = take_frames (self, data, length);
          if (n == 0)
            n = fill_pending (self, data, length);
        }
      data += n;
      length -= n;
    }
  if (self->error != NULL && error != NULL)
    *error = g_error_copy (self->error);
  return self->error == NULL;
}

TideBatch *
tide_decoder_pop (TideDecoder *self)
{
  TideBatch *batch = g_queue_pop_head (&self->batches);

  if (batch != NULL)
    ((Stream *)g_ptr_array_index (self->streams, batch->stream))->batch = NULL;
  return batch;
}

gsize
tide_decoder_get_pending (TideDecoder *self)
{
  return self->pending->len;
}
