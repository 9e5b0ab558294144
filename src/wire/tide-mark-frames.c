#include "tide-mark-frames.h"

/* More than any machine has.  */
#define MAX_PAGES (1ll << 52)

void
tide_put_gc (TideBuffer *buffer, uint16_t stream, const TideGcInfo *gc)
{
  tide_buffer_begin (buffer, TIDE_FRAME_GC, stream);
  tide_buffer_put_zigzag (buffer, gc->time_ns);
  tide_buffer_put_varint (buffer, gc->duration_ns);
  tide_buffer_put_varint (buffer, gc->generation);
  tide_buffer_put_varint (buffer, gc->collected);
  tide_buffer_put_varint (buffer, gc->uncollectable);
  tide_buffer_put_zigzag (buffer, gc->delta_pages);
  tide_buffer_put_varint (buffer, gc->thread);
  tide_buffer_end (buffer);
}

bool
tide_get_gc (TideSlice payload, TideGcInfo *gc)
{
  TideCursor cursor = tide_cursor_on (payload);

  gc->time_ns = tide_cursor_zigzag (&cursor);
  gc->duration_ns = tide_cursor_varint (&cursor);
  gc->generation = tide_cursor_u32 (&cursor);
  gc->collected = tide_cursor_varint (&cursor);
  gc->uncollectable = tide_cursor_varint (&cursor);
  gc->delta_pages = tide_cursor_zigzag (&cursor);
  gc->thread = tide_cursor_u32 (&cursor);
  return tide_cursor_ok (&cursor) && gc->time_ns >= 0 && gc->delta_pages <= MAX_PAGES
         && gc->delta_pages >= -MAX_PAGES;
}

void
tide_put_mark (TideBuffer *buffer, uint16_t stream, const TideMarkInfo *mark)
{
  tide_buffer_begin (buffer, TIDE_FRAME_MARK, stream);
  tide_buffer_put_zigzag (buffer, mark->time_ns);
  tide_buffer_put_varint (buffer, mark->kind);
  tide_buffer_put_varint (buffer, mark->id);
  tide_buffer_put_varint (buffer, mark->rss_pages);
  tide_buffer_put_varint (buffer, mark->thread);
  tide_buffer_put_slice (buffer, mark->text);
  tide_buffer_end (buffer);
}

bool
tide_get_mark (TideSlice payload, TideMarkInfo *mark)
{
  TideCursor cursor = tide_cursor_on (payload);

  mark->time_ns = tide_cursor_zigzag (&cursor);
  mark->kind = (TideMarkKind)tide_cursor_u32 (&cursor);
  mark->id = tide_cursor_varint (&cursor);
  mark->rss_pages = tide_cursor_varint (&cursor);
  mark->thread = tide_cursor_u32 (&cursor);
  mark->text = tide_cursor_string (&cursor);
  return tide_cursor_ok (&cursor) && mark->time_ns >= 0 && mark->rss_pages <= (uint64_t)MAX_PAGES;
}
