#include "tide-process-log.h"
#include "tide-loader.h"
#include "tide-sample-frames.h"
#include "tide-store-error.h"
#include "tide-wire.h"

#include <string.h>

#define TAG "ProcessLoggingThread-JSON"

static TideRecording *
load_text (const char *text, gsize length, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize)length, NULL);

  return tide_load_stream (stream, NULL, error);
}

static TideRecording *
load_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  TideRecording *recording = load_text (text, strlen (text), &error);

  g_assert_no_error (error);
  return recording;
}

static gint64
last_rss (TideProcess *process)
{
  TideExtent extent;

  g_assert_true (tide_series_extent (tide_process_get_rss (process), 0, G_MAXINT64, &extent));
  return extent.last;
}

static char *
join_labels (TideProcess *process)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < tide_process_get_n_marks (process); i++)
    {
      const TideMark *mark = tide_process_get_mark (process, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT ":%s", i > 0 ? "|" : "",
                              (gint64)(mark->time_ns / MS_NS), mark->text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* As other tools and other systems wrote them: all of it is read, and nothing is complained of.  */
static void
test_logs_of_others (void)
{
  static const struct
  {
    const char *name;
    guint pid;
    gint64 last_ms, rss_bytes, peak_bytes;
    guint n_labels;
  } logs[] = {
    { "linux-psutil-5.9.log", 11110, 2592, 22523904, 89636864, 7 },
    { "linux-psutil-8.log", 10932, 2592, 21479424, 88592384, 7 },
    { "macos.log", 25676, 13322, 12779520, 394448896, 8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autofree char *path =
          g_build_filename (g_getenv ("PAGETIDE_TEST_DATA"), "process-logs", logs[i].name, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = tide_load (file, NULL, NULL, NULL, &error);
      TideProcess *process;
      TideExtent extent;

      g_assert_no_error (error);
      process = tide_recording_get_process (recording, 0);
      g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 1);
      g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
      g_assert_true (tide_recording_is_complete (recording));
      g_assert_cmpuint (tide_process_get_info (process)->pid, ==, logs[i].pid);
      g_assert_cmpint (tide_recording_get_last_time (recording) / MS_NS, ==, logs[i].last_ms);
      g_assert_true (tide_series_extent (tide_process_get_rss (process), 0, G_MAXINT64, &extent));
      g_assert_cmpint (extent.last, ==, logs[i].rss_bytes);
      g_assert_cmpint (extent.max, ==, logs[i].peak_bytes);
      g_assert_cmpuint (tide_process_get_n_marks (process), ==, logs[i].n_labels);
      g_assert_cmpuint (tide_process_get_n_statuses (process), >, 20);
    }
}

/* A lane for each process, whatever stands between the lines and in whatever order they come.  */
static void
test_lanes (void)
{
  g_autoptr (TideRecording) recording = load_good (
      "hello\n" TAG "\n" TAG "-ODD {\"pid\": 9, \"elapsed_time\": 1}\n"
      "2026 - x - " TAG "-STOP {\"pid\": 7, \"timestamp\": \"2026-01-02 03:04:05.000000\", \"elapsed_time\": "
      "10.0, "
      "\"memory_info\": {\"rss\": 8192}, \"label\": \"before START \\u65e5\\n\\\"q\\\"\"}\n"
      "noise {\"pid\": 1}\r\n" TAG "-START {\"pid\": 7, \"timestamp\": \"2026-01-02 03:04:05.500000\", "
      "\"elapsed_time\": 10.5, \"memory_info\": {\"rss\": 12288, \"pfaults\": 30, \"pageins\": 10}, "
      "\"cpu_times\": "
      "{\"user\": 0.5, \"system\": 0.25}}\n" TAG "-START {\"pid\": 8, \"timestamp\": \"2026-01-02 "
      "03:04:06.000000\", \"memory_info\": {\"rss\": 4096}, \"label\": \"eight\"}\n" TAG
      " {\"pid\": 8, \"timestamp\": \"2026-01-02 03:04:07.250000\", \"memory_info\": {\"vms\": 1}}\n" TAG
      "-STOP {\"pid\": 8, \"timestamp\": \"2026-01-02 03:04:08\", \"memory_info\": {\"rss\": 16384}}");
  TideProcess *seven = tide_recording_get_process (recording, 0),
              *eight = tide_recording_get_process (recording, 1);
  g_autofree char *sevens = join_labels (seven);
  g_autofree char *eights = join_labels (eight);

  g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 2);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  g_assert_cmpuint (tide_process_get_info (seven)->pid, ==, 7);
  g_assert_cmpuint (tide_process_get_info (eight)->pid, ==, 8);
  g_assert_cmpstr (sevens, ==, "0:before START 日\n\"q\"");
  g_assert_cmpstr (eights, ==, "1000:eight");
  g_assert_cmpint (last_rss (seven), ==, 12288);
  g_assert_cmpint (last_rss (eight), ==, 16384);
  g_assert_cmpint (tide_process_get_last_time (seven), ==, 500 * MS_NS);
  g_assert_cmpint (tide_process_get_last_time (eight), ==, 3000 * MS_NS);
  g_assert_cmpuint (tide_process_get_end (seven)->kind, ==, TIDE_END_UNKNOWN);
  g_assert_cmpuint (tide_process_get_end (eight)->kind, ==, TIDE_END_DETACHED);
  g_assert_cmpuint (tide_process_get_n_statuses (seven), ==, 1);
  g_assert_cmpint (tide_process_get_status (seven, 0)->minor_faults, ==, 20);
  g_assert_cmpint (tide_process_get_status (seven, 0)->major_faults, ==, 10);
  g_assert_cmpint (tide_process_get_status (seven, 0)->cpu_ns, ==, 750 * MS_NS);
}

/* Bytes may come in pieces of any size.  */
static void
test_pieces (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PAGETIDE_TEST_DATA"), "process-logs", "macos.log", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) whole = g_string_new (NULL);
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize step = length; step > 0; step = step > 4096 ? 4096 : step / 7)
    {
      g_autoptr (TideDecoder) decoder = tide_decoder_new ();
      g_autoptr (TideProcessLog) log = tide_process_log_new (decoder);
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) described = g_string_new (NULL);
      TideBatch *batch;

      for (gsize at = 0; at < length; at += step)
        g_assert_true (
            tide_process_log_push (log, (const guint8 *)text + at, MIN (step, length - at), &error));
      g_assert_true (tide_process_log_end (log, &error));
      while ((batch = tide_decoder_pop (decoder)) != NULL)
        {
          sample_describe (described, batch);
          tide_batch_free (batch);
        }
      if (whole->len == 0)
        g_string_append (whole, described->str);
      g_assert_cmpuint (whole->len, >, 1000);
      g_assert_cmpstr (described->str, ==, whole->str);
    }
}

