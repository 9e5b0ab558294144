#include "tide-instrument.h"
#include "tide-instruments.h"

#include <glib.h>
#include <string.h>

/* Which instruments are on, and what the region says of them, with instruments that do nothing.  */

#define N_THREADS 3
#define N_ROUNDS 3000
#define UNIT 7
#define RUNS "It runs."
#define FAILS "It goes on no longer."

static TideRegion region;
static gint fails;   /* whether instruments go on no longer */
static gint refuses; /* whether they start at all           */
static gint n_on;

static bool
start (TideRegion *its, TideInstrumentReport *report)
{
  g_assert_true (its == &region);
  if (g_atomic_int_get (&refuses))
    {
      g_strlcpy (report->reason, FAILS, sizeof report->reason);
      return false;
    }
  g_atomic_int_inc (&n_on);
  g_strlcpy (report->reason, RUNS, sizeof report->reason);
  report->unit_bytes = UNIT;
  return true;
}

static bool
stop (TideRegion *its)
{
  g_assert_true (its == &region);
  g_atomic_int_add (&n_on, -1);
  return true;
}

static const char *
check (void)
{
  return g_atomic_int_get (&fails) ? FAILS : NULL;
}

#define INSTRUMENT(variable, name)                                                                           \
  const TideAgentInstrument variable = {                                                                     \
    .bit = TIDE_INSTRUMENT_##name, .start = start, .stop = stop, .check = check                              \
  };

INSTRUMENT (tide_instrument_events, EVENTS)
INSTRUMENT (tide_instrument_faults, FAULTS)
INSTRUMENT (tide_instrument_calls, CALLS)
INSTRUMENT (tide_instrument_lines, LINES)
INSTRUMENT (tide_instrument_bytes, BYTES)
INSTRUMENT (tide_instrument_bytes_sampled, BYTES_SAMPLED)
INSTRUMENT (tide_instrument_gc, GC)

static const TideInstrument bits[] = {
  TIDE_INSTRUMENT_EVENTS, TIDE_INSTRUMENT_FAULTS,        TIDE_INSTRUMENT_CALLS, TIDE_INSTRUMENT_LINES,
  TIDE_INSTRUMENT_BYTES,  TIDE_INSTRUMENT_BYTES_SAMPLED, TIDE_INSTRUMENT_GC,
};

#define N_BITS G_N_ELEMENTS (bits)

static guint32
get_all (void)
{
  guint32 all = 0;

  for (gsize i = 0; i < N_BITS; i++)
    all |= (guint32)bits[i];
  return all;
}

static TideRegionInstrument *
get_shared (TideInstrument bit)
{
  return &region.instruments[tide_instrument_index (bit)];
}

static void
set_up (void)
{
  memset (&region, 0, sizeof region);
  g_atomic_int_set (&fails, FALSE);
  g_atomic_int_set (&refuses, FALSE);
  tide_instruments_open (&region);
}

static void
wish (guint32 wanted)
{
  atomic_store (&region.wanted, wanted);
  atomic_fetch_add (&region.wish, 1);
}

static void
apply (void)
{
  do
    tide_instruments_apply ();
  while (tide_instruments_check ());
}

static void
clear (void)
{
  wish (0);
  apply ();
  g_assert_cmpint (n_on, ==, 0);
}

static void
assert_all (TideInstrumentState state, const char *reason)
{
  for (gsize i = 0; i < N_BITS; i++)
    {
      const TideRegionInstrument *shared = get_shared (bits[i]);

      g_assert_cmpuint (atomic_load (&shared->sequence) % 2, ==, 0);
      g_assert_cmpuint (shared->state, ==, state);
      g_assert_cmpstr (shared->reason, ==, reason);
      g_assert_cmpuint (shared->unit_bytes, ==, state == TIDE_STATE_ON ? UNIT : 0);
    }
}

