#include "tide-decoder.h"
#include "tide-sample-frames.h"
#include "tide-store-error.h"

#include <string.h>

typedef struct
{
  TideBuffer buffer;
  TideDecoder *decoder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  tide_buffer_init (&self->buffer);
  self->decoder = tide_decoder_new ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tide_buffer_finish (&self->buffer);
  tide_decoder_free (self->decoder);
}

static void
push_all (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  tide_decoder_push (self->decoder, self->buffer.data, self->buffer.length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tide_decoder_get_pending (self->decoder), ==, 0);
  tide_buffer_clear (&self->buffer);
}

static const char life[] =
    "info 42 1 python3|ba\ntch.py|--n\xef\xbf\xbd /usr/bin/python3 /home/someone here pagetide 0.1.0 3.11.2\n"
    "string /home/someone/batch.py\n"
    "string main\n"
    "string lo\xef\xbf\xbd"
    "ad, \"it\"\n\n"
    "code 1 2 10\n"
    "code 1 3 20\n"
    "node 0 1 12\n"
    "node 1 2 22\n"
    "node 1 2 23\n"
    "thread 4243 Main\xef\xbf\xbdThread\n"
    "event 10000000 409600 409600 0 0 0\n"
    "event 20000000 262144 671744 2 1 1\n"
    "event 30000000 -16384 655360 1 1 3\n"
    "event 40000000 20480 675840 3 1 4\n"
    "sample 0 409600\n"
    "sample 10000000 409600\n"
    "sample 20000000 671744\n"
    "sample 30000000 655360\n"
    "sample 40000000 675840\n"
    "sample 50000000 675840\n"
    "status 50000000 8192 11 3 9000000 1\n"
    "note 2 at 0: 2 1 4096 -\n"
    "note 2 at 0: 4 2 0 Not here.\n"
    "note 0 at 60000000: 0 1 0 Caf\xef\xbf\xbd\n"
    "note 1 at 61000000: 1 7 0 -\n"
    "note 3 at 64000000: 0 1 0 -\n"
    "output 2 at 63000000: hello\n\n"
    "cost 1000 4096 2000 9000000: 0 700 300 -1 -1 -1 -1 -1\n"
    "end 0 3 696320\n";

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (TideBatch) batch = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  sample_put_life (&self->buffer, 0, 42);
  push_all (self);
  batch = tide_decoder_pop (self->decoder);
  g_assert_nonnull (batch);
  g_assert_null (tide_decoder_pop (self->decoder));
  sample_describe (text, batch);
  g_assert_cmpstr (text->str, ==, life);
  g_assert_cmpuint (batch->stream, ==, 0);
  g_assert_cmpuint (batch->info->page_size, ==, SAMPLE_PAGE);
  g_assert_cmpint (batch->info->start_wall_ns, ==, 1750000000123456789);
  g_assert_cmphex (batch->info->python_hex, ==, 0x030b02f0);
  g_assert_cmpint (batch->last_time_ns, ==, 70 * MS_NS);
}

static void
test_pieces (Fixture *self, gconstpointer data)
{
  const gsize sizes[] = { 1, 2, 3, 7, 8, 9, 64, 100, 5000 };

  sample_put_life (&self->buffer, 0, 42);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      g_autoptr (TideBatch) batch = NULL;
      g_autoptr (GString) text = g_string_new (NULL);

      for (gsize at = 0; at < self->buffer.length; at += sizes[i])
        g_assert_true (tide_decoder_push (decoder, self->buffer.data + at,
                                          MIN (sizes[i], self->buffer.length - at), NULL));
      g_assert_cmpuint (tide_decoder_get_pending (decoder), ==, 0);
      batch = tide_decoder_pop (decoder);
      sample_describe (text, batch);
      g_assert_cmpstr (text->str, ==, life);
    }
}

