#include "one-frame.h"

#include "tide-frames.h"

#include <string.h>

static void
test_hello (void)
{
  TideHello in = { .pid = G_MAXUINT32,
                   .parent_pid = 1,
                   .page_size = 4096,
                   .start_wall_ns = G_GUINT64_CONSTANT (1795212296665383102),
                   .clock_base_ns = 123456789,
                   .process_start_ns = 0,
                   .instruments = 7,
                   .producer = SLICE ("pagetide 9"),
                   .executable = SLICE (NAME),
                   .directory = SLICE (""),
                   .host = SLICE ("h") };
  TideSlice args[70], payload;
  TideHello out;
  TideBuffer buffer;

  for (guint i = 0; i < G_N_ELEMENTS (args); i++)
    args[i] = i == 1 ? SLICE (NAME) : SLICE ("x");
  tide_buffer_init (&buffer);
  tide_put_hello (&buffer, 7, &in, args, G_N_ELEMENTS (args));
  payload = payload_of (&buffer, TIDE_FRAME_HELLO, 7);
  g_assert_true (tide_get_hello (payload, &out));
  g_assert_cmpuint (out.major, ==, TIDE_WIRE_MAJOR);
  g_assert_cmpuint (out.minor, ==, TIDE_WIRE_MINOR);
  g_assert_cmpuint (out.pid, ==, in.pid);
  g_assert_cmpuint (out.parent_pid, ==, in.parent_pid);
  g_assert_cmpuint (out.page_size, ==, in.page_size);
  g_assert_cmpuint (out.start_wall_ns, ==, in.start_wall_ns);
  g_assert_cmpuint (out.clock_base_ns, ==, in.clock_base_ns);
  g_assert_cmpuint (out.process_start_ns, ==, in.process_start_ns);
  g_assert_cmpuint (out.instruments, ==, in.instruments);
  assert_slice (out.producer, "pagetide 9");
  assert_slice (out.executable, NAME);
  assert_slice (out.directory, "");
  assert_slice (out.host, "h");
  g_assert_cmpuint (out.n_args, ==, 70);
  assert_slice (out.args[0], "x");
  assert_slice (out.args[1], NAME);
  assert_slice (out.args[63], "x");
  assert_no_prefix (payload, tide_get_hello, &out);
  tide_buffer_finish (&buffer);
}

static void
test_hello_foreign (void)
{
  TideHello hello = { .page_size = 4096 };
  TideBuffer buffer;
  TideSlice payload;

  g_assert_false (tide_get_hello (SLICE ("PAGETIDy\1\0"), &hello));
  g_assert_cmpuint (hello.major, ==, 0);
  /* Newer than we are: its version can be told, nothing else is looked at.  */
  g_assert_true (tide_get_hello (SLICE ("PAGETIDE\2\5garbage"), &hello));
  g_assert_cmpuint (hello.major, ==, 2);
  g_assert_cmpuint (hello.minor, ==, 5);

  /* Page sizes with which nobody can reckon.  */
  for (guint i = 0; i < 3; i++)
    {
      const guint64 sizes[] = { 0, 1, G_GUINT64_CONSTANT (1) << 40 };

      memset (&hello, 0, sizeof hello);
      hello.page_size = sizes[i];
      tide_buffer_init (&buffer);
      tide_put_hello (&buffer, 7, &hello, NULL, 0);
      g_assert_false (tide_get_hello (payload_of (&buffer, TIDE_FRAME_HELLO, 7), &hello));
      tide_buffer_finish (&buffer);
    }

  /* A minor version may add to the end.  */
  memset (&hello, 0, sizeof hello);
  hello.page_size = 16384;
  tide_buffer_init (&buffer);
  tide_put_hello (&buffer, 7, &hello, NULL, 0);
  tide_buffer_put_bytes (&buffer, "more", 4);
  tide_buffer_end (&buffer);
  payload = payload_of (&buffer, TIDE_FRAME_HELLO, 7);
  g_assert_true (tide_get_hello (payload, &hello));
  g_assert_cmpuint (hello.page_size, ==, 16384);
  tide_buffer_finish (&buffer);
}

