#include "tide-decoder.h"
#include "tide-export.h"
#include "tide-sample-frames.h"
#include "tide-sites-frames.h"

#include <gio/gio.h>

/* A program of two functions that took Python memory, and RSS in one line.  */
static void
put_head (TideBuffer *buffer)
{
  static const TideCodeInfo codes[] = { { 1, 2, 10 }, { 1, 3, 20 } };
  static const TideNodeInfo node = { 0, 1, 12 };
  TideEvent event = {
    .time_ns = MS_NS, .delta_pages = 2, .rss_pages = 2, .node = 1, .source = TIDE_SOURCE_ALLOC
  };

  sample_put_hello (buffer, 0, 42);
  tide_put_string (buffer, 0, SLICE ("a.py"));
  tide_put_string (buffer, 0, SLICE ("main"));
  tide_put_string (buffer, 0, SLICE ("load"));
  tide_put_code (buffer, 0, &codes[0]);
  tide_put_code (buffer, 0, &codes[1]);
  tide_put_node (buffer, 0, &node);
  tide_put_events (buffer, 0, &event, 1);
}

static TideSiteEntry
make (guint32 id, TideSiteKind kind, guint32 code, guint32 line, guint64 bytes)
{
  return (TideSiteEntry){ .id = id,
                          .is_new = true,
                          .kind = kind,
                          .code = code,
                          .line = line,
                          .live_bytes = bytes,
                          .live_blocks = bytes / 10,
                          .allocated_bytes = 3 * bytes,
                          .n_allocated = 3 * bytes / 10,
                          .freed_bytes = 2 * bytes,
                          .n_freed = 2 * bytes / 10,
                          .peak_bytes = 2 * bytes,
                          .n_temporary = bytes / 100,
                          .live_error = bytes / 5,
                          .allocated_error = bytes / 4 };
}

static TideRecording *
decode (const TideBuffer *buffer, gboolean *good)
{
  TideRecording *recording = tide_recording_new ();
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  TideBatch *batch;

  *good = tide_decoder_push (decoder, buffer->data, buffer->length, NULL);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  return recording;
}

static char *export(TideRecording *recording, TideView view)
{
  TideExportOptions options = {
    .view = view, .format = TIDE_EXPORT_CSV, .span = TIDE_SPAN_ALL, .top = -1, .sort = "live"
  };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (tide_export (recording, &options, stream, NULL, &error));
  g_assert_no_error (error);
  g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

/* From frames to rows.  */
static void
test_rows (void)
{
  TideSiteEntry entries[] = { make (1, TIDE_SITE_FUNCTION, 1, 0, 1500), make (2, TIDE_SITE_LINE, 1, 12, 1000),
                              make (3, TIDE_SITE_LINE, 1, 13, 500), make (4, TIDE_SITE_LINE, 2, 21, 3000) };
  TideBuffer buffer;
  g_autoptr (TideRecording) recording = NULL;
  g_autofree char *functions = NULL, *lines = NULL;
  gboolean good;

  tide_buffer_init (&buffer);
  put_head (&buffer);
  tide_put_sites (&buffer, 0, 2 * MS_NS, 65536, entries, 3);
  tide_put_sites (&buffer, 0, 3 * MS_NS, 65536, entries + 3, 1);
  recording = decode (&buffer, &good);
  g_assert_true (good);
  functions = export(recording, TIDE_VIEW_FUNCTIONS);
  g_assert_cmpstr (
      functions, ==,
      "function,file,line,calls,rss_self,rss_total,rss_rise,rss_fall,allocated,freed,live,peak,samples,"
      "hot_line,pid,allocations,blocks,temporary,allocated_error,live_error\n"
      "load,a.py,20,,0,0,0,0,9000,6000,3000,6000,0,,42,900,300,30,750,600\n"
      "main,a.py,10,,8192,8192,8192,0,4500,3000,1500,3000,1,12,42,450,150,15,280,224\n");
  lines = export(recording, TIDE_VIEW_LINES);
  g_assert_cmpstr (lines, ==,
                   "file,line,function,rss_self,allocated,freed,live,peak,allocations,blocks,temporary,"
                   "allocated_error,live_error,samples,pid\n"
                   "a.py,21,load,0,9000,6000,3000,6000,900,300,30,750,600,0,42\n"
                   "a.py,12,main,8192,3000,2000,1000,2000,300,100,10,250,200,1,42\n"
                   "a.py,13,main,0,1500,1000,500,1000,150,50,5,125,100,0,42\n");
  tide_buffer_finish (&buffer);
}

static void
assert_damaged (const TideSiteEntry *entries, guint n)
{
  TideBuffer buffer;
  g_autoptr (TideRecording) recording = NULL;
  gboolean good;

  tide_buffer_init (&buffer);
  put_head (&buffer);
  tide_put_sites (&buffer, 0, 2 * MS_NS, 0, entries, n);
  recording = decode (&buffer, &good);
  g_assert_false (good);
  tide_buffer_finish (&buffer);
}

/* Sites that are not dense, that were never told of, and of code that is not there.  */
static void
test_damaged (void)
{
  TideSiteEntry sparse = make (2, TIDE_SITE_LINE, 1, 1, 10), unknown = make (1, TIDE_SITE_LINE, 1, 1, 10);
  TideSiteEntry codeless = make (1, TIDE_SITE_LINE, 3, 1, 10);

  unknown.is_new = false;
  assert_damaged (&sparse, 1);
  assert_damaged (&unknown, 1);
  assert_damaged (&codeless, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decoder-sites/rows", test_rows);
  g_test_add_func ("/decoder-sites/damaged", test_damaged);
  return g_test_run ();
}