/* Each damaged line is left out and told of; the lines around it are read.  */
static void
test_damage (void)
{
  static const char good[] = TAG " {\"pid\": 1, \"elapsed_time\": 2, \"memory_info\": {\"rss\": 4096}}\n";
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *deeper = g_strdup_printf ("{\"a\": %s", deep);
  const char *const cases[] = {
    "{\"pid\": 1, \"elapsed_time\": 2",
    "{\"pid\": 1, \"elapsed_time\": 2} x",
    "{\"pid\": -1, \"elapsed_time\": 2}",
    "{\"pid\": 1e300, \"elapsed_time\": 2}",
    "{\"pid\": \"1\", \"elapsed_time\": 2}",
    "{\"elapsed_time\": 2}",
    "{\"pid\": 1}",
    "{\"pid\": 1, \"elapsed_time\": 1e300}",
    "{\"pid\": 1, \"timestamp\": \"yesterday\"}",
    "{\"pid\": [1], \"elapsed_time\": 2}",
    "{\"\xff\": 1}",
    "{",
    deeper,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (good, TAG " ", cases[i], "\n", good, NULL);
      g_autoptr (TideRecording) recording = load_good (text);

      g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
      g_assert_nonnull (strstr (tide_recording_get_diagnostic (recording, 0), "Line 2 "));
      g_assert_cmpint (last_rss (tide_recording_get_process (recording, 0)), ==, 4096);
    }
}

