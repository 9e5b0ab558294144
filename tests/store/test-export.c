#include "tide-export.h"
#include "tide-decoder.h"
#include "tide-sample-frames.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define LO                                                                                                   \
  "lo\xef\xbf\xbd"                                                                                           \
  "ad, \"it\"\n"
#define LO_CSV                                                                                               \
  "\"lo\xef\xbf\xbd"                                                                                         \
  "ad, \"\"it\"\"\n\""
#define ARGV_CSV "\"python3 'ba\ntch.py' --n\xef\xbf\xbd\""

/* What the frames of BUFFER, which it finishes, tell.  */
static TideRecording *
decode (TideBuffer *buffer)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  TideRecording *recording = tide_recording_new ();
  TideBatch *batch;

  g_assert_true (tide_decoder_push (decoder, buffer->data, buffer->length, NULL));
  tide_buffer_finish (buffer);
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  return recording;
}

/* Two processes: that of sample_put_life(), and one that only began.  */
static TideRecording *
make_recording (void)
{
  TideRecording *recording;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  sample_put_life (&buffer, 0, 42);
  sample_put_hello (&buffer, 1, 43);
  recording = decode (&buffer);
  tide_recording_add_diagnostic (recording, "Something is missing.");
  return recording;
}

/* Whether the person reads a language that writes English in brackets.  */
static gboolean foreign;

/* Stands in for GLib's, so that no language need be installed.  */
const gchar *
g_dgettext (const gchar *domain, const gchar *text)
{
  g_autofree char *translated = g_strdup_printf ("<%s>", text);

  return foreign ? g_intern_string (translated) : text;
}

static char *export(TideRecording *recording, const TideExportOptions *options, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  if (!tide_export (recording, options, stream, NULL, error))
    return NULL;
  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
}

#define WHOLE .span = { G_MININT64, G_MAXINT64 }
#define ALL WHOLE, .top = -1
#define CSV .format = TIDE_EXPORT_CSV
#define TEXT .format = TIDE_EXPORT_TEXT
#define SUMMARY_KEYS                                                                                         \
  "pid,python,argv,exit,exit_status,duration_s,rss_start,rss_end,rss_peak,rss_peak_t,rss_rise,attributed,"   \
  "before_measuring,outside_python,shutdown,lost,instruments,messages,agent_bytes,"                          \
  "agent_cpu_s,helper_cpu_s,events_cpu_s,faults_cpu_s,calls_cpu_s,lines_cpu_s,bytes_cpu_s,"                  \
  "bytes_sampled_cpu_s,gc_cpu_s,refused,rss_unit\n"
#define FUNCTION_KEYS                                                                                        \
  "function,file,line,calls,rss_self,rss_total,rss_rise,rss_fall,allocated,freed,live,peak,samples,hot_"     \
  "line,pid,allocations,blocks,temporary,allocated_error,live_error\n"
#define LOAD_ROW LO_CSV ",/home/someone/batch.py,20,,282624,282624,282624,0,,,,,2,22,42,,,,,\n"
#define MAIN_ROW "main,/home/someone/batch.py,10,,-16384,266240,0,16384,,,,,1,12,42,,,,,\n"
#define BEFORE_ROW "[before measuring],,,,409600,409600,409600,0,,,,,1,,42,,,,,\n"