/* A cut at every byte: no error, what is whole is there, and the rest waits.  */
static void
test_cut (Fixture *self, gconstpointer data)
{
  sample_put_life (&self->buffer, 0, 42);
  for (gsize cut = 0; cut <= self->buffer.length; cut++)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      g_autoptr (TideBatch) batch = NULL;
      gsize whole = 0;
      guint n = 0;
      TideFrameHeader header;

      while (tide_frame_peek (self->buffer.data + whole, cut - whole, &header) == TIDE_PEEK_FRAME)
        {
          whole += TIDE_WIRE_HEADER_SIZE + header.length;
          n++;
        }
      g_assert_true (tide_decoder_push (decoder, self->buffer.data, cut, NULL));
      g_assert_cmpuint (tide_decoder_get_pending (decoder), ==, cut - whole);
      batch = tide_decoder_pop (decoder);
      g_assert_true ((batch != NULL) == (n > 0));
    }
}

/* Every byte is set to some other values: the decoder goes on or gives an error of its own, and keeps its
 * promises.  */
static void
test_mutations (Fixture *self, gconstpointer data)
{
  guint n_refused = 0;

  sample_put_life (&self->buffer, 0, 42);
  for (gsize at = 0; at < self->buffer.length; at++)
    for (guint change = 0; change < 11; change++)
      {
        g_autoptr (TideDecoder) decoder = tide_decoder_new ();
        g_autoptr (GError) error = NULL;
        guint8 old = self->buffer.data[at];
        SampleCheck checks[2] = { 0 };
        TideBatch *batch;

        self->buffer.data[at] = change < 8    ? old ^ (guint8)(1u << change)
                                : change == 8 ? 0
                                : change == 9 ? 0x7f
                                              : 0xff;
        if (!tide_decoder_push (decoder, self->buffer.data, self->buffer.length, &error))
          {
            g_assert_true (error->domain == TIDE_STORE_ERROR);
            n_refused++;
          }
        while ((batch = tide_decoder_pop (decoder)) != NULL)
          {
            sample_check_batch (&checks[batch->stream != 0], batch);
            tide_batch_free (batch);
          }
        self->buffer.data[at] = old;
      }
  g_assert_cmpuint (n_refused, >, 100);
}

typedef void (*PutBad) (TideBuffer *buffer);

static void
put_nothing_known (TideBuffer *buffer)
{
  sample_put_growth (buffer, 7, 0, 0, 1);
}

static void
put_second_hello (TideBuffer *buffer)
{
  sample_put_hello (buffer, 0, 43);
}

static void
put_code_of_unknown_file (TideBuffer *buffer)
{
  tide_put_code (buffer, 0, &(TideCodeInfo){ 4, 1, 1 });
}

static void
put_code_of_unknown_name (TideBuffer *buffer)
{
  tide_put_code (buffer, 0, &(TideCodeInfo){ 1, 4, 1 });
}

static void
put_node_of_itself (TideBuffer *buffer)
{
  tide_put_node (buffer, 0, &(TideNodeInfo){ 4, 1, 1 });
}

static void
put_node_of_unknown_code (TideBuffer *buffer)
{
  tide_put_node (buffer, 0, &(TideNodeInfo){ 0, 3, 1 });
}

static void
put_event_of_unknown_node (TideBuffer *buffer)
{
  tide_put_events (buffer, 0, &(TideEvent){ .node = 4, .rss_pages = 1 }, 1);
}

static void
put_event_of_unknown_thread (TideBuffer *buffer)
{
  tide_put_events (buffer, 0, &(TideEvent){ .thread = 2, .rss_pages = 1 }, 1);
}

/* Each is possible; their sum is not.  */
static void
put_too_much_traffic (TideBuffer *buffer)
{
  TideEvent events[4096];

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    events[i] = (TideEvent){ .rss_pages = 1, .delta_pages = i % 2 == 0 ? (1ll << 49) : -(1ll << 49) };
  tide_put_events (buffer, 0, events, G_N_ELEMENTS (events));
}

static void
put_too_large_rss (TideBuffer *buffer)
{
  tide_put_sample (buffer, 0, &(TideSample){ .time_ns = 100 * MS_NS, .rss_pages = (1ull << 52) + 1 });
}

static void
put_far_future (TideBuffer *buffer)
{
  tide_put_pause (buffer, 0, &(TidePause){ G_MAXINT64, false });
}

