#include "model-fixture.h"
#include "tide-mark.h"

#include <locale.h>

static void
test_describe (void)
{
  const TideCollection collection = {
    .duration_ns = 12000000, .delta_bytes = 4096, .collected = 1234, .generation = 2
  };
  TideCollection stuck = collection;
  static const struct
  {
    TideMarkerKind kind;
    const char *name, *text;
  } marks[] = {
    { TIDE_MARKER_MESSAGE, "message", "a “b”" },
    { TIDE_MARKER_SPAN_BEGIN, "span-begin", "Begin of “a “b””" },
    { TIDE_MARKER_SPAN_END, "span-end", "End of “a “b””" },
    { TIDE_MARKER_SNAPSHOT, "snapshot", "Snapshot “a “b””" },
  };
  g_autofree char *text = tide_collection_describe (&collection);
  g_autofree char *more = NULL;

  g_assert_cmpstr (text, ==,
                   "Garbage collection, generation 2: 1\u202f234 objects freed in 12 ms, RSS +4 KiB");
  stuck.uncollectable = 3;
  more = tide_collection_describe (&stuck);
  g_assert_nonnull (strstr (more, "3 not collectable"));
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      TideMark mark = { .kind = (guint8)marks[i].kind, .text = (char *)"a “b”" };
      g_autofree char *description = tide_mark_describe (&mark);

      g_assert_cmpstr (tide_marker_kind_get_name (marks[i].kind), ==, marks[i].name);
      g_assert_cmpstr (description, ==, marks[i].text);
    }
}

static void
append_mark (TideBatch *batch, gint64 time_ns, char *text, guint kind)
{
  TideMark mark = { .time_ns = time_ns, .text = text, .kind = (guint8)kind, .rss_bytes = -5, .thread = 9 };

  g_array_append_val (batch->marks, mark);
}

/* What is wrong is made harmless; times stay in order; the process owns the texts.  */
static void
test_process (void)
{
  g_autoptr (TideRecording) recording = tide_recording_new ();
  TideBatch *batch = tide_batch_new (0);
  TideCollection collections[] = { { .time_ns = 10, .duration_ns = -4, .collected = -1, .thread = 3 },
                                   { .time_ns = 5, .delta_bytes = G_MININT64 } };
  TideProcess *process;

  g_array_append_vals (batch->collections, collections, G_N_ELEMENTS (collections));
  append_mark (batch, 20, g_strdup ("a"), TIDE_MARKER_SNAPSHOT);
  append_mark (batch, 15, NULL, 200);
  g_assert_false (tide_batch_is_empty (batch));
  tide_recording_append (recording, batch);

  process = tide_recording_get_process (recording, 0);
  g_assert_cmpuint (tide_process_get_n_collections (process), ==, 2);
  g_assert_cmpint (tide_process_get_collection (process, 0)->duration_ns, ==, 0);
  g_assert_cmpint (tide_process_get_collection (process, 0)->collected, ==, 0);
  g_assert_cmpuint (tide_process_get_collection (process, 0)->thread, ==, 0);
  g_assert_cmpint (tide_process_get_collection (process, 1)->time_ns, ==, 10);
  g_assert_cmpint (tide_process_get_collection (process, 1)->delta_bytes, <, 0);
  g_assert_cmpint (tide_process_get_collection (process, 1)->delta_bytes, >, G_MININT64 / 4);
  g_assert_null (tide_process_get_collection (process, 2));
  g_assert_cmpuint (tide_process_get_n_marks (process), ==, 2);
  g_assert_cmpstr (tide_process_get_mark (process, 0)->text, ==, "a");
  g_assert_cmpint (tide_process_get_mark (process, 0)->rss_bytes, ==, 0);
  g_assert_cmpstr (tide_process_get_mark (process, 1)->text, ==, "");
  g_assert_cmpint (tide_process_get_mark (process, 1)->time_ns, ==, 20);
  g_assert_cmpuint (tide_process_get_mark (process, 1)->kind, ==, TIDE_MARKER_SNAPSHOT);
  g_assert_null (tide_process_get_mark (process, 2));
  g_assert_cmpuint (tide_process_count_marks_before (process, 20), ==, 0);
  g_assert_cmpuint (tide_process_count_marks_before (process, 21), ==, 2);
  g_assert_cmpuint (tide_process_count_collections_before (process, 10), ==, 0);
  g_assert_cmpuint (tide_process_count_collections_before (process, 11), ==, 2);
  g_assert_cmpint (tide_process_get_last_time (process), ==, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mark/describe", test_describe);
  g_test_add_func ("/mark/process", test_process);
  return g_test_run ();
}
