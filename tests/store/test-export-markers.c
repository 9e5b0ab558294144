#include "tide-export.h"
#include "tide-decoder.h"
#include "tide-mark-frames.h"
#include "tide-sample-frames.h"

#include <string.h>

static void
put_gc (TideBuffer *buffer, gint64 time_ns, guint generation)
{
  const TideGcInfo gc = { time_ns, 2 * MS_NS, 12, 0, -3, generation, 1 };

  tide_put_gc (buffer, 0, &gc);
}

static void
put_mark (TideBuffer *buffer, gint64 time_ns, guint kind, guint id, TideSlice text)
{
  const TideMarkInfo mark = { time_ns, id, 100, 1, (TideMarkKind)kind, text };

  tide_put_mark (buffer, 0, &mark);
}

static TideRecording *
load (const TideBuffer *buffer)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  TideRecording *recording = tide_recording_new ();
  TideBatch *batch;

  g_assert_true (tide_buffer_ok (buffer));
  g_assert_true (tide_decoder_push (decoder, buffer->data, buffer->length, NULL));
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    {
      g_assert_false (tide_batch_is_empty (batch));
      tide_recording_append (recording, batch);
    }
  return recording;
}

static TideRecording *
make_recording (void)
{
  const TideThreadInfo thread = { 77, SLICE ("main") };
  g_autoptr (TideRecording) recording = NULL;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  tide_put_thread (&buffer, 0, &thread);
  put_mark (&buffer, 1 * MS_NS, TIDE_MARK_SPAN_BEGIN, 5, SLICE ("lo\xff\nad"));
  put_gc (&buffer, 2 * MS_NS, 0);
  put_gc (&buffer, 3 * MS_NS, 1);
  put_mark (&buffer, 4 * MS_NS, TIDE_MARK_SPAN_END, 5, SLICE (""));
  put_mark (&buffer, 4 * MS_NS, TIDE_MARK_SNAPSHOT, 0, SLICE ("A"));
  put_gc (&buffer, 4 * MS_NS, 2);
  /* Of a newer version.  */
  put_mark (&buffer, 6 * MS_NS, 99, 0, SLICE ("later"));
  put_mark (&buffer, 7 * MS_NS, TIDE_MARK_MESSAGE, 0, SLICE ("last"));
  recording = load (&buffer);
  tide_buffer_finish (&buffer);
  return g_steal_pointer (&recording);
}

static char *
export_csv (TideRecording *recording, TideSpan span, const char *filter)
{
  const TideExportOptions options = {
    .view = TIDE_VIEW_MARKERS, .format = TIDE_EXPORT_CSV, .span = span, .filter = filter, .top = -1
  };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  g_assert_true (tide_export (recording, &options, stream, NULL, NULL));
  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
}

#define KEYS "t,pid,kind,text,id,thread,rss,duration_s,drss,generation,collected,uncollectable\n"
#define GC(t, generation)                                                                                    \
  t ",42,gc,\"Garbage collection, generation " generation ": 12 objects freed in 2 ms, RSS \xe2\x88\x92"     \
    "12 KiB\",,77,,0.002,-12288," generation ",12,0\n"
#define BEGIN                                                                                                \
  "0.001,42,span-begin,\"lo\xef\xbf\xbd\n"                                                                   \
  "ad\",5,77,409600,,,,,\n"

static void
test_rows (void)
{
  static const struct
  {
    TideSpan span;
    const char *filter;
    const char *expected;
  } cases[] = {
    { { G_MININT64, G_MAXINT64 },
      NULL,
      KEYS BEGIN GC ("0.002", "0")
          GC ("0.003", "1") "0.004,42,span-end,\"\",5,77,409600,,,,,\n"
                            "0.004,42,snapshot,A,0,77,409600,,,,,\n" GC (
                                "0.004", "2") "0.006,42,message,later,0,77,409600,,,,,\n"
                                              "0.007,42,message,last,0,77,409600,,,,,\n" },
    { { 2 * MS_NS, 4 * MS_NS }, NULL, KEYS GC ("0.002", "0") GC ("0.003", "1") },
    { { 5 * MS_NS, G_MAXINT64 },
      NULL,
      KEYS "0.006,42,message,later,0,77,409600,,,,,\n0.007,42,message,last,0,77,409600,,,,,\n" },
    { { 8 * MS_NS, G_MAXINT64 }, NULL, KEYS },
    { { G_MININT64, G_MAXINT64 }, "SNAP", KEYS "0.004,42,snapshot,A,0,77,409600,,,,,\n" },
  };
  g_autoptr (TideRecording) recording = make_recording ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = export_csv (recording, cases[i].span, cases[i].filter);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

/* What no helper writes is damage, wherever it stands.  */
static void
test_damage (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      const TideGcInfo gc = { .thread = 1 };
      const TideMarkInfo mark = { .thread = 1 };
      TideBuffer buffer;

      tide_buffer_init (&buffer);
      sample_put_hello (&buffer, 0, 42);
      /* There is no thread 1.  */
      if (i == 0)
        tide_put_gc (&buffer, 0, &gc);
      else
        tide_put_mark (&buffer, 0, &mark);
      g_assert_false (tide_decoder_push (decoder, buffer.data, buffer.length, NULL));
      tide_buffer_finish (&buffer);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export-markers/rows", test_rows);
  g_test_add_func ("/export-markers/damage", test_damage);
  return g_test_run ();
}
