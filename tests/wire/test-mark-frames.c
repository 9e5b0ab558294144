#include "tide-mark-frames.h"

#include <glib.h>

#define NAME                                                                                                 \
  "a \n\0\xff\xfe"                                                                                           \
  "b"

static TideSlice
payload_of (const TideBuffer *buffer, TideFrameType type)
{
  TideFrameHeader header;

  g_assert_true (tide_buffer_ok (buffer));
  g_assert_cmpint (tide_frame_peek (buffer->data, buffer->length, &header), ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.type, ==, type);
  g_assert_cmpuint (header.stream, ==, 7);
  return (TideSlice){ (const char *)buffer->data + TIDE_WIRE_HEADER_SIZE, header.length };
}

static void
test_gc (void)
{
  TideGcInfo in = { 5, 1000, G_MAXUINT64, 3, -77, 2, 9 }, out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_gc (&buffer, 7, &in);
  payload = payload_of (&buffer, TIDE_FRAME_GC);
  g_assert_true (tide_get_gc (payload, &out));
  g_assert_cmpint (out.time_ns, ==, 5);
  g_assert_cmpuint (out.duration_ns, ==, 1000);
  g_assert_cmpuint (out.collected, ==, G_MAXUINT64);
  g_assert_cmpuint (out.uncollectable, ==, 3);
  g_assert_cmpint (out.delta_pages, ==, -77);
  g_assert_cmpuint (out.generation, ==, 2);
  g_assert_cmpuint (out.thread, ==, 9);
  for (gsize length = 0; length < payload.length; length++)
    g_assert_false (tide_get_gc ((TideSlice){ payload.data, length }, &out));

  in.delta_pages = G_MININT64;
  tide_buffer_clear (&buffer);
  tide_put_gc (&buffer, 7, &in);
  g_assert_false (tide_get_gc (payload_of (&buffer, TIDE_FRAME_GC), &out));
  tide_buffer_finish (&buffer);
}

static void
test_mark (void)
{
  TideMarkInfo in = { 5, 77, 1000, 2, TIDE_MARK_SPAN_END, { NAME, sizeof NAME - 1 } }, out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_mark (&buffer, 7, &in);
  payload = payload_of (&buffer, TIDE_FRAME_MARK);
  g_assert_true (tide_get_mark (payload, &out));
  g_assert_cmpint (out.time_ns, ==, 5);
  g_assert_cmpuint (out.id, ==, 77);
  g_assert_cmpuint (out.rss_pages, ==, 1000);
  g_assert_cmpuint (out.thread, ==, 2);
  g_assert_cmpint (out.kind, ==, TIDE_MARK_SPAN_END);
  g_assert_cmpmem (out.text.data, out.text.length, NAME, sizeof NAME - 1);
  for (gsize length = 0; length < payload.length; length++)
    g_assert_false (tide_get_mark ((TideSlice){ payload.data, length }, &out));

  in.rss_pages = G_MAXUINT64;
  tide_buffer_clear (&buffer);
  tide_put_mark (&buffer, 7, &in);
  g_assert_false (tide_get_mark (payload_of (&buffer, TIDE_FRAME_MARK), &out));
  tide_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/mark-frames/gc", test_gc);
  g_test_add_func ("/wire/mark-frames/mark", test_mark);
  return g_test_run ();
}