static const struct
{
  const char *name;
  TideExportOptions options;
  const char *expected;
} goldens[] = {
  { "summary",
    { .view = TIDE_VIEW_SUMMARY, CSV, ALL },
    SUMMARY_KEYS
    "42,3.11.2," ARGV_CSV ",exited,3,0.07,409600,675840,675840,0.04,266240,266240,409600,0,0,7,"
    "sampler events,Caf\357\277\275,4096,0.000001,0.000002,0.0000007,,,,,,,'faults: Not here.',4096\n"
    "43,," ARGV_CSV ",,,0.0,,,,,,,,,,0,sampler events,\"\",,,,,,,,,,,\"\",\n" },
  { "summary of one process and a span",
    { .view = TIDE_VIEW_SUMMARY, CSV, .pid = 42, .top = -1, .span = { 15 * MS_NS, 40 * MS_NS } },
    SUMMARY_KEYS
    "42,3.11.2," ARGV_CSV ",exited,3,0.025,409600,655360,671744,0.02,245760,245760,0,0,0,7,"
    "sampler events,Caf\357\277\275,4096,0.000001,0.000002,0.0000007,,,,,,,'faults: Not here.',4096\n" },
  { "functions", { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL }, FUNCTION_KEYS BEFORE_ROW LOAD_ROW MAIN_ROW },
  { "functions, top", { .view = TIDE_VIEW_FUNCTIONS, CSV, WHOLE, .top = 1 }, FUNCTION_KEYS BEFORE_ROW },
  { "functions, none", { .view = TIDE_VIEW_FUNCTIONS, CSV, WHOLE, .top = 0 }, FUNCTION_KEYS },
  { "functions by text",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .sort = "function" },
    FUNCTION_KEYS MAIN_ROW LOAD_ROW BEFORE_ROW },
  { "functions by what nobody measured",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .sort = "live" },
    FUNCTION_KEYS BEFORE_ROW LOAD_ROW MAIN_ROW },
  { "functions by fall",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .sort = "rss_fall" },
    FUNCTION_KEYS MAIN_ROW BEFORE_ROW LOAD_ROW },
  { "functions, filtered by file",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .filter = "BATCH" },
    FUNCTION_KEYS LOAD_ROW MAIN_ROW },
  { "functions, filtered by function",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .filter = "AIN" },
    FUNCTION_KEYS MAIN_ROW },
  { "functions, nothing matches",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .filter = "zebra" },
    FUNCTION_KEYS },
  { "functions of nobody", { .view = TIDE_VIEW_FUNCTIONS, CSV, ALL, .pid = 99 }, FUNCTION_KEYS },
  { "functions of a span",
    { .view = TIDE_VIEW_FUNCTIONS, CSV, .top = -1, .span = { 30 * MS_NS, 40 * MS_NS } },
    FUNCTION_KEYS "main,/home/someone/batch.py,10,,-16384,-16384,0,16384,,,,,1,12,42,,,,,\n" },
  { "functions for people",
    { .view = TIDE_VIEW_FUNCTIONS, TEXT, ALL, .filter = "batch" },
    "ΔRSS self  ΔRSS total    Rises   Falls  Samples  PID  Function       Where\n"
    " +276 KiB    +276 KiB  276 KiB     0 B        2   42  lo\xef\xbf\xbd"
    "ad, \"it\"\\n  /home/someone/batch.py:20\n"
    "  −16 KiB    +260 KiB      0 B  16 KiB        1   42  main           /home/someone/batch.py:10\n" },
  { "timeline",
    { .view = TIDE_VIEW_TIMELINE, CSV, ALL },
    "t,pid,rss,pss,swap\n0.0,42,409600,,\n0.01,42,409600,,\n0.02,42,671744,,\n0.03,42,655360,,\n0.04,42,"
    "675840,,\n"
    "0.05,42,675840,,8192\n" },
  { "timeline, half-open span",
    { .view = TIDE_VIEW_TIMELINE, CSV, .top = -1, .span = { 20 * MS_NS, 40 * MS_NS } },
    "t,pid,rss,pss,swap\n0.02,42,671744,,\n0.03,42,655360,,\n" },
  { "timeline by rss",
    { .view = TIDE_VIEW_TIMELINE, CSV, WHOLE, .sort = "rss", .top = 2 },
    "t,pid,rss,pss,swap\n0.04,42,675840,,\n0.05,42,675840,,8192\n" },
  { "timeline for people",
    { .view = TIDE_VIEW_TIMELINE, TEXT, WHOLE, .top = 1 },
    "Seconds  PID      RSS  Swap\n"
    "  0.000   42  400 KiB     –\n" },
};

