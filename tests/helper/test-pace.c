#include "tide-pace.h"

#include <glib.h>

#define MS_NS G_GINT64_CONSTANT (1000000)
#define SHORTEST_NS MS_NS
#define LONGEST_NS (20 * MS_NS)

static gint64
wait_after (gint64 still_ns, gboolean signalled)
{
  return tide_pace_get_wait (still_ns, SHORTEST_NS, LONGEST_NS, signalled);
}

/* Who moves is looked at as often as can be, and so is who moved just before.  */
static void
test_moving (void)
{
  for (gint64 still_ns = 0; still_ns <= 8 * MS_NS; still_ns += MS_NS / 4)
    {
      g_assert_cmpint (wait_after (still_ns, TRUE), ==, SHORTEST_NS);
      g_assert_cmpint (wait_after (still_ns, FALSE), ==, SHORTEST_NS);
    }
  /* Of a process that moved in the future nothing else is to be thought.  */
  g_assert_cmpint (wait_after (-1000 * MS_NS, TRUE), ==, SHORTEST_NS);
  g_assert_cmpint (wait_after (G_MININT64, FALSE), ==, SHORTEST_NS);
}

/* Longer and longer, within bounds, and the longer the less there is to miss.  */
static void
test_resting (void)
{
  gint64 last_ns = 0;

  for (gint64 still_ns = 0; still_ns < 20000 * MS_NS; still_ns += 7 * MS_NS)
    {
      gint64 wait_ns = wait_after (still_ns, FALSE), signalled_ns = wait_after (still_ns, TRUE);

      g_assert_cmpint (wait_ns, >=, last_ns);
      g_assert_cmpint (wait_ns, <=, MAX (SHORTEST_NS, still_ns / 256));
      g_assert_cmpint (wait_ns, <=, LONGEST_NS);
      g_assert_cmpint (signalled_ns, >=, wait_ns);
      g_assert_cmpint (signalled_ns, <=, MAX (SHORTEST_NS, still_ns / 8));
      last_ns = wait_ns;
    }
  g_assert_cmpint (wait_after (16 * MS_NS, TRUE), ==, 2 * MS_NS);
  g_assert_cmpint (wait_after (160 * MS_NS, TRUE), ==, LONGEST_NS);
  g_assert_cmpint (wait_after (5120 * MS_NS, FALSE), ==, LONGEST_NS);
  g_assert_cmpint (wait_after (G_MAXINT64, FALSE), ==, LONGEST_NS);
}

/* Many processes: the shortest wait is long then.  */
static void
test_crowd (void)
{
  g_assert_cmpint (tide_pace_get_wait (0, 30 * MS_NS, LONGEST_NS, TRUE), ==, 30 * MS_NS);
  g_assert_cmpint (tide_pace_get_wait (9000 * MS_NS, 30 * MS_NS, LONGEST_NS, TRUE), ==, 30 * MS_NS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/moving", test_moving);
  g_test_add_func ("/pace/resting", test_resting);
  g_test_add_func ("/pace/crowd", test_crowd);
  return g_test_run ();
}
