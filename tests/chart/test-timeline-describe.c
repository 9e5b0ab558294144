#include "tide-chart-fixture.h"
#include "tide-wire.h"

static TideTheme theme;

static void
test_describe (void)
{
  static const struct
  {
    gint64 first, middle, last;
    const char *text;
  } cases[] = {
    { 16, 512, 96, "Memory from 0:00 to 0:20: peak 512 MiB at 0:13, 96 MiB at the end, rises by 80 MiB." },
    { 96, 512, 16, "Memory from 0:00 to 0:20: peak 512 MiB at 0:13, 16 MiB at the end, falls by 80 MiB." },
    { 16, 16, 16, "Memory from 0:00 to 0:20: peak 16 MiB at 0:00, 16 MiB at the end, as at the start." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideRecording) recording = tide_fixture_recording ();
      TideRssSample samples[] = {
        { 0, cases[i].first * TIDE_MIB },
        { 13 * TIDE_S, cases[i].middle * TIDE_MIB },
        { 15 * TIDE_S, cases[i].last * TIDE_MIB },
        { 20 * TIDE_S, cases[i].last * TIDE_MIB },
      };
      TideTimelineView view;
      g_autofree char *text = NULL;
      g_auto (GStrv) parts = NULL;
      g_autofree char *plain = NULL;

      tide_fixture_add_samples (recording, samples, G_N_ELEMENTS (samples));
      view = tide_fixture_view (recording, &theme);
      text = tide_timeline_describe (&view);
      /* Which blank stands before a unit is not ours to say.  */
      parts = g_strsplit (text, "\302\240", -1);
      plain = g_strjoinv (" ", parts);
      g_assert_cmpstr (plain, ==, cases[i].text);
    }
}

static void
test_nothing (void)
{
  TideTimelineView view = { .visible = { 0, 20 * TIDE_S }, .theme = &theme };
  g_autofree char *text = tide_timeline_describe (&view);

  g_assert_cmpstr (text, ==, "Memory from 0:00 to 0:20: nothing was measured.");
}

/* This layer knows the wire's kinds by their numbers only.  */
static void
test_end_text (void)
{
  static const struct
  {
    TideEndKind kind;
    guint value;
    const char *text;
    gboolean bad;
  } cases[] = {
    { TIDE_END_EXITED, 0, "exit status 0", FALSE },        { TIDE_END_EXITED, 3, "exit status 3", TRUE },
    { TIDE_END_SIGNALLED, 9, "killed by signal 9", TRUE }, { TIDE_END_DETACHED, 0, "detached", FALSE },
    { TIDE_END_UNKNOWN, 0, "lost sight of", FALSE },
  };
  g_autoptr (TideRecording) running = tide_fixture_recording ();

  g_assert_null (tide_timeline_dup_end_text (tide_recording_get_process (running, 0), NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideRecording) recording = tide_fixture_recording ();
      g_autofree char *text = NULL;
      gboolean bad;

      tide_fixture_end (recording, TIDE_S, cases[i].kind, cases[i].value);
      text = tide_timeline_dup_end_text (tide_recording_get_process (recording, 0), &bad);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (bad, ==, cases[i].bad);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tide_theme_init (&theme, FALSE);
  g_test_add_func ("/timeline-describe/describe", test_describe);
  g_test_add_func ("/timeline-describe/nothing", test_nothing);
  g_test_add_func ("/timeline-describe/end-text", test_end_text);
  return g_test_run ();
}