static void
test_goldens (void)
{
  g_autoptr (TideRecording) recording = make_recording ();

  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = export(recording, &goldens[i].options, &error);

      g_test_message ("%s", goldens[i].name);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, goldens[i].expected);
    }
}

static void
test_summary_for_people (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  const TideExportOptions options = { .view = TIDE_VIEW_SUMMARY, TEXT, ALL };
  g_autofree char *text = export(recording, &options, NULL);
  const char *const lines[] = {
    "PID                       42\n",
    "Command                   python3 'ba\\ntch.py' --n",
    "Ended                     exited with status 3\n",
    "RSS peak                  660 KiB\n",
    "Peak at second            0.040\n",
    "Sum over functions        +260 KiB\n",
    "Time of instruments       events 700 ns\n",
    "\n\nPID                       43\nPython                    –\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (strstr (text, lines[i]) == NULL)
      g_error ("“%s” is not in “%s”", lines[i], text);
}

/* The helper charges what was there before, and what the interpreter gives back at its end, to nodes of its
 * own, which have a name and no file: the rise is the program's own.  */
static void
test_before_and_after (void)
{
  g_autoptr (TideRecording) recording = NULL;
  const TideExportOptions options = { .view = TIDE_VIEW_SUMMARY, .format = TIDE_EXPORT_JSON, ALL };
  const TideEvent events[] = {
    { 0, 10, 10, 1, 0, TIDE_SOURCE_START },
    { 10, 3, 13, 0, 0, TIDE_SOURCE_OUTSIDE },
    { 20, -5, 8, 2, 0, TIDE_SOURCE_SHUTDOWN },
  };
  g_autofree char *text = NULL;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  tide_put_string (&buffer, 0, SLICE ("[before measuring]"));
  tide_put_code (&buffer, 0, &(TideCodeInfo){ 0, 1, 0 });
  tide_put_node (&buffer, 0, &(TideNodeInfo){ 0, 1, 0 });
  tide_put_string (&buffer, 0, SLICE ("[interpreter shutdown]"));
  tide_put_code (&buffer, 0, &(TideCodeInfo){ 0, 2, 0 });
  tide_put_node (&buffer, 0, &(TideNodeInfo){ 0, 2, 0 });
  tide_put_events (&buffer, 0, events, G_N_ELEMENTS (events));
  recording = decode (&buffer);
  text = export(recording, &options, NULL);
  g_assert_nonnull (strstr (
      text,
      "\"attributed\": 12288, \"before_measuring\": 40960, \"outside_python\": 12288, \"shutdown\": -20480"));
  g_assert_nonnull (strstr (text, "\"rss_start\": 40960, \"rss_end\": 53248,"));
  g_assert_nonnull (strstr (text, "\"rss_rise\": 12288,"));
}

/* People are told in their language, programs in that of the one who said it.  */
static void
test_language (void)
{
  static const TideInstrumentInfo refused = { 0, TIDE_INSTRUMENT_FAULTS, TIDE_STATE_REFUSED, 0,
                                              SLICE ("The program blocks SIGTRAP.") };
  static const TideMessage messages[] = {
    { 0, TIDE_SEVERITY_WARNING, SLICE ("A debugger is attached.") },
    { 0, TIDE_SEVERITY_WARNING, SLICE ("Nobody knows.") },
  };
  TideExportOptions options = { .view = TIDE_VIEW_SUMMARY, TEXT, ALL };
  g_autoptr (TideRecording) recording = NULL;
  g_autofree char *for_people = NULL, *for_programs = NULL;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  sample_put_hello (&buffer, 0, 42);
  tide_put_instrument (&buffer, 0, &refused);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    tide_put_message (&buffer, 0, &messages[i]);
  recording = decode (&buffer);

  foreign = TRUE;
  for_people = export(recording, &options, NULL);
  options.format = TIDE_EXPORT_JSON;
  for_programs = export(recording, &options, NULL);
  foreign = FALSE;
  g_assert_nonnull (strstr (for_people, " <A debugger is attached.> Nobody knows.\n"));
  g_assert_nonnull (strstr (for_people, " faults: <The program blocks SIGTRAP.>\n"));
  g_assert_nonnull (strstr (for_programs, "[\"A debugger is attached.\", \"Nobody knows.\"]"));
  g_assert_nonnull (strstr (for_programs, "[\"faults: The program blocks SIGTRAP.\"]"));
}

static void
test_json (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  const TideExportOptions options = {
    .view = TIDE_VIEW_FUNCTIONS, .format = TIDE_EXPORT_JSON, ALL, .path = "/tmp/\xff.x"
  };
  g_autofree char *text = export(recording, &options, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root, *object;
  JsonArray *rows;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (root, "view"), ==, "functions");
  g_assert_true (json_object_has_member (root, "pagetide"));

  object = json_object_get_object_member (root, "recording");
  g_assert_true (g_str_has_prefix (json_object_get_string_member (object, "path"), "/tmp/"));
  g_assert_cmpint (json_object_get_int_member (object, "pid"), ==, 42);
  g_assert_cmpstr (json_object_get_string_member (object, "python"), ==, "3.11.2");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "argv")), ==, 3);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "argv"), 1), ==,
                   "ba\ntch.py");
  g_assert_cmpstr (json_object_get_string_member (object, "started"), ==, "2025-06-15T15:06:40.123Z");
  g_assert_cmpfloat (json_object_get_double_member (object, "duration_s"), ==, 0.07);
  g_assert_cmpint (json_object_get_int_member (object, "lost"), ==, 7);
  g_assert_false (json_object_get_boolean_member (object, "complete"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "instruments")), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "diagnostics"), 0),
                   ==, "Something is missing.");

  rows = json_object_get_array_member (root, "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, 3);
  object = json_array_get_object_element (rows, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "function"), ==, LO);
  g_assert_cmpint (json_object_get_int_member (object, "rss_self"), ==, 282624);
  g_assert_cmpint (json_object_get_int_member (object, "line"), ==, 20);
  g_assert_cmpint (json_object_get_int_member (object, "hot_line"), ==, 22);
  g_assert_true (json_object_get_null_member (object, "calls"));
  g_assert_true (json_object_get_null_member (json_array_get_object_element (rows, 0), "file"));
}