static void
put_odd_descriptor (TideBuffer *buffer)
{
  tide_put_output (buffer, 0, &(TideOutput){ 0, 3, SLICE ("x") });
}

static void
put_endless_frame (TideBuffer *buffer)
{
  const guint8 header[] = { 0xff, 0xff, 0xff, 0x7f, 3, 0, 0, 0 };

  tide_buffer_put_bytes (buffer, header, sizeof header);
}

static void
put_short_sample (TideBuffer *buffer)
{
  tide_buffer_begin (buffer, TIDE_FRAME_SAMPLE, 0);
  tide_buffer_put_varint (buffer, 5);
  tide_buffer_end (buffer);
}

static void
put_too_many_events (TideBuffer *buffer)
{
  tide_buffer_begin (buffer, TIDE_FRAME_EVENTS, 0);
  tide_buffer_put_varint (buffer, TIDE_EVENTS_MAX_COUNT + 1);
  tide_buffer_end (buffer);
}

static const struct
{
  const char *name;
  PutBad put;
} bad_frames[] = {
  { "no HELLO", put_nothing_known },
  { "second HELLO", put_second_hello },
  { "code, unknown file", put_code_of_unknown_file },
  { "code, unknown name", put_code_of_unknown_name },
  { "node, its own parent", put_node_of_itself },
  { "node, unknown code", put_node_of_unknown_code },
  { "event, unknown node", put_event_of_unknown_node },
  { "event, unknown thread", put_event_of_unknown_thread },
  { "events whose sum overflows", put_too_much_traffic },
  { "RSS of more than 2^52 pages", put_too_large_rss },
  { "a time centuries away", put_far_future },
  { "output of descriptor 3", put_odd_descriptor },
  { "frame of 2 GiB", put_endless_frame },
  { "short sample", put_short_sample },
  { "more events than a block has", put_too_many_events },
};

/* What comes before is kept, the error says where, and nothing is taken after it.  */
static void
test_bad_frames (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_frames); i++)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      g_autoptr (TideBatch) batch = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) again = NULL;
      g_autofree char *offset = NULL;

      g_test_message ("%s", bad_frames[i].name);
      tide_buffer_clear (&self->buffer);
      sample_put_life (&self->buffer, 0, 42);
      offset = g_strdup_printf ("byte %" G_GSIZE_FORMAT, self->buffer.length);
      bad_frames[i].put (&self->buffer);
      sample_put_hello (&self->buffer, 1, 77);
      g_assert_false (tide_decoder_push (decoder, self->buffer.data, self->buffer.length, &error));
      g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, offset));
      batch = tide_decoder_pop (decoder);
      g_assert_nonnull (batch);
      g_assert_cmpuint (batch->strings->len, ==, 3);
      g_assert_nonnull (batch->end);
      g_assert_null (tide_decoder_pop (decoder));

      tide_buffer_clear (&self->buffer);
      sample_put_hello (&self->buffer, 2, 78);
      g_assert_false (tide_decoder_push (decoder, self->buffer.data, self->buffer.length, &again));
      g_assert_error (again, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
      g_assert_null (tide_decoder_pop (decoder));
    }
}