static void
test_wishes (void)
{
  set_up ();
  g_assert_true (tide_instruments_check ());
  wish (get_all ());
  apply ();
  g_assert_cmpint (n_on, ==, N_BITS);
  assert_all (TIDE_STATE_ON, RUNS);
  g_assert_cmpuint (atomic_load (&region.wish_done), ==, 1);
  wish (0);
  g_assert_true (tide_instruments_check ());
  apply ();
  g_assert_cmpint (n_on, ==, 0);
  assert_all (TIDE_STATE_OFF, "");
  /* One that refused is tried again when it is wished again, and not before.  */
  g_atomic_int_set (&refuses, TRUE);
  wish (get_all ());
  apply ();
  assert_all (TIDE_STATE_REFUSED, FAILS);
  g_atomic_int_set (&refuses, FALSE);
  apply ();
  g_assert_cmpint (n_on, ==, 0);
  wish (get_all ());
  apply ();
  assert_all (TIDE_STATE_ON, RUNS);
  g_assert_true (tide_instruments_stop_all ());
  g_assert_cmpint (n_on, ==, 0);
}

/* One that fails is told to be off at a look, and is stopped by the main thread after it.  */
static void
test_failed (void)
{
  set_up ();
  wish (get_all ());
  apply ();
  g_atomic_int_set (&fails, TRUE);
  while (!tide_instruments_check ())
    ;
  assert_all (TIDE_STATE_OFF, FAILS);
  g_assert_cmpint (n_on, ==, N_BITS);
  apply ();
  g_assert_cmpint (n_on, ==, 0);
  assert_all (TIDE_STATE_OFF, FAILS);
  clear ();
}

/* A helper that knows of more, and one whose wishes are any number.  */
static void
test_unknown (void)
{
  set_up ();
  wish (G_MAXUINT32);
  apply ();
  g_assert_cmpint (n_on, ==, N_BITS);
  for (guint32 bit = 1; bit != 0 && bit <= TIDE_INSTRUMENTS_OF_AGENT; bit <<= 1)
    if (bit & TIDE_INSTRUMENTS_OF_AGENT)
      g_assert_cmpuint (get_shared ((TideInstrument)bit)->state, ==,
                        bit & get_all () ? TIDE_STATE_ON : TIDE_STATE_REFUSED);
  clear ();
}

/* The program's threads look after them while it runs.  */
static gpointer
poll (gpointer leave)
{
  while (!g_atomic_int_get ((gint *)leave))
    tide_instruments_check ();
  return NULL;
}

/* The helper reads what is told.  */
static gpointer
read_all (gpointer leave)
{
  while (!g_atomic_int_get ((gint *)leave))
    for (gsize i = 0; i < N_BITS; i++)
      {
        const TideRegionInstrument *shared = get_shared (bits[i]);
        guint32 sequence = atomic_load_explicit (&shared->sequence, memory_order_acquire);
        TideRegionInstrument copy;

        memcpy (&copy, shared, sizeof copy);
        atomic_thread_fence (memory_order_acquire);
        if (sequence % 2 != 0 || atomic_load_explicit (&shared->sequence, memory_order_relaxed) != sequence)
          continue;
        if (copy.state == TIDE_STATE_ON)
          g_assert_true (copy.unit_bytes == UNIT && strcmp (copy.reason, RUNS) == 0);
        else
          g_assert_true (copy.unit_bytes == 0 && strcmp (copy.reason, RUNS) != 0);
      }
  return NULL;
}

/* What is told is whole, and in the end true, whoever tells it.  */
static void
test_threads (void)
{
  GThread *threads[N_THREADS + 1];
  gint leave = 0;

  set_up ();
  threads[0] = g_thread_new ("helper", read_all, &leave);
  for (int i = 1; i <= N_THREADS; i++)
    threads[i] = g_thread_new ("program", poll, &leave);
  for (int round = 0; round < N_ROUNDS; round++)
    {
      g_atomic_int_set (&fails, round % 2);
      wish (round % 3 == 2 ? 0 : get_all ());
      tide_instruments_apply ();
    }
  g_atomic_int_set (&fails, FALSE);
  g_atomic_int_set (&leave, 1);
  for (int i = 0; i <= N_THREADS; i++)
    g_thread_join (threads[i]);
  wish (get_all ());
  apply ();
  g_assert_cmpint (n_on, ==, N_BITS);
  assert_all (TIDE_STATE_ON, RUNS);
  clear ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instruments/wishes", test_wishes);
  g_test_add_func ("/instruments/failed", test_failed);
  g_test_add_func ("/instruments/unknown", test_unknown);
  g_test_add_func ("/instruments/threads", test_threads);
  return g_test_run ();
}
