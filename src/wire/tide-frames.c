#include "tide-frames.h"

#include <string.h>

void
tide_put_hello (
    TideBuffer *buffer, uint16_t stream, const TideHello *hello, const TideSlice *args, uint32_t n_args)
{
  if (n_args > TIDE_HELLO_MAX_ARGS)
    n_args = TIDE_HELLO_MAX_ARGS;
  tide_buffer_begin (buffer, TIDE_FRAME_HELLO, stream);
  tide_buffer_put_bytes (buffer, TIDE_WIRE_MAGIC, strlen (TIDE_WIRE_MAGIC));
  tide_buffer_put_varint (buffer, TIDE_WIRE_MAJOR);
  tide_buffer_put_varint (buffer, TIDE_WIRE_MINOR);
  tide_buffer_put_varint (buffer, hello->pid);
  tide_buffer_put_varint (buffer, hello->parent_pid);
  tide_buffer_put_varint (buffer, hello->page_size);
  tide_buffer_put_varint (buffer, hello->start_wall_ns);
  tide_buffer_put_varint (buffer, hello->clock_base_ns);
  tide_buffer_put_varint (buffer, hello->process_start_ns);
  tide_buffer_put_varint (buffer, hello->instruments);
  tide_buffer_put_slice (buffer, hello->producer);
  tide_buffer_put_slice (buffer, hello->executable);
  tide_buffer_put_slice (buffer, hello->directory);
  tide_buffer_put_slice (buffer, hello->host);
  tide_buffer_put_varint (buffer, n_args);
  for (uint32_t i = 0; i < n_args; i++)
    tide_buffer_put_slice (buffer, args[i]);
  tide_buffer_end (buffer);
}

bool
tide_get_hello (TideSlice payload, TideHello *hello)
{
  const size_t magic = strlen (TIDE_WIRE_MAGIC);
  TideCursor cursor;

  memset (hello, 0, sizeof *hello);
  if (payload.length < magic || memcmp (payload.data, TIDE_WIRE_MAGIC, magic) != 0)
    return false;
  tide_cursor_init (&cursor, payload.data + magic, payload.length - magic);
  hello->major = tide_cursor_u32 (&cursor);
  hello->minor = tide_cursor_u32 (&cursor);
  if (!tide_cursor_ok (&cursor))
    return false;
  if (hello->major > TIDE_WIRE_MAJOR)
    return true;
  hello->pid = tide_cursor_u32 (&cursor);
  hello->parent_pid = tide_cursor_u32 (&cursor);
  hello->page_size = tide_cursor_varint (&cursor);
  hello->start_wall_ns = tide_cursor_varint (&cursor);
  hello->clock_base_ns = tide_cursor_varint (&cursor);
  hello->process_start_ns = tide_cursor_varint (&cursor);
  hello->instruments = tide_cursor_u32 (&cursor);
  hello->producer = tide_cursor_string (&cursor);
  hello->executable = tide_cursor_string (&cursor);
  hello->directory = tide_cursor_string (&cursor);
  hello->host = tide_cursor_string (&cursor);
  hello->n_args = tide_cursor_u32 (&cursor);
  if (hello->n_args > TIDE_HELLO_MAX_ARGS)
    return false;
  for (uint32_t i = 0; i < hello->n_args; i++)
    {
      TideSlice arg = tide_cursor_string (&cursor);

      if (i < sizeof hello->args / sizeof hello->args[0])
        hello->args[i] = arg;
    }
  /* A page of nought bytes would make every size nought; one of more than 1 GiB overflows sums.  */
  return tide_cursor_ok (&cursor) && hello->page_size >= 512 && hello->page_size <= (1u << 30);
}

void
tide_put_python (TideBuffer *buffer, uint16_t stream, const TidePythonInfo *python)
{
  tide_buffer_begin (buffer, TIDE_FRAME_PYTHON, stream);
  tide_buffer_put_varint (buffer, python->version_hex);
  tide_buffer_put_varint (buffer, python->flags);
  tide_buffer_put_slice (buffer, python->version);
  tide_buffer_end (buffer);
}