static void
test_definitions (void)
{
  TidePythonInfo python = { 0x030b02f0, TIDE_PYTHON_DEBUG, SLICE ("3.11.2") }, python_out;
  TideCodeInfo code = { 1, 2, G_MAXUINT32 }, code_out;
  TideNodeInfo node = { 0, G_MAXUINT32, 3 }, node_out;
  TideThreadInfo thread = { 4242, SLICE (NAME) }, thread_out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_python (&buffer, 7, &python);
  payload = payload_of (&buffer, TIDE_FRAME_PYTHON, 7);
  g_assert_true (tide_get_python (payload, &python_out));
  g_assert_cmphex (python_out.version_hex, ==, 0x030b02f0);
  g_assert_cmpuint (python_out.flags, ==, TIDE_PYTHON_DEBUG);
  assert_slice (python_out.version, "3.11.2");
  assert_no_prefix (payload, tide_get_python, &python_out);

  tide_buffer_clear (&buffer);
  tide_put_string (&buffer, 7, SLICE (NAME));
  assert_slice (payload_of (&buffer, TIDE_FRAME_STRING, 7), NAME);

  tide_buffer_clear (&buffer);
  tide_put_code (&buffer, 7, &code);
  payload = payload_of (&buffer, TIDE_FRAME_CODE, 7);
  g_assert_true (tide_get_code (payload, &code_out));
  g_assert_cmpuint (code_out.file, ==, 1);
  g_assert_cmpuint (code_out.name, ==, 2);
  g_assert_cmpuint (code_out.first_line, ==, G_MAXUINT32);
  assert_no_prefix (payload, tide_get_code, &code_out);

  tide_buffer_clear (&buffer);
  tide_put_node (&buffer, 7, &node);
  payload = payload_of (&buffer, TIDE_FRAME_NODE, 7);
  g_assert_true (tide_get_node (payload, &node_out));
  g_assert_cmpuint (node_out.parent, ==, 0);
  g_assert_cmpuint (node_out.code, ==, G_MAXUINT32);
  g_assert_cmpuint (node_out.line, ==, 3);
  assert_no_prefix (payload, tide_get_node, &node_out);

  tide_buffer_clear (&buffer);
  tide_put_thread (&buffer, 7, &thread);
  payload = payload_of (&buffer, TIDE_FRAME_THREAD, 7);
  g_assert_true (tide_get_thread (payload, &thread_out));
  g_assert_cmpuint (thread_out.tid, ==, 4242);
  assert_slice (thread_out.name, NAME);
  assert_no_prefix (payload, tide_get_thread, &thread_out);
  tide_buffer_finish (&buffer);
}

static void
test_events (void)
{
  static const TideEvent events[] = {
    { 0, 5, 5, 0, 0, TIDE_SOURCE_START },
    { 1000, -5, 0, 1, 1, TIDE_SOURCE_ALLOC },
    { 1000, G_GINT64_CONSTANT (1) << 52, G_GUINT64_CONSTANT (1) << 52, G_MAXUINT32, 2, TIDE_SOURCE_FAULT },
    { G_GINT64_CONSTANT (1) << 60, -(G_GINT64_CONSTANT (1) << 52), 0, 3, G_MAXUINT32, TIDE_SOURCE_OUTSIDE },
  };
  TideEventReader reader;
  TideBuffer buffer;
  TideSlice payload;
  TideEvent event;

  tide_buffer_init (&buffer);
  tide_put_events (&buffer, 7, events, G_N_ELEMENTS (events));
  payload = payload_of (&buffer, TIDE_FRAME_EVENTS, 7);
  g_assert_true (tide_event_reader_begin (&reader, payload));
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_assert_true (tide_event_reader_next (&reader, &event));
      g_assert_cmpint (event.time_ns, ==, events[i].time_ns);
      g_assert_cmpint (event.delta_pages, ==, events[i].delta_pages);
      g_assert_cmpuint (event.rss_pages, ==, events[i].rss_pages);
      g_assert_cmpuint (event.node, ==, events[i].node);
      g_assert_cmpuint (event.thread, ==, events[i].thread);
      g_assert_cmpint (event.source, ==, events[i].source);
    }
  g_assert_false (tide_event_reader_next (&reader, &event));
  g_assert_true (tide_event_reader_ok (&reader));

  /* Cut anywhere: whole events come out, then an error.  */
  for (gsize length = 0; length < payload.length; length++)
    {
      g_autofree char *prefix = g_memdup2 (payload.data, length);
      guint n = 0;

      if (tide_event_reader_begin (&reader, (TideSlice){ prefix != NULL ? prefix : "", length }))
        while (tide_event_reader_next (&reader, &event))
          n++;
      g_assert_cmpuint (n, <, G_N_ELEMENTS (events));
      g_assert_false (tide_event_reader_ok (&reader));
    }
  tide_buffer_finish (&buffer);
}

