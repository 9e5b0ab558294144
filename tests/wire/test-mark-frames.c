#include "one-frame.h"

#include "tide-mark-frames.h"

static void
test_gc (void)
{
  TideGcInfo in = { 5, 1000, G_MAXUINT64, 3, -77, 2, 9 }, out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_gc (&buffer, 7, &in);
  payload = payload_of (&buffer, TIDE_FRAME_GC, 7);
  g_assert_true (tide_get_gc (payload, &out));
  g_assert_cmpint (out.time_ns, ==, 5);
  g_assert_cmpuint (out.duration_ns, ==, 1000);
  g_assert_cmpuint (out.collected, ==, G_MAXUINT64);
  g_assert_cmpuint (out.uncollectable, ==, 3);
  g_assert_cmpint (out.delta_pages, ==, -77);
  g_assert_cmpuint (out.generation, ==, 2);
  g_assert_cmpuint (out.thread, ==, 9);
  assert_no_prefix (payload, tide_get_gc, &out);

  in.delta_pages = G_MININT64;
  tide_buffer_clear (&buffer);
  tide_put_gc (&buffer, 7, &in);
  g_assert_false (tide_get_gc (payload_of (&buffer, TIDE_FRAME_GC, 7), &out));
  tide_buffer_finish (&buffer);
}

static void
test_mark (void)
{
  TideMarkInfo in = { 5, 77, 1000, 2, TIDE_MARK_SPAN_END, SLICE (NAME) }, out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_mark (&buffer, 7, &in);
  payload = payload_of (&buffer, TIDE_FRAME_MARK, 7);
  g_assert_true (tide_get_mark (payload, &out));
  g_assert_cmpint (out.time_ns, ==, 5);
  g_assert_cmpuint (out.id, ==, 77);
  g_assert_cmpuint (out.rss_pages, ==, 1000);
  g_assert_cmpuint (out.thread, ==, 2);
  g_assert_cmpint (out.kind, ==, TIDE_MARK_SPAN_END);
  assert_slice (out.text, NAME);
  assert_no_prefix (payload, tide_get_mark, &out);

  in.rss_pages = G_MAXUINT64;
  tide_buffer_clear (&buffer);
  tide_put_mark (&buffer, 7, &in);
  g_assert_false (tide_get_mark (payload_of (&buffer, TIDE_FRAME_MARK, 7), &out));
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