bool
tide_get_python (TideSlice payload, TidePythonInfo *python)
{
  TideCursor cursor = tide_cursor_on (payload);

  python->version_hex = tide_cursor_u32 (&cursor);
  python->flags = tide_cursor_u32 (&cursor);
  python->version = tide_cursor_string (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_string (TideBuffer *buffer, uint16_t stream, TideSlice bytes)
{
  tide_buffer_begin (buffer, TIDE_FRAME_STRING, stream);
  tide_buffer_put_bytes (buffer, bytes.data, bytes.length);
  tide_buffer_end (buffer);
}

void
tide_put_code (TideBuffer *buffer, uint16_t stream, const TideCodeInfo *code)
{
  tide_buffer_begin (buffer, TIDE_FRAME_CODE, stream);
  tide_buffer_put_varint (buffer, code->file);
  tide_buffer_put_varint (buffer, code->name);
  tide_buffer_put_varint (buffer, code->first_line);
  tide_buffer_end (buffer);
}

bool
tide_get_code (TideSlice payload, TideCodeInfo *code)
{
  TideCursor cursor = tide_cursor_on (payload);

  code->file = tide_cursor_u32 (&cursor);
  code->name = tide_cursor_u32 (&cursor);
  code->first_line = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_node (TideBuffer *buffer, uint16_t stream, const TideNodeInfo *node)
{
  tide_buffer_begin (buffer, TIDE_FRAME_NODE, stream);
  tide_buffer_put_varint (buffer, node->parent);
  tide_buffer_put_varint (buffer, node->code);
  tide_buffer_put_varint (buffer, node->line);
  tide_buffer_end (buffer);
}

bool
tide_get_node (TideSlice payload, TideNodeInfo *node)
{
  TideCursor cursor = tide_cursor_on (payload);

  node->parent = tide_cursor_u32 (&cursor);
  node->code = tide_cursor_u32 (&cursor);
  node->line = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_thread (TideBuffer *buffer, uint16_t stream, const TideThreadInfo *thread)
{
  tide_buffer_begin (buffer, TIDE_FRAME_THREAD, stream);
  tide_buffer_put_varint (buffer, thread->tid);
  tide_buffer_put_slice (buffer, thread->name);
  tide_buffer_end (buffer);
}

bool
tide_get_thread (TideSlice payload, TideThreadInfo *thread)
{
  TideCursor cursor = tide_cursor_on (payload);

  thread->tid = tide_cursor_u32 (&cursor);
  thread->name = tide_cursor_string (&cursor);
  return tide_cursor_ok (&cursor);
}

/* An event: source in the low 3 bits of a varint, the time since the last one above; node; thread; delta;
 * change of RSS since the last one.  About 7 bytes.  */
void
tide_put_events (TideBuffer *buffer, uint16_t stream, const TideEvent *events, uint32_t n_events)
{
  while (n_events > 0)
    {
      uint32_t n = n_events < TIDE_EVENTS_MAX_COUNT ? n_events : TIDE_EVENTS_MAX_COUNT;
      int64_t time_ns = 0;
      uint64_t rss = 0;

      tide_buffer_begin (buffer, TIDE_FRAME_EVENTS, stream);
      tide_buffer_put_varint (buffer, n);
      for (uint32_t i = 0; i < n; i++)
        {
          const TideEvent *e = &events[i];
          int64_t since = e->time_ns > time_ns ? e->time_ns - time_ns : 0;

          tide_buffer_put_varint (buffer, (uint64_t)since << 3 | ((uint64_t)e->source & 7));
          tide_buffer_put_varint (buffer, e->node);
          tide_buffer_put_varint (buffer, e->thread);
          tide_buffer_put_zigzag (buffer, e->delta_pages);
          tide_buffer_put_zigzag (buffer, (int64_t)(e->rss_pages - rss));
          time_ns += since;
          rss = e->rss_pages;
        }
      tide_buffer_end (buffer);
      events += n;
      n_events -= n;
    }
}

bool
tide_event_reader_begin (TideEventReader *self, TideSlice payload)
{
  memset (self, 0, sizeof *self);
  self->cursor = tide_cursor_on (payload);
  self->left = tide_cursor_u32 (&self->cursor);
  if (self->left > TIDE_EVENTS_MAX_COUNT)
    self->cursor.failed = true;
  return tide_cursor_ok (&self->cursor);
}

bool
tide_event_reader_next (TideEventReader *self, TideEvent *event)
{
  TideEvent next = self->last;
  uint64_t head, since;

  if (self->left == 0 || !tide_cursor_ok (&self->cursor))
    return false;
  head = tide_cursor_varint (&self->cursor);
  since = head >> 3;
  next.source = (TideSource)(head & 7);
  next.node = tide_cursor_u32 (&self->cursor);
  next.thread = tide_cursor_u32 (&self->cursor);
  next.delta_pages = tide_cursor_zigzag (&self->cursor);
  next.rss_pages += (uint64_t)tide_cursor_zigzag (&self->cursor);
  /* 2^52 pages are more than any machine can map; sums of what passes here cannot overflow in bytes.  */
  if (since > (uint64_t)(INT64_MAX - next.time_ns) || next.rss_pages > (1ull << 52)
      || next.delta_pages > (1ll << 52) || next.delta_pages < -(1ll << 52))
    self->cursor.failed = true;
  if (!tide_cursor_ok (&self->cursor))
    return false;
  next.time_ns += (int64_t)since;
  self->left--;
  self->last = next;
  *event = next;
  return true;
}

bool
tide_event_reader_ok (const TideEventReader *self)
{
  return tide_cursor_ok (&self->cursor) && self->left == 0;
}

void
tide_put_sample (TideBuffer *buffer, uint16_t stream, const TideSample *sample)
{
  tide_buffer_begin (buffer, TIDE_FRAME_SAMPLE, stream);
  tide_buffer_put_zigzag (buffer, sample->time_ns);
  tide_buffer_put_varint (buffer, sample->rss_pages);
  tide_buffer_put_varint (buffer, sample->parts);
  if (sample->parts & TIDE_SAMPLE_SWAP)
    tide_buffer_put_varint (buffer, sample->swap_pages);
  if (sample->parts & TIDE_SAMPLE_FAULTS)
    {
      tide_buffer_put_varint (buffer, sample->minor_faults);
      tide_buffer_put_varint (buffer, sample->major_faults);
    }
  if (sample->parts & TIDE_SAMPLE_CPU)
    {
      tide_buffer_put_varint (buffer, sample->user_ns);
      tide_buffer_put_varint (buffer, sample->system_ns);
    }
  if (sample->parts & TIDE_SAMPLE_THREADS)
    tide_buffer_put_varint (buffer, sample->n_threads);
  tide_buffer_end (buffer);
}

bool
tide_get_sample (TideSlice payload, TideSample *sample)
{
  TideCursor cursor = tide_cursor_on (payload);

  memset (sample, 0, sizeof *sample);
  sample->time_ns = tide_cursor_zigzag (&cursor);
  sample->rss_pages = tide_cursor_varint (&cursor);
  sample->parts = tide_cursor_u32 (&cursor);
  if (sample->parts & TIDE_SAMPLE_SWAP)
    sample->swap_pages = tide_cursor_varint (&cursor);
  if (sample->parts & TIDE_SAMPLE_FAULTS)
    {
      sample->minor_faults = tide_cursor_varint (&cursor);
      sample->major_faults = tide_cursor_varint (&cursor);
    }
  if (sample->parts & TIDE_SAMPLE_CPU)
    {
      sample->user_ns = tide_cursor_varint (&cursor);
      sample->system_ns = tide_cursor_varint (&cursor);
    }
  if (sample->parts & TIDE_SAMPLE_THREADS)
    sample->n_threads = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor) && sample->time_ns >= 0 && sample->rss_pages <= (1ull << 52)
         && sample->swap_pages <= (1ull << 52);
}

void
tide_put_instrument (TideBuffer *buffer, uint16_t stream, const TideInstrumentInfo *instrument)
{
  tide_buffer_begin (buffer, TIDE_FRAME_INSTRUMENT, stream);
  tide_buffer_put_zigzag (buffer, instrument->time_ns);
  tide_buffer_put_varint (buffer, instrument->instrument);
  tide_buffer_put_varint (buffer, instrument->state);
  tide_buffer_put_varint (buffer, instrument->unit_bytes);
  tide_buffer_put_slice (buffer, instrument->reason);
  tide_buffer_end (buffer);
}

bool
tide_get_instrument (TideSlice payload, TideInstrumentInfo *instrument)
{
  TideCursor cursor = tide_cursor_on (payload);

  instrument->time_ns = tide_cursor_zigzag (&cursor);
  instrument->instrument = (TideInstrument)tide_cursor_u32 (&cursor);
  instrument->state = (TideInstrumentState)tide_cursor_u32 (&cursor);
  instrument->unit_bytes = tide_cursor_varint (&cursor);
  instrument->reason = tide_cursor_string (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_message (TideBuffer *buffer, uint16_t stream, const TideMessage *message)
{
  tide_buffer_begin (buffer, TIDE_FRAME_MESSAGE, stream);
  tide_buffer_put_zigzag (buffer, message->time_ns);
  tide_buffer_put_varint (buffer, message->severity);
  tide_buffer_put_slice (buffer, message->text);
  tide_buffer_end (buffer);
}

bool
tide_get_message (TideSlice payload, TideMessage *message)
{
  TideCursor cursor = tide_cursor_on (payload);

  message->time_ns = tide_cursor_zigzag (&cursor);
  message->severity = (TideSeverity)tide_cursor_u32 (&cursor);
  message->text = tide_cursor_string (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_lost (TideBuffer *buffer, uint16_t stream, const TideLost *lost)
{
  tide_buffer_begin (buffer, TIDE_FRAME_LOST, stream);
  tide_buffer_put_zigzag (buffer, lost->time_ns);
  tide_buffer_put_varint (buffer, lost->kind);
  tide_buffer_put_varint (buffer, lost->count);
  tide_buffer_end (buffer);
}

bool
tide_get_lost (TideSlice payload, TideLost *lost)
{
  TideCursor cursor = tide_cursor_on (payload);

  lost->time_ns = tide_cursor_zigzag (&cursor);
  lost->kind = (TideLostKind)tide_cursor_u32 (&cursor);
  lost->count = tide_cursor_varint (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_overhead (TideBuffer *buffer, uint16_t stream, const TideOverhead *overhead)
{
  tide_buffer_begin (buffer, TIDE_FRAME_OVERHEAD, stream);
  tide_buffer_put_zigzag (buffer, overhead->time_ns);
  tide_buffer_put_varint (buffer, overhead->agent_ns);
  tide_buffer_put_varint (buffer, overhead->agent_bytes);
  tide_buffer_put_varint (buffer, overhead->helper_ns);
  tide_buffer_put_varint (buffer, overhead->target_cpu_ns);
  if (overhead->n_costs > 0)
    tide_buffer_put_varint (buffer, overhead->n_costs);
  for (uint32_t i = 0; i < overhead->n_costs; i++)
    tide_buffer_put_varint (buffer, overhead->cost_ns[i]);
  tide_buffer_end (buffer);
}

bool
tide_get_overhead (TideSlice payload, TideOverhead *overhead)
{
  TideCursor cursor = tide_cursor_on (payload);

  overhead->time_ns = tide_cursor_zigzag (&cursor);
  overhead->agent_ns = tide_cursor_varint (&cursor);
  overhead->agent_bytes = tide_cursor_varint (&cursor);
  overhead->helper_ns = tide_cursor_varint (&cursor);
  overhead->target_cpu_ns = tide_cursor_varint (&cursor);
  overhead->n_costs = tide_cursor_left (&cursor) > 0 ? tide_cursor_u32 (&cursor) : 0;
  memset (overhead->cost_ns, 0, sizeof overhead->cost_ns);
  if (overhead->n_costs > TIDE_N_INSTRUMENTS)
    overhead->n_costs = TIDE_N_INSTRUMENTS;
  for (uint32_t i = 0; i < overhead->n_costs; i++)
    overhead->cost_ns[i] = tide_cursor_varint (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_output (TideBuffer *buffer, uint16_t stream, const TideOutput *output)
{
  tide_buffer_begin (buffer, TIDE_FRAME_OUTPUT, stream);
  tide_buffer_put_zigzag (buffer, output->time_ns);
  tide_buffer_put_varint (buffer, output->descriptor);
  tide_buffer_put_bytes (buffer, output->bytes.data, output->bytes.length);
  tide_buffer_end (buffer);
}

bool
tide_get_output (TideSlice payload, TideOutput *output)
{
  TideCursor cursor = tide_cursor_on (payload);

  output->time_ns = tide_cursor_zigzag (&cursor);
  output->descriptor = tide_cursor_u32 (&cursor);
  output->bytes = tide_cursor_rest (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_pause (TideBuffer *buffer, uint16_t stream, const TidePause *pause)
{
  tide_buffer_begin (buffer, TIDE_FRAME_PAUSE, stream);
  tide_buffer_put_zigzag (buffer, pause->time_ns);
  tide_buffer_put_varint (buffer, pause->paused);
  tide_buffer_end (buffer);
}

bool
tide_get_pause (TideSlice payload, TidePause *pause)
{
  TideCursor cursor = tide_cursor_on (payload);

  pause->time_ns = tide_cursor_zigzag (&cursor);
  pause->paused = tide_cursor_varint (&cursor) != 0;
  return tide_cursor_ok (&cursor);
}

void
tide_put_bye (TideBuffer *buffer, uint16_t stream, const TideBye *bye)
{
  tide_buffer_begin (buffer, TIDE_FRAME_BYE, stream);
  tide_buffer_put_zigzag (buffer, bye->time_ns);
  tide_buffer_put_varint (buffer, bye->kind);
  tide_buffer_put_varint (buffer, bye->value);
  tide_buffer_put_varint (buffer, bye->peak_rss_bytes);
  tide_buffer_end (buffer);
}

bool
tide_get_bye (TideSlice payload, TideBye *bye)
{
  TideCursor cursor = tide_cursor_on (payload);

  bye->time_ns = tide_cursor_zigzag (&cursor);
  bye->kind = (TideEndKind)tide_cursor_u32 (&cursor);
  bye->value = tide_cursor_u32 (&cursor);
  bye->peak_rss_bytes = tide_cursor_varint (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_signal (TideBuffer *buffer, uint16_t stream, uint32_t signal_number)
{
  tide_buffer_begin (buffer, TIDE_FRAME_SIGNAL, stream);
  tide_buffer_put_varint (buffer, signal_number);
  tide_buffer_end (buffer);
}

bool
tide_get_signal (TideSlice payload, uint32_t *signal_number)
{
  TideCursor cursor = tide_cursor_on (payload);

  *signal_number = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor);
}

void
tide_put_suspend (TideBuffer *buffer, uint16_t stream, bool suspend)
{
  tide_buffer_begin (buffer, TIDE_FRAME_SUSPEND, stream);
  tide_buffer_put_varint (buffer, suspend);
  tide_buffer_end (buffer);
}

bool
tide_get_suspend (TideSlice payload, bool *suspend)
{
  TideCursor cursor = tide_cursor_on (payload);

  *suspend = tide_cursor_varint (&cursor) != 0;
  return tide_cursor_ok (&cursor);
}

void
tide_put_detach (TideBuffer *buffer, uint16_t stream)
{
  tide_buffer_begin (buffer, TIDE_FRAME_DETACH, stream);
  tide_buffer_end (buffer);
}