static void
test_too_new (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tide_buffer_begin (&self->buffer, TIDE_FRAME_HELLO, 0);
  tide_buffer_put_bytes (&self->buffer, TIDE_WIRE_MAGIC, 8);
  tide_buffer_put_varint (&self->buffer, TIDE_WIRE_MAJOR + 1);
  tide_buffer_put_varint (&self->buffer, 0);
  tide_buffer_end (&self->buffer);
  g_assert_false (tide_decoder_push (self->decoder, self->buffer.data, self->buffer.length, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_TOO_NEW);
  g_assert_nonnull (strstr (error->message, "newer"));
  g_assert_null (tide_decoder_pop (self->decoder));
}

/* Frames of a newer minor version, and control frames, are skipped; so are bytes that it adds to a payload.
 */
static void
test_unknown (Fixture *self, gconstpointer data)
{
  g_autoptr (TideBatch) batch = NULL;

  sample_put_hello (&self->buffer, 0, 42);
  tide_buffer_begin (&self->buffer, (TideFrameType)40, 0);
  tide_buffer_put_varint (&self->buffer, 5);
  tide_buffer_end (&self->buffer);
  tide_buffer_begin (&self->buffer, (TideFrameType)5000, 9);
  tide_buffer_end (&self->buffer);
  tide_put_detach (&self->buffer, 0);
  tide_buffer_begin (&self->buffer, TIDE_FRAME_PAUSE, 0);
  tide_buffer_put_zigzag (&self->buffer, 5);
  tide_buffer_put_varint (&self->buffer, 1);
  tide_buffer_put_string (&self->buffer, "news", 4);
  tide_buffer_end (&self->buffer);
  push_all (self);
  batch = tide_decoder_pop (self->decoder);
  g_assert_cmpuint (batch->notes->len, ==, 1);
  g_assert_cmpint (g_array_index (batch->notes, TideNote, 0).time_ns, ==, 5);
}

static void
check_samples (Fixture *self, const char *expected)
{
  g_autoptr (TideBatch) batch = tide_decoder_pop (self->decoder);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (batch);
  for (guint i = 0; i < batch->samples->len; i++)
    {
      const TideRssSample *sample = &g_array_index (batch->samples, TideRssSample, i);

      g_string_append_printf (text, "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " ", sample->time_ns,
                              sample->rss_bytes / SAMPLE_PAGE);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
put_samples (Fixture *self, const gint64 (*rows)[2], guint n)
{
  for (guint i = 0; i < n; i++)
    tide_put_sample (&self->buffer, 0,
                     &(TideSample){ .time_ns = rows[i][0], .rss_pages = (guint64)rows[i][1] });
  push_all (self);
}

static void
test_times_do_not_decrease (Fixture *self, gconstpointer data)
{
  const gint64 rows[][2] = { { 5, 1 }, { 3, 2 }, { 4, 3 }, { 6, 4 } };

  sample_put_hello (&self->buffer, 0, 42);
  put_samples (self, rows, G_N_ELEMENTS (rows));
  check_samples (self, "5:1 5:2 5:3 6:4 ");
  tide_put_events (&self->buffer, 0, &(TideEvent){ .time_ns = 1, .rss_pages = 5 }, 1);
  push_all (self);
  check_samples (self, "6:5 ");
}

/* Of a run of equal values the first and the last stay, across batches as well.  */
static void
test_runs (Fixture *self, gconstpointer data)
{
  const gint64 rows[][2] = { { 1, 7 }, { 2, 7 }, { 3, 7 }, { 4, 7 }, { 5, 8 }, { 6, 7 }, { 7, 7 } };
  const gint64 more[][2] = { { 8, 7 }, { 9, 7 }, { 10, 9 } };
  const gint64 rest[][2] = { { 11, 9 }, { 12, 9 } };

  sample_put_hello (&self->buffer, 0, 42);
  put_samples (self, rows, G_N_ELEMENTS (rows));
  check_samples (self, "1:7 4:7 5:8 6:7 7:7 ");
  put_samples (self, more, G_N_ELEMENTS (more));
  check_samples (self, "9:7 10:9 ");
  put_samples (self, rest, G_N_ELEMENTS (rest));
  check_samples (self, "12:9 ");
}

/* One batch a stream between two pops; ids and times are each stream's own.  */
static void
test_streams (Fixture *self, gconstpointer data)
{
  TideBatch *batch;
  guint n = 0;

  sample_put_life (&self->buffer, 0, 42);
  sample_put_life (&self->buffer, 65535, 43);
  sample_put_growth (&self->buffer, 0, 0, 165, 5);
  push_all (self);
  while ((batch = tide_decoder_pop (self->decoder)) != NULL)
    {
      g_assert_cmpuint (batch->stream, ==, n == 0 ? 0 : 65535);
      g_assert_cmpuint (batch->info->pid, ==, n == 0 ? 42 : 43);
      g_assert_cmpuint (batch->strings->len, ==, 3);
      g_assert_cmpuint (batch->events->len, ==, n == 0 ? 9 : 4);
      tide_batch_free (batch);
      n++;
    }
  g_assert_cmpuint (n, ==, 2);
  sample_put_growth (&self->buffer, 65535, 80 * MS_NS, 165, 2);
  push_all (self);
  batch = tide_decoder_pop (self->decoder);
  g_assert_cmpuint (batch->stream, ==, 65535);
  g_assert_null (batch->info);
  g_assert_cmpuint (batch->events->len, ==, 2);
  tide_batch_free (batch);
}

static void
test_too_many_streams (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;
  TideBatch *batch;

  for (guint i = 0; i < 5000; i++)
    sample_put_hello (&self->buffer, (guint16)i, i + 1);
  g_assert_false (tide_decoder_push (self->decoder, self->buffer.data, self->buffer.length, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
  while ((batch = tide_decoder_pop (self->decoder)) != NULL)
    {
      tide_batch_free (batch);
      n++;
    }
  g_assert_cmpuint (n, ==, 4096);
}

static void
test_long_names (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_strnfill (3000, 'n');
  g_autofree char *invalid = g_strnfill (TIDE_WIRE_MAX_PAYLOAD, '\xff');
  g_autoptr (TideBatch) batch = NULL;

  sample_put_hello (&self->buffer, 0, 42);
  tide_put_string (&self->buffer, 0, (TideSlice){ name, 3000 });
  tide_put_string (&self->buffer, 0, (TideSlice){ invalid, TIDE_WIRE_MAX_PAYLOAD });
  tide_put_string (&self->buffer, 0, SLICE (""));
  push_all (self);
  batch = tide_decoder_pop (self->decoder);
  g_assert_cmpstr (g_ptr_array_index (batch->strings, 0), ==, name);
  g_assert_cmpint (g_utf8_strlen (g_ptr_array_index (batch->strings, 1), -1), ==, TIDE_WIRE_MAX_PAYLOAD);
  g_assert_cmpstr (g_ptr_array_index (batch->strings, 2), ==, "");
}

/* Threads above what a row can name, sources of a newer version, and figures above 2^63.  */
static void
test_clamped (Fixture *self, gconstpointer data)
{
  g_autoptr (TideBatch) batch = NULL;
  const TideRssEvent *rows;

  sample_put_hello (&self->buffer, 0, 42);
  for (guint i = 0; i < 65537; i++)
    tide_put_thread (&self->buffer, 0, &(TideThreadInfo){ i, SLICE ("") });
  tide_put_events (&self->buffer, 0,
                   (TideEvent[]){ { .thread = 65535, .source = (TideSource)7 }, { .thread = 65536 } }, 2);
  for (guint i = 0; i < 3; i++)
    tide_put_lost (&self->buffer, 0, &(TideLost){ 0, (TideLostKind)1, G_MAXUINT64 });
  push_all (self);
  batch = tide_decoder_pop (self->decoder);
  rows = (const TideRssEvent *)batch->events->data;
  g_assert_cmpuint (rows[0].thread, ==, 65535);
  g_assert_cmpuint (rows[0].source, ==, TIDE_SOURCE_OUTSIDE);
  g_assert_cmpuint (rows[1].thread, ==, 0);
  g_assert_cmpint (g_array_index (batch->notes, TideNote, 0).value, ==, G_MAXINT64);
  g_assert_cmpint (g_array_index (batch->notes, TideNote, 1).value, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/decoder/whole", test_whole },
    { "/decoder/pieces", test_pieces },
    { "/decoder/cut", test_cut },
    { "/decoder/mutations", test_mutations },
    { "/decoder/bad-frames", test_bad_frames },
    { "/decoder/too-new", test_too_new },
    { "/decoder/unknown", test_unknown },
    { "/decoder/times-do-not-decrease", test_times_do_not_decrease },
    { "/decoder/runs", test_runs },
    { "/decoder/streams", test_streams },
    { "/decoder/too-many-streams", test_too_many_streams },
    { "/decoder/long-names", test_long_names },
    { "/decoder/clamped", test_clamped },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