/* More than a block holds: two blocks, and nothing is lost between them.  */
static void
test_events_many (void)
{
  const guint n_events = TIDE_EVENTS_MAX_COUNT + 10;
  g_autofree TideEvent *events = g_new0 (TideEvent, n_events);
  TideFrameHeader header;
  TideBuffer buffer;
  gsize at = 0;
  guint n = 0;

  for (guint i = 0; i < n_events; i++)
    events[i] = (TideEvent){ i * 10, 1, i + 1, i, 1, TIDE_SOURCE_ALLOC };
  tide_buffer_init (&buffer);
  tide_put_events (&buffer, 0, events, n_events);
  while (tide_frame_peek (buffer.data + at, buffer.length - at, &header) == TIDE_PEEK_FRAME)
    {
      TideSlice payload = { (const char *)buffer.data + at + TIDE_WIRE_HEADER_SIZE, header.length };
      TideEventReader reader;
      TideEvent event;

      g_assert_true (tide_event_reader_begin (&reader, payload));
      while (tide_event_reader_next (&reader, &event))
        {
          g_assert_cmpint (event.time_ns, ==, n * 10);
          g_assert_cmpuint (event.rss_pages, ==, n + 1);
          n++;
        }
      g_assert_true (tide_event_reader_ok (&reader));
      at += TIDE_WIRE_HEADER_SIZE + header.length;
    }
  g_assert_cmpuint (n, ==, n_events);
  g_assert_cmpuint (at, ==, buffer.length);
  tide_buffer_finish (&buffer);
}

static void
test_events_hostile (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    guint n_good;
  } cases[] = {
    /* One more than a block may have.  */
    { "\x81\x20", 2, 0 },
    /* Two are promised, one comes.  */
    { "\x02\x08\0\0\0\0", 6, 1 },
    /* Bytes that nobody promised are a newer minor version's.  */
    { "\x01\x08\0\0\0\0junk", 10, 1 },
    /* RSS of more pages than there can be; then one below nought.  */
    { "\x01\x08\0\0\0\x84\x80\x80\x80\x80\x80\x80\x80\x01", 14, 0 },
    { "\x01\x08\0\0\0\x01", 6, 0 },
    /* A change that sums could not hold.  */
    { "\x01\x08\0\0\x84\x80\x80\x80\x80\x80\x80\x20\0", 14, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideEventReader reader;
      TideEvent event;
      guint n = 0;

      if (tide_event_reader_begin (&reader, (TideSlice){ cases[i].bytes, cases[i].length }))
        while (tide_event_reader_next (&reader, &event))
          n++;
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (n, ==, cases[i].n_good);
      g_assert_cmpint (tide_event_reader_ok (&reader), ==, i == 2);
    }
}

static void
test_sample (void)
{
  for (guint parts = 0; parts < 16; parts++)
    {
      TideSample in = { 5, 1000, parts, 1, 2, 3, 4, G_MAXUINT64, 6 }, out;
      TideBuffer buffer;
      TideSlice payload;

      tide_buffer_init (&buffer);
      tide_put_sample (&buffer, 7, &in);
      payload = payload_of (&buffer, TIDE_FRAME_SAMPLE, 7);
      g_assert_true (tide_get_sample (payload, &out));
      g_assert_cmpint (out.time_ns, ==, 5);
      g_assert_cmpuint (out.rss_pages, ==, 1000);
      g_assert_cmpuint (out.parts, ==, parts);
      g_assert_cmpuint (out.swap_pages, ==, parts & TIDE_SAMPLE_SWAP ? 1 : 0);
      g_assert_cmpuint (out.minor_faults, ==, parts & TIDE_SAMPLE_FAULTS ? 2 : 0);
      g_assert_cmpuint (out.major_faults, ==, parts & TIDE_SAMPLE_FAULTS ? 3 : 0);
      g_assert_cmpuint (out.user_ns, ==, parts & TIDE_SAMPLE_CPU ? 4 : 0);
      g_assert_cmpuint (out.system_ns, ==, parts & TIDE_SAMPLE_CPU ? G_MAXUINT64 : 0);
      g_assert_cmpuint (out.n_threads, ==, parts & TIDE_SAMPLE_THREADS ? 6 : 0);
      assert_no_prefix (payload, tide_get_sample, &out);
      tide_buffer_finish (&buffer);
    }
}

