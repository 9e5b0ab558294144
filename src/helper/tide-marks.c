#include "tide-marks.h"

#include "tide-mark-frames.h"

/* A record's time as one of the stream.  */
static int64_t
stamp (TideStream *stream, uint64_t time_ns, int64_t now_ns)
{
  return tide_stream_stamp (stream, time_ns < (uint64_t)now_ns ? (int64_t)time_ns : now_ns);
}

bool
tide_marks_take_gc (
    TideRingReader *reader, TideStream *stream, TideIntern *intern, uint32_t pid, int64_t now_ns)
{
  const TideGcRecord *record;
  TideGcInfo info = { 0 };
  uint64_t end_ns;

  if (!tide_ring_reader_get_gc (reader, &record))
    return false;
  if (__builtin_add_overflow (record->time_ns, record->duration_ns, &end_ns))
    end_ns = UINT64_MAX;
  info.thread = tide_intern_thread (intern, pid, record->tid);
  info.time_ns = stamp (stream, end_ns, now_ns);
  info.duration_ns = record->duration_ns;
  info.generation = record->generation;
  info.collected = record->collected;
  info.uncollectable = record->uncollectable;
  info.delta_pages = record->delta_pages;
  tide_put_gc (tide_stream_get_buffer (stream), stream->number, &info);
  return true;
}

bool
tide_marks_take_mark (
    TideRingReader *reader, TideStream *stream, TideIntern *intern, uint32_t pid, int64_t now_ns)
{
  const TideMarkRecord *record;
  TideMarkInfo info = { 0 };

  if (!tide_ring_reader_get_mark (reader, &record, &info.text))
    return false;
  info.thread = tide_intern_thread (intern, pid, record->tid);
  info.time_ns = stamp (stream, record->time_ns, now_ns);
  info.kind = (TideMarkKind)record->kind;
  info.id = record->id;
  info.rss_pages = record->rss_pages;
  tide_put_mark (tide_stream_get_buffer (stream), stream->number, &info);
  return true;
}
