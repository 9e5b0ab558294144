#include "tide-life.h"

#include "model-fixture.h"
#include "tide-wire.h"

G_STATIC_ASSERT (TIDE_RSS_SOURCE_SHUTDOWN == TIDE_SOURCE_SHUTDOWN);

/* One event for each letter of SOURCES, a millisecond and a mebibyte apart: s the interpreter's start, a the
 * program, o what nobody explains, e its end (which gives back).  */
static TideRecording *
make (const char *sources)
{
  TideBatch *batch = tide_batch_new (0);
  gint64 rss = 0;

  for (gint64 i = 0; sources[i] != '\0'; i++)
    {
      TideRssEvent event = { .time_ns = i * 1000000, .delta_bytes = sources[i] == 'e' ? -1048576 : 1048576 };

      event.source = sources[i] == 's'   ? TIDE_SOURCE_START
                     : sources[i] == 'a' ? TIDE_SOURCE_ALLOC
                     : sources[i] == 'o' ? TIDE_SOURCE_OUTSIDE
                                         : TIDE_SOURCE_SHUTDOWN;
      event.rss_bytes = rss += event.delta_bytes;
      g_array_append_val (batch->events, event);
      fixture_sample (batch, event.time_ns, rss);
    }
  return fixture_recording (batch);
}

static void
test_edges (void)
{
  static const struct
  {
    const char *sources;
    gint64 begin_mib, end_mib, end_ms;
    gboolean shutdown;
  } cases[] = {
    { "ssaaa", 2, 5, 4, FALSE },
    { "ssaaaee", 2, 5, 5, TRUE },
    { "aaaee", 1, 3, 3, TRUE },
    /* A thread that goes on while the interpreter ends, and what is booked late.  */
    { "ssaaaeeeeaeee", 2, 5, 5, TRUE },
    { "ssaaaeeeoo", 2, 5, 5, TRUE },
    { "ssaaaeaaeee", 2, 5, 5, TRUE },
    /* One in the midst of the program is no end.  */
    { "ssaaeaaaaaaa", 2, 10, 11, FALSE },
    { "ssaaeaaaaaee", 2, 8, 10, TRUE },
    { "sss", 3, 3, 2, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideRecording) recording = make (cases[i].sources);
      TideLife life;

      g_test_message ("%s", cases[i].sources);
      g_assert_true (tide_life_init (&life, tide_recording_get_process (recording, 0)));
      g_assert_cmpint (life.begin_rss, ==, cases[i].begin_mib << 20);
      g_assert_cmpint (life.end_rss, ==, cases[i].end_mib << 20);
      g_assert_cmpint (life.span.end_ns, ==, cases[i].end_ms * 1000000);
      g_assert_cmpint (life.shutdown, ==, cases[i].shutdown);
    }
}

static void
test_nothing (void)
{
  g_autoptr (TideRecording) recording = fixture_recording (tide_batch_new (0));
  TideLife life;

  g_assert_false (tide_life_init (&life, tide_recording_get_process (recording, 0)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/life/edges", test_edges);
  g_test_add_func ("/life/nothing", test_nothing);
  return g_test_run ();
}