static void
test_sample_hostile (void)
{
  TideSample sample = { -1, 1, 0 };
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_put_sample (&buffer, 7, &sample);
  g_assert_false (tide_get_sample (payload_of (&buffer, TIDE_FRAME_SAMPLE, 7), &sample));
  tide_buffer_clear (&buffer);
  sample = (TideSample){ 1, G_MAXUINT64, 0 };
  tide_put_sample (&buffer, 7, &sample);
  g_assert_false (tide_get_sample (payload_of (&buffer, TIDE_FRAME_SAMPLE, 7), &sample));
  tide_buffer_finish (&buffer);
}

static void
test_reports (void)
{
  TideInstrumentInfo instrument = { 1, TIDE_INSTRUMENT_FAULTS, TIDE_STATE_REFUSED, 65536, SLICE (NAME) },
                     instrument_out;
  TideMessage message = { 2, TIDE_SEVERITY_ERROR, SLICE (NAME) }, message_out;
  TideLost lost = { 3, TIDE_LOST_OUTPUT, G_MAXUINT64 }, lost_out;
  TideOverhead overhead = { 4, 5, 6, 7, 8 }, overhead_out;
  TideBuffer buffer;
  gsize before;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_instrument (&buffer, 7, &instrument);
  payload = payload_of (&buffer, TIDE_FRAME_INSTRUMENT, 7);
  g_assert_true (tide_get_instrument (payload, &instrument_out));
  g_assert_cmpint (instrument_out.time_ns, ==, 1);
  g_assert_cmpint (instrument_out.instrument, ==, TIDE_INSTRUMENT_FAULTS);
  g_assert_cmpint (instrument_out.state, ==, TIDE_STATE_REFUSED);
  g_assert_cmpuint (instrument_out.unit_bytes, ==, 65536);
  assert_slice (instrument_out.reason, NAME);
  assert_no_prefix (payload, tide_get_instrument, &instrument_out);

  tide_buffer_clear (&buffer);
  tide_put_message (&buffer, 7, &message);
  payload = payload_of (&buffer, TIDE_FRAME_MESSAGE, 7);
  g_assert_true (tide_get_message (payload, &message_out));
  g_assert_cmpint (message_out.time_ns, ==, 2);
  g_assert_cmpint (message_out.severity, ==, TIDE_SEVERITY_ERROR);
  assert_slice (message_out.text, NAME);
  assert_no_prefix (payload, tide_get_message, &message_out);

  tide_buffer_clear (&buffer);
  tide_put_lost (&buffer, 7, &lost);
  payload = payload_of (&buffer, TIDE_FRAME_LOST, 7);
  g_assert_true (tide_get_lost (payload, &lost_out));
  g_assert_cmpint (lost_out.time_ns, ==, 3);
  g_assert_cmpint (lost_out.kind, ==, TIDE_LOST_OUTPUT);
  g_assert_cmpuint (lost_out.count, ==, G_MAXUINT64);
  assert_no_prefix (payload, tide_get_lost, &lost_out);

  tide_buffer_clear (&buffer);
  tide_put_overhead (&buffer, 7, &overhead);
  payload = payload_of (&buffer, TIDE_FRAME_OVERHEAD, 7);
  g_assert_true (tide_get_overhead (payload, &overhead_out));
  g_assert_cmpint (overhead_out.time_ns, ==, 4);
  g_assert_cmpuint (overhead_out.agent_ns, ==, 5);
  g_assert_cmpuint (overhead_out.agent_bytes, ==, 6);
  g_assert_cmpuint (overhead_out.helper_ns, ==, 7);
  g_assert_cmpuint (overhead_out.target_cpu_ns, ==, 8);
  g_assert_cmpuint (overhead_out.n_costs, ==, 0);
  assert_no_prefix (payload, tide_get_overhead, &overhead_out);

  /* What each instrument took came later: a frame that ends before it is a whole one.  */
  before = payload.length;
  overhead.n_costs = TIDE_N_INSTRUMENTS;
  overhead.cost_ns[TIDE_N_INSTRUMENTS - 1] = G_MAXUINT64;
  tide_buffer_clear (&buffer);
  tide_put_overhead (&buffer, 7, &overhead);
  payload = payload_of (&buffer, TIDE_FRAME_OVERHEAD, 7);
  for (gsize length = 0; length <= payload.length; length++)
    {
      g_autofree char *prefix = g_memdup2 (payload.data, length);

      g_assert_true (tide_get_overhead ((TideSlice){ prefix != NULL ? prefix : "", length }, &overhead_out)
                     == (length == before || length == payload.length));
    }
  g_assert_cmpuint (overhead_out.n_costs, ==, TIDE_N_INSTRUMENTS);
  g_assert_cmpuint (overhead_out.cost_ns[TIDE_N_INSTRUMENTS - 1], ==, G_MAXUINT64);

  /* A newer writer tells of more of them.  */
  tide_buffer_clear (&buffer);
  tide_buffer_begin (&buffer, TIDE_FRAME_OVERHEAD, 7);
  for (guint i = 0; i < 5; i++)
    tide_buffer_put_varint (&buffer, i);
  tide_buffer_put_varint (&buffer, TIDE_N_INSTRUMENTS + 1);
  for (guint i = 0; i <= TIDE_N_INSTRUMENTS; i++)
    tide_buffer_put_varint (&buffer, i + 1);
  tide_buffer_end (&buffer);
  g_assert_true (tide_get_overhead (payload_of (&buffer, TIDE_FRAME_OVERHEAD, 7), &overhead_out));
  g_assert_cmpuint (overhead_out.n_costs, ==, TIDE_N_INSTRUMENTS);
  g_assert_cmpuint (overhead_out.cost_ns[0], ==, 1);
  g_assert_cmpuint (overhead_out.cost_ns[TIDE_N_INSTRUMENTS - 1], ==, TIDE_N_INSTRUMENTS);
  tide_buffer_finish (&buffer);
}