/* A recording of nobody, in all formats.  */
static void
test_empty (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();

  for (guint view = 0; view < TIDE_N_VIEWS; view++)
    {
      TideExportOptions options = { .view = (TideView)view, .format = TIDE_EXPORT_JSON, ALL };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      g_autoptr (JsonParser) parser = json_parser_new ();

      if (!tide_view_is_supported (options.view))
        continue;
      text = export(recording, &options, &error);
      g_assert_no_error (error);
      g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
      g_assert_nonnull (strstr (text, "\"rows\": []}"));
    }
}

static void
test_refused (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  TideExportOptions options = { .view = TIDE_VIEW_TIMELINE, CSV, ALL, .sort = "rss_self" };
  g_autoptr (GError) error = NULL;

  g_assert_null (export(recording, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "t, pid, rss, pss, swap"));
  g_clear_error (&error);
  options.view = TIDE_VIEW_TREE;
  g_assert_null (export(recording, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_names (void)
{
  TideView view;

  for (guint i = 0; i < TIDE_N_VIEWS; i++)
    {
      g_assert_true (tide_view_from_name (tide_view_get_name ((TideView)i), &view));
      g_assert_cmpuint (view, ==, i);
    }
  g_assert_false (tide_view_from_name ("Summary", &view));
  g_assert_false (tide_view_from_name ("", &view));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/goldens", test_goldens);
  g_test_add_func ("/export/summary-for-people", test_summary_for_people);
  g_test_add_func ("/export/before-and-after", test_before_and_after);
  g_test_add_func ("/export/language", test_language);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/empty", test_empty);
  g_test_add_func ("/export/refused", test_refused);
  g_test_add_func ("/export/names", test_names);
  return g_test_run ();
}
