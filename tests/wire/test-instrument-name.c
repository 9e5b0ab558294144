#include "tide-instrument-name.h"

#include <glib.h>

static void
test_known (void)
{
  static const struct
  {
    TideInstrument bit;
    const char *name;
  } known[] = {
    { TIDE_INSTRUMENT_SAMPLER, "sampler" },
    { TIDE_INSTRUMENT_EVENTS, "events" },
    { TIDE_INSTRUMENT_FAULTS, "faults" },
    { TIDE_INSTRUMENT_CALLS, "calls" },
    { TIDE_INSTRUMENT_LINES, "lines" },
    { TIDE_INSTRUMENT_BYTES, "bytes" },
    { TIDE_INSTRUMENT_BYTES_SAMPLED, "bytes-sampled" },
    { TIDE_INSTRUMENT_GC, "gc" },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (known) == TIDE_N_INSTRUMENTS);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_assert_cmpstr (tide_instrument_name (known[i].bit), ==, known[i].name);
      g_assert_cmpuint (tide_instrument_by_name (known[i].name), ==, known[i].bit);
    }
}

/* Several, and those of another version, come from recordings; words come from people.  */
static void
test_unknown (void)
{
  static const char *const words[] = {
    "", "Events", "event", "events ", "events=1", "bytes_sampled", "\xff"
  };

  g_assert_null (tide_instrument_name (0));
  g_assert_null (tide_instrument_name (TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_GC));
  for (guint i = TIDE_N_INSTRUMENTS; i < 32; i++)
    g_assert_null (tide_instrument_name (1u << i));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (tide_instrument_by_name (words[i]), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instrument-name/known", test_known);
  g_test_add_func ("/instrument-name/unknown", test_unknown);
  return g_test_run ();
}