static void
test_program (void)
{
  TideOutput output = { 1, 2, SLICE (NAME) }, output_out;
  TidePause pause = { 2, true }, pause_out;
  TideBye bye = { 3, TIDE_END_SIGNALLED, 9, G_MAXUINT64 }, bye_out;
  TideBuffer buffer;
  TideSlice payload;

  tide_buffer_init (&buffer);
  tide_put_output (&buffer, 7, &output);
  payload = payload_of (&buffer, TIDE_FRAME_OUTPUT, 7);
  g_assert_true (tide_get_output (payload, &output_out));
  g_assert_cmpint (output_out.time_ns, ==, 1);
  g_assert_cmpuint (output_out.descriptor, ==, 2);
  assert_slice (output_out.bytes, NAME);
  g_assert_false (tide_get_output ((TideSlice){ payload.data, 1 }, &output_out));

  tide_buffer_clear (&buffer);
  tide_put_pause (&buffer, 7, &pause);
  payload = payload_of (&buffer, TIDE_FRAME_PAUSE, 7);
  g_assert_true (tide_get_pause (payload, &pause_out));
  g_assert_cmpint (pause_out.time_ns, ==, 2);
  g_assert_true (pause_out.paused);
  assert_no_prefix (payload, tide_get_pause, &pause_out);

  tide_buffer_clear (&buffer);
  tide_put_bye (&buffer, 7, &bye);
  payload = payload_of (&buffer, TIDE_FRAME_BYE, 7);
  g_assert_true (tide_get_bye (payload, &bye_out));
  g_assert_cmpint (bye_out.time_ns, ==, 3);
  g_assert_cmpint (bye_out.kind, ==, TIDE_END_SIGNALLED);
  g_assert_cmpuint (bye_out.value, ==, 9);
  g_assert_cmpuint (bye_out.peak_rss_bytes, ==, G_MAXUINT64);
  assert_no_prefix (payload, tide_get_bye, &bye_out);
  tide_buffer_finish (&buffer);
}

