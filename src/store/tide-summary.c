#include "tide-summary.h"

struct _TideSummarizer
{
  GArray *page_sizes; /* gint64, by stream; 0: no HELLO yet */
};

TideSummarizer *
tide_summarizer_new (void)
{
  TideSummarizer *self = g_new0 (TideSummarizer, 1);

  self->page_sizes = g_array_new (FALSE, TRUE, sizeof (gint64));
  return self;
}

void
tide_summarizer_free (TideSummarizer *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->page_sizes);
  g_free (self);
}

static gint64
page_size_of (TideSummarizer *self, guint stream)
{
  return stream < self->page_sizes->len ? g_array_index (self->page_sizes, gint64, stream) : 0;
}

static void
add_time (TideBlockSummary *summary, gint64 time_ns)
{
  summary->first_ns = MIN (summary->first_ns, time_ns);
  summary->last_ns = MAX (summary->last_ns, time_ns);
}

static void
add_rss (TideBlockSummary *summary, guint64 pages, gint64 page_size)
{
  gint64 bytes;

  if (page_size == 0 || __builtin_mul_overflow (pages, page_size, &bytes))
    return;
  summary->rss_min = summary->rss_min < 0 ? bytes : MIN (summary->rss_min, bytes);
  summary->rss_max = MAX (summary->rss_max, bytes);
}

static void
add_events (TideBlockSummary *summary, TideSlice payload, gint64 page_size)
{
  TideEventReader reader;
  TideEvent event;

  tide_event_reader_begin (&reader, payload);
  while (tide_event_reader_next (&reader, &event))
    {
      gint64 bytes, net;

      add_time (summary, event.time_ns);
      add_rss (summary, event.rss_pages, page_size);
      summary->n_events++;
      if (!__builtin_mul_overflow (event.delta_pages, page_size, &bytes)
          && !__builtin_add_overflow (summary->net_bytes, bytes, &net))
        summary->net_bytes = net;
    }
}

static void
add_frame (TideSummarizer *self, TideBlockSummary *summary, const TideFrameHeader *header, TideSlice payload)
{
  gint64 page_size = page_size_of (self, header->stream);
  TideHello hello;
  TideSample sample;
  gint64 time_ns;

  summary->n_frames++;
  switch (header->type)
    {
    case TIDE_FRAME_HELLO:
      if (tide_get_hello (payload, &hello) && hello.major == TIDE_WIRE_MAJOR)
        {
          if (header->stream >= self->page_sizes->len)
            g_array_set_size (self->page_sizes, header->stream + 1u);
          g_array_index (self->page_sizes, gint64, header->stream) = (gint64)hello.page_size;
        }
      break;
    case TIDE_FRAME_EVENTS:
      add_events (summary, payload, page_size);
      break;
    case TIDE_FRAME_SAMPLE:
      if (tide_get_sample (payload, &sample))
        {
          add_time (summary, sample.time_ns);
          add_rss (summary, sample.rss_pages, page_size);
        }
      break;
    default:
      time_ns = tide_frame_get_time (header->type, payload);
      if (time_ns >= 0)
        add_time (summary, time_ns);
      break;
    }
}

TideBlockSummary
tide_summarizer_add_block (TideSummarizer *self, const guint8 *frames, gsize length)
{
  TideBlockSummary summary = TIDE_BLOCK_SUMMARY_INIT;
  TideFrameHeader header;

  while (tide_frame_peek (frames, length, &header) == TIDE_PEEK_FRAME)
    {
      TideSlice payload = { (const char *)frames + TIDE_WIRE_HEADER_SIZE, header.length };

      add_frame (self, &summary, &header, payload);
      frames += TIDE_WIRE_HEADER_SIZE + header.length;
      length -= TIDE_WIRE_HEADER_SIZE + header.length;
    }
  return summary;
}

gint64
tide_frame_get_time (guint type, TideSlice payload)
{
  TideCursor cursor;
  TideEventReader reader;
  TideEvent event = { .time_ns = -1 };
  gint64 time_ns;

  switch (type)
    {
    case TIDE_FRAME_SAMPLE:
    case TIDE_FRAME_INSTRUMENT:
    case TIDE_FRAME_MESSAGE:
    case TIDE_FRAME_LOST:
    case TIDE_FRAME_OVERHEAD:
    case TIDE_FRAME_OUTPUT:
    case TIDE_FRAME_PAUSE:
    case TIDE_FRAME_BYE:
    case TIDE_FRAME_GC:
    case TIDE_FRAME_MARK:
    case TIDE_FRAME_COUNTS:
      tide_cursor_init (&cursor, payload.data, payload.length);
      time_ns = tide_cursor_zigzag (&cursor);
      return tide_cursor_ok (&cursor) ? time_ns : -1;
    case TIDE_FRAME_EVENTS:
      tide_event_reader_begin (&reader, payload);
      while (tide_event_reader_next (&reader, &event))
        ;
      return event.time_ns;
    default:
      return -1;
    }
}
