#include "tide-sample-frames.h"
#include "tide-summary.h"

static void
test_life (void)
{
  g_autoptr (TideSummarizer) summarizer = tide_summarizer_new ();
  TideBuffer buffer;
  TideBlockSummary summary;

  tide_buffer_init (&buffer);
  sample_put_life (&buffer, 0, 42);
  summary = tide_summarizer_add_block (summarizer, buffer.data, buffer.length);
  g_assert_cmpuint (summary.n_frames, ==, 22);
  g_assert_cmpint (summary.first_ns, ==, 0);
  g_assert_cmpint (summary.last_ns, ==, 70 * MS_NS);
  g_assert_cmpint (summary.rss_min, ==, 100 * SAMPLE_PAGE);
  g_assert_cmpint (summary.rss_max, ==, 165 * SAMPLE_PAGE);
  g_assert_cmpint (summary.n_events, ==, 4);
  g_assert_cmpint (summary.net_bytes, ==, 165 * SAMPLE_PAGE);

  /* The next block has no HELLO, and still knows the page size.  */
  tide_buffer_clear (&buffer);
  sample_put_growth (&buffer, 0, 100 * MS_NS, 165, 10);
  summary = tide_summarizer_add_block (summarizer, buffer.data, buffer.length);
  g_assert_cmpuint (summary.n_frames, ==, 1);
  g_assert_cmpint (summary.first_ns, ==, 100 * MS_NS);
  g_assert_cmpint (summary.last_ns, ==, 109 * MS_NS);
  g_assert_cmpint (summary.rss_min, ==, 166 * SAMPLE_PAGE);
  g_assert_cmpint (summary.rss_max, ==, 175 * SAMPLE_PAGE);
  g_assert_cmpint (summary.net_bytes, ==, 10 * SAMPLE_PAGE);
  tide_buffer_finish (&buffer);
}

static void
test_nothing_measured (void)
{
  g_autoptr (TideSummarizer) summarizer = tide_summarizer_new ();
  TideBuffer buffer;
  TideBlockSummary summary;

  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  summary = tide_summarizer_add_block (summarizer, buffer.data, buffer.length);
  g_assert_cmpuint (summary.n_frames, ==, 1);
  g_assert_cmpint (summary.first_ns, >, summary.last_ns);
  g_assert_cmpint (summary.rss_min, ==, -1);
  g_assert_cmpint (summary.rss_max, ==, -1);
  g_assert_cmpint (summary.n_events, ==, 0);
  tide_buffer_finish (&buffer);
}

static void
test_time_of_frames (void)
{
  TideBuffer buffer;
  gsize at = 0;
  TideFrameHeader header;
  const gint64 expected[] = { -1, -1, 0, 0,  -1, -1, -1, -1, -1, -1, -1,
                              -1, -1, 0, 40, 50, 60, 61, 62, 63, 64, 70 };
  guint n = 0;

  tide_buffer_init (&buffer);
  sample_put_life (&buffer, 0, 42);
  while (tide_frame_peek (buffer.data + at, buffer.length - at, &header) == TIDE_PEEK_FRAME)
    {
      TideSlice payload = { (const char *)buffer.data + at + TIDE_WIRE_HEADER_SIZE, header.length };

      g_assert_cmpuint (n, <, G_N_ELEMENTS (expected));
      g_assert_cmpint (tide_frame_get_time (header.type, payload), ==,
                       expected[n] < 0 ? -1 : expected[n] * MS_NS);
      at += TIDE_WIRE_HEADER_SIZE + header.length;
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  tide_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summary/life", test_life);
  g_test_add_func ("/summary/nothing-measured", test_nothing_measured);
  g_test_add_func ("/summary/time-of-frames", test_time_of_frames);
  return g_test_run ();
}