static void
test_control (void)
{
  TideBuffer buffer;
  TideSlice payload;
  uint32_t number;
  bool suspend;

  tide_buffer_init (&buffer);
  tide_put_signal (&buffer, 7, 15);
  payload = payload_of (&buffer, TIDE_FRAME_SIGNAL, 7);
  g_assert_true (tide_get_signal (payload, &number));
  g_assert_cmpuint (number, ==, 15);
  assert_no_prefix (payload, tide_get_signal, &number);
  tide_buffer_clear (&buffer);
  tide_put_suspend (&buffer, 7, true);
  payload = payload_of (&buffer, TIDE_FRAME_SUSPEND, 7);
  g_assert_true (tide_get_suspend (payload, &suspend));
  g_assert_true (suspend);
  tide_buffer_clear (&buffer);
  tide_put_suspend (&buffer, 7, false);
  g_assert_true (tide_get_suspend (payload_of (&buffer, TIDE_FRAME_SUSPEND, 7), &suspend));
  g_assert_false (suspend);
  tide_buffer_clear (&buffer);
  tide_put_detach (&buffer, 7);
  g_assert_cmpuint (payload_of (&buffer, TIDE_FRAME_DETACH, 7).length, ==, 0);
  tide_buffer_finish (&buffer);
}

/* Random bytes: decoders give false or true, and read nothing that is not theirs (a sanitizer would say).  */
static void
test_garbage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20250101);
  guint n_taken = 0;

  for (guint round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 40);
      g_autofree char *bytes = g_malloc (length + 1);
      TideSlice payload = { bytes, length };
      union
      {
        TidePythonInfo python;
        TideCodeInfo code;
        TideThreadInfo thread;
        TideSample sample;
        TideInstrumentInfo instrument;
        TideMessage message;
        TideOverhead overhead;
        TideOutput output;
        TideBye bye;
      } any;
      TideEventReader reader;
      TideEvent event;

      for (gsize i = 0; i < length; i++)
        bytes[i] = (char)(g_rand_int (rand) & (round % 2 ? 0xff : 0x7f));
      n_taken += tide_get_python (payload, &any.python);
      n_taken += tide_get_code (payload, &any.code);
      n_taken += tide_get_thread (payload, &any.thread);
      n_taken += tide_get_sample (payload, &any.sample);
      n_taken += tide_get_instrument (payload, &any.instrument);
      n_taken += tide_get_message (payload, &any.message);
      n_taken += tide_get_overhead (payload, &any.overhead);
      n_taken += tide_get_output (payload, &any.output);
      n_taken += tide_get_bye (payload, &any.bye);
      if (tide_event_reader_begin (&reader, payload))
        while (tide_event_reader_next (&reader, &event))
          {
            g_assert_cmpuint (event.rss_pages, <=, G_GUINT64_CONSTANT (1) << 52);
            g_assert_cmpint (event.time_ns, >=, 0);
          }
    }
  /* Some of it must have been frames, or nothing was tried.  */
  g_assert_cmpuint (n_taken, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/frames/hello", test_hello);
  g_test_add_func ("/wire/frames/hello-foreign", test_hello_foreign);
  g_test_add_func ("/wire/frames/definitions", test_definitions);
  g_test_add_func ("/wire/frames/events", test_events);
  g_test_add_func ("/wire/frames/events-many", test_events_many);
  g_test_add_func ("/wire/frames/events-hostile", test_events_hostile);
  g_test_add_func ("/wire/frames/sample", test_sample);
  g_test_add_func ("/wire/frames/sample-hostile", test_sample_hostile);
  g_test_add_func ("/wire/frames/reports", test_reports);
  g_test_add_func ("/wire/frames/program", test_program);
  g_test_add_func ("/wire/frames/control", test_control);
  g_test_add_func ("/wire/frames/garbage", test_garbage);
  return g_test_run ();
}
