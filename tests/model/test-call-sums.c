#include "config.h"

#include "model-fixture.h"
#include "tide-call-sums.h"

static void
count (TideBatch *batch, gint64 time_ns, guint32 code, guint64 so_far)
{
  TideCallCount row = { time_ns, code, so_far };

  g_array_append_val (batch->call_counts, row);
}

/* Functions: 1 and its second code id 3, 2, and 4, of whom nothing is said.  */
static TideRecording *
make (void)
{
  TideBatch *batch = tide_batch_new (0);
  guint32 file = fixture_string (batch, "a.py");
  guint32 f = fixture_string (batch, "f"), g = fixture_string (batch, "g"), h = fixture_string (batch, "h");

  fixture_code (batch, file, f, 1);
  fixture_code (batch, file, g, 5);
  fixture_code (batch, file, f, 1);
  fixture_code (batch, file, h, 9);
  count (batch, 100, 1, 10);
  count (batch, 100, 2, 7);
  count (batch, 200, 1, 15);
  count (batch, 200, 3, 1000);
  count (batch, 300, 2, 8);
  return fixture_recording (batch);
}

static void
assert_sums (TideRecording *recording, TideSpan span, gint64 first, gint64 second)
{
  gint64 sums[5] = { -7, -7, -7, -7, -7 };

  g_assert_true (tide_call_sums (tide_recording_get_process (recording, 0), span, sums, 4, NULL));
  g_assert_cmpint (sums[1], ==, first);
  g_assert_cmpint (sums[2], ==, second);
  g_assert_cmpint (sums[3], ==, 0);
  g_assert_cmpint (sums[4], ==, 0);
}

static void
test_ranges (void)
{
  g_autoptr (TideRecording) recording = make ();

  assert_sums (recording, TIDE_SPAN_ALL, 1015, 8);
  assert_sums (recording, (TideSpan){ 0, 301 }, 1015, 8);
  assert_sums (recording, (TideSpan){ G_MININT64, 200 }, 10, 7);
  assert_sums (recording, (TideSpan){ 101, 201 }, 1005, 0);
  assert_sums (recording, (TideSpan){ 201, G_MAXINT64 }, 0, 1);
  assert_sums (recording, (TideSpan){ 500, 600 }, 0, 0);
  assert_sums (recording, (TideSpan){ 300, 100 }, 0, 0);
}

/* Codes that came after they were counted are left out.  */
static void
test_later_codes (void)
{
  g_autoptr (TideRecording) recording = make ();
  gint64 sums[2];

  g_assert_true (
      tide_call_sums (tide_recording_get_process (recording, 0), (TideSpan){ 0, 1000 }, sums, 1, NULL));
  g_assert_cmpint (sums[1], ==, 1015);
}

/* Times and counts that go back, codes that are not there, and counts that no program reaches.  */
static void
test_damaged (void)
{
  g_autoptr (TideRecording) recording = make ();
  TideBatch *batch = tide_batch_new (0);
  gint64 sums[5];

  count (batch, 50, 1, 12);
  count (batch, 50, 99, 12);
  count (batch, 50, 0, 12);
  count (batch, 400, 2, G_MAXUINT64);
  tide_recording_append (recording, batch);
  assert_sums (recording, (TideSpan){ 0, 300 }, 1015, 7);
  assert_sums (recording, (TideSpan){ 301, 400 }, 0, 0);
  g_assert_true (
      tide_call_sums (tide_recording_get_process (recording, 0), (TideSpan){ 301, 401 }, sums, 4, NULL));
  g_assert_cmpint (sums[2], ==, G_MAXUINT32);
}

static void
test_not_counted (void)
{
  TideBatch *batch = tide_batch_new (0);
  g_autoptr (TideRecording) recording = NULL;
  gint64 sums[2];

  fixture_code (batch, fixture_string (batch, "a.py"), fixture_string (batch, "f"), 1);
  recording = fixture_recording (batch);
  g_assert_false (tide_call_sums (tide_recording_get_process (recording, 0), TIDE_SPAN_ALL, sums, 1, NULL));
  g_assert_false (
      tide_call_sums (tide_recording_get_process (recording, 0), (TideSpan){ 0, 9 }, sums, 1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-sums/ranges", test_ranges);
  g_test_add_func ("/call-sums/later-codes", test_later_codes);
  g_test_add_func ("/call-sums/damaged", test_damaged);
  g_test_add_func ("/call-sums/not-counted", test_not_counted);
  return g_test_run ();
}
