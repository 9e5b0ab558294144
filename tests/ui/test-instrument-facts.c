#include "tide-facts.h"
#include "tide-frames.h"
#include "ui-fixture.h"

/* A process that was asked for events and calls, and told these things.  */
static TideRecording *
recording_of (const TideInstrumentInfo *told, guint n)
{
  TideRecording *recording = ui_recording (1);
  TideBatch *batch = tide_batch_new (0);

  for (guint i = 0; i < n; i++)
    {
      TideNote note = { .kind = TIDE_NOTE_INSTRUMENT,
                        .detail = told[i].instrument,
                        .value = told[i].state,
                        .unit_bytes = (gint64)told[i].unit_bytes,
                        .text = g_strndup (told[i].reason.data, told[i].reason.length) };

      g_array_append_val (batch->notes, note);
    }
  tide_recording_append (recording, batch);
  return recording;
}

static TideInstrumentFact
fact_of (TideRecording *recording, TideInstrument instrument)
{
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];

  tide_facts_instruments (tide_recording_get_process (recording, 0), facts);
  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      if (facts[i].instrument == instrument)
        return facts[i];
    }
  g_assert_not_reached ();
}

/* Each one is there once, with words of its own.  */
static void
test_words (void)
{
  guint all = 0;

  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      TideInstrument instrument = tide_facts_instrument_at (i);

      g_assert_cmpuint (all & instrument, ==, 0);
      all |= instrument;
      g_assert_cmpstr (tide_facts_instrument_name (instrument), !=, tide_facts_instrument_name (0));
      g_assert_cmpstr (tide_facts_instrument_purpose (instrument), !=, "");
      g_assert_cmpstr (tide_facts_instrument_price (instrument), !=, "");
      for (guint k = 0; k < i; k++)
        g_assert_cmpstr (tide_facts_instrument_name (instrument), !=,
                         tide_facts_instrument_name (tide_facts_instrument_at (k)));
    }
  g_assert_cmpuint (all & TIDE_INSTRUMENTS_OF_AGENT, ==, TIDE_INSTRUMENTS_OF_AGENT);
  g_assert_cmpuint (all & TIDE_INSTRUMENT_SAMPLER, !=, 0);
  /* One of a later version.  */
  g_assert_cmpstr (tide_facts_instrument_name (1u << 30), ==, "Unknown instrument");
  g_assert_cmpstr (tide_facts_instrument_purpose (1u << 30), ==, "");
  g_assert_cmpstr (tide_facts_instrument_price (1u << 30), ==, "");
}

/* The last word counts; a reason that is empty is none.  */
static void
test_last_word (void)
{
  static const TideInstrumentInfo told[] = {
    { .instrument = TIDE_INSTRUMENT_CALLS, .state = TIDE_STATE_REFUSED, .reason = { "no", 2 } },
    { .instrument = TIDE_INSTRUMENT_CALLS, .state = TIDE_STATE_ON, .unit_bytes = 4096, .reason = { "", 0 } },
    { .instrument = TIDE_INSTRUMENT_GC, .state = TIDE_STATE_OFF, .reason = { "", 0 } },
  };
  g_autoptr (TideRecording) recording = recording_of (told, G_N_ELEMENTS (told));
  TideInstrumentFact calls = fact_of (recording, TIDE_INSTRUMENT_CALLS);
  TideInstrumentFact gc = fact_of (recording, TIDE_INSTRUMENT_GC);
  TideInstrumentFact bytes = fact_of (recording, TIDE_INSTRUMENT_BYTES);
  g_autofree char *on = tide_facts_instrument_state (&calls), *off = tide_facts_instrument_state (&gc);

  g_assert_cmpint (calls.state, ==, TIDE_STATE_ON);
  g_assert_cmpint (calls.unit_bytes, ==, 4096);
  g_assert_cmpuint (calls.n_told, ==, 2);
  g_assert_null (calls.why);
  g_assert_cmpstr (on, ==, "on");
  g_assert_cmpstr (off, ==, "off");
  g_assert_true (tide_facts_instrument_matters (&calls));
  /* It was on once, so its end is news.  */
  g_assert_true (tide_facts_instrument_matters (&gc));
  g_assert_false (tide_facts_instrument_matters (&bytes));
  g_assert_cmpuint (bytes.n_told, ==, 0);
}

/* Those that everybody has are listed even where nothing is known of them.  */
static void
test_what_matters (void)
{
  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      TideInstrumentFact fact = { .instrument = tide_facts_instrument_at (i), .state = TIDE_STATE_OFF };
      gboolean always =
          fact.instrument == TIDE_INSTRUMENT_EVENTS || fact.instrument == TIDE_INSTRUMENT_FAULTS;

      g_assert_cmpint (tide_facts_instrument_matters (&fact), ==, always);
      fact.state = TIDE_STATE_REFUSED;
      g_assert_true (tide_facts_instrument_matters (&fact));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instrument-facts/words", test_words);
  g_test_add_func ("/instrument-facts/last-word", test_last_word);
  g_test_add_func ("/instrument-facts/what-matters", test_what_matters);
  return g_test_run ();
}