static void
test_much_damage (void)
{
  g_autoptr (GString) text =
      g_string_new (TAG " {\"pid\": 1, \"elapsed_time\": 2, \"memory_info\": {\"rss\": 4096}}\n");
  g_autoptr (TideRecording) recording = NULL;
  guint n;

  for (guint i = 0; i < 1500; i++)
    g_string_append (text, TAG " {\n");
  recording = load_good (text->str);
  n = tide_recording_get_n_diagnostics (recording);
  g_assert_cmpuint (n, ==, 21);
  g_assert_nonnull (strstr (tide_recording_get_diagnostic (recording, n - 1), "500 lines"));
}

/* More than is ever held at once.  */
static void
test_long_lines (void)
{
  static const char good[] = TAG " {\"pid\": 1, \"elapsed_time\": 2, \"memory_info\": {\"rss\": 4096}}\n";
  g_autofree char *filler = g_strnfill (600000, 'x');
  g_autofree char *text = g_strconcat (good, filler, "\n", TAG " {", filler, "\n", good, TAG " {", NULL);
  g_autoptr (TideRecording) recording = load_good (text);

  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
  g_assert_nonnull (strstr (tide_recording_get_diagnostic (recording, 0), "Line 5 "));
}

/* As many as there are streams; the processes beyond that are told of.  */
static void
test_many_processes (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TideRecording) recording = NULL;

  for (guint i = 1; i <= 4098; i++)
    g_string_append_printf (text,
                            TAG " {\"pid\": %u, \"elapsed_time\": 2, \"memory_info\": {\"rss\": 4096}}\n", i);
  recording = load_good (text->str);
  g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 4096);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 2);
}

static void
test_none (void)
{
  static const struct
  {
    const char *text;
    TideStoreError code;
  } cases[] = {
    { "nothing of the kind\n", TIDE_STORE_ERROR_NOT_A_RECORDING },
    { TAG "\n", TIDE_STORE_ERROR_DAMAGED },
    { TAG " {\"pid\"", TIDE_STORE_ERROR_DAMAGED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_text (cases[i].text, strlen (cases[i].text), &error));
      g_assert_error (error, TIDE_STORE_ERROR, (int)cases[i].code);
    }
}

/* Wherever it is cut, what is whole is read.  */
static void
test_cut_anywhere (void)
{
  static const char text[] =
      TAG "-START {\"pid\": 1, \"elapsed_time\": 2, \"memory_info\": {\"rss\": 4096}, \"label\": "
          "\"a\\\"b\"}\n" TAG " {\"pid\": 1, \"elapsed_time\": 3, \"memory_info\": {\"rss\": 8192}}\n";
  gsize first = (gsize)(strchr (text, '\n') - text);

  for (gsize cut = 0; cut < sizeof text; cut++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = load_text (text, cut, &error);

      g_assert_true ((recording != NULL) == (cut >= first));
      if (recording != NULL)
        g_assert_cmpint (last_rss (tide_recording_get_process (recording, 0)), ==,
                         cut >= sizeof text - 2 ? 8192 : 4096);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process-log/logs-of-others", test_logs_of_others);
  g_test_add_func ("/process-log/lanes", test_lanes);
  g_test_add_func ("/process-log/pieces", test_pieces);
  g_test_add_func ("/process-log/damage", test_damage);
  g_test_add_func ("/process-log/much-damage", test_much_damage);
  g_test_add_func ("/process-log/long-lines", test_long_lines);
  g_test_add_func ("/process-log/many-processes", test_many_processes);
  g_test_add_func ("/process-log/none", test_none);
  g_test_add_func ("/process-log/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
