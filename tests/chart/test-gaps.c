#include "tide-gaps.h"

#include "tide-chart-fixture.h"

static TideRecording *
make_recording (void)
{
  TideRecording *recording = tide_fixture_recording ();

  for (guint i = 0; i < 10; i++)
    {
      TideRssSample sample = { i * TIDE_S, TIDE_MIB };

      tide_fixture_add_samples (recording, &sample, 1);
      if (i == 2)
        tide_fixture_add_note (recording, TIDE_NOTE_PAUSE, 2500 * TIDE_MS, 1);
      if (i == 4)
        tide_fixture_add_note (recording, TIDE_NOTE_PAUSE, 4500 * TIDE_MS, 0);
      if (i == 5)
        {
          tide_fixture_add_note (recording, TIDE_NOTE_LOST, 5500 * TIDE_MS, 10);
          tide_fixture_add_note (recording, TIDE_NOTE_LOST, 5600 * TIDE_MS, 20);
        }
    }
  return recording;
}

static void
assert_gap (GArray *gaps, guint index, TideGapKind kind, gint64 begin_ms, gint64 end_ms, gint64 n_lost)
{
  TideGap *gap;

  g_assert_cmpuint (index, <, gaps->len);
  gap = &g_array_index (gaps, TideGap, index);
  g_assert_cmpint (gap->kind, ==, kind);
  g_assert_cmpint (gap->span.begin_ns, ==, begin_ms * TIDE_MS);
  g_assert_cmpint (gap->span.end_ns, ==, end_ms * TIDE_MS);
  g_assert_cmpint (gap->n_lost, ==, n_lost);
}

static void
test_collect (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  TideProcess *process = tide_recording_get_process (recording, 0);
  g_autoptr (GArray) all = tide_gaps_collect (process, (TideSpan){ 0, 10 * TIDE_S }, 0);
  g_autoptr (GArray) merged = tide_gaps_collect (process, (TideSpan){ 0, 10 * TIDE_S }, 100 * TIDE_MS);
  g_autoptr (GArray) inside = tide_gaps_collect (process, (TideSpan){ 3 * TIDE_S, 4 * TIDE_S }, 0);
  g_autoptr (GArray) after = tide_gaps_collect (process, (TideSpan){ 6 * TIDE_S, 9 * TIDE_S }, 0);

  g_assert_cmpuint (all->len, ==, 3);
  assert_gap (all, 0, TIDE_GAP_PAUSE, 2500, 4500, 0);
  assert_gap (all, 1, TIDE_GAP_LOST, 5000, 5500, 10);
  assert_gap (all, 2, TIDE_GAP_LOST, 5000, 5600, 20);
  g_assert_cmpuint (merged->len, ==, 2);
  assert_gap (merged, 1, TIDE_GAP_LOST, 5000, 5600, 30);
  g_assert_cmpuint (inside->len, ==, 1);
  g_assert_cmpint (g_array_index (inside, TideGap, 0).span.begin_ns, ==, 2500 * TIDE_MS);
  g_assert_cmpuint (after->len, ==, 0);
}

static void
test_open_pause (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  g_autoptr (GArray) gaps = NULL;

  tide_fixture_add_note (recording, TIDE_NOTE_PAUSE, 9500 * TIDE_MS, 1);
  tide_fixture_add_note (recording, TIDE_NOTE_MESSAGE, 9900 * TIDE_MS, 0);
  gaps =
      tide_gaps_collect (tide_recording_get_process (recording, 0), (TideSpan){ 8 * TIDE_S, 20 * TIDE_S }, 0);
  g_assert_cmpuint (gaps->len, ==, 1);
  assert_gap (gaps, 0, TIDE_GAP_PAUSE, 9500, 9900, 0);
}

static void
test_is_paused (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  TideProcess *process = tide_recording_get_process (recording, 0);

  g_assert_false (tide_gaps_is_paused (process, 2400 * TIDE_MS));
  g_assert_true (tide_gaps_is_paused (process, 2500 * TIDE_MS));
  g_assert_true (tide_gaps_is_paused (process, 4400 * TIDE_MS));
  g_assert_false (tide_gaps_is_paused (process, 4500 * TIDE_MS));
  g_assert_false (tide_gaps_is_paused (process, G_MAXINT64));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gaps/collect", test_collect);
  g_test_add_func ("/gaps/open-pause", test_open_pause);
  g_test_add_func ("/gaps/is-paused", test_is_paused);
  return g_test_run ();
}
