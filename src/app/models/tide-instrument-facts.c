#include "config.h"

#include "tide-facts.h"

#include "tide-told.h"

#include <glib/gi18n-lib.h>

static const struct
{
  TideInstrument instrument;
  const char *name, *purpose, *price;
} words[TIDE_N_INSTRUMENT_FACTS] = {
  { TIDE_INSTRUMENT_EVENTS, N_ ("Events"), N_ ("Who took and released memory"),
    N_ ("at most 5\u00a0% slower, 12\u00a0% where memory only grows") },
  { TIDE_INSTRUMENT_FAULTS, N_ ("Page faults"), N_ ("The same, finer, and what C libraries take"),
    N_ ("at most 5\u00a0% slower, 12\u00a0% where memory only grows") },
  { TIDE_INSTRUMENT_SAMPLER, N_ ("Sampler"), N_ ("RSS from outside, always on"),
    N_ ("costs the program nothing") },
  { TIDE_INSTRUMENT_CALLS, N_ ("Every call"), N_ ("Each call and return, with RSS at that moment"),
    N_ ("several times slower where many small functions are called") },
  { TIDE_INSTRUMENT_LINES, N_ ("Every line"), N_ ("Each call, return and line, with RSS at that moment"),
    N_ ("ten times slower and more in tight loops") },
  { TIDE_INSTRUMENT_BYTES, N_ ("Python bytes, exact"),
    N_ ("Live bytes, allocations and peak of each function and line"),
    N_ ("1.1 to 2 times slower, more in tight loops") },
  { TIDE_INSTRUMENT_BYTES_SAMPLED, N_ ("Python bytes, sampled"),
    N_ ("The same from a random sample, with its error"), N_ ("1.05 to 1.25 times slower") },
  { TIDE_INSTRUMENT_GC, N_ ("Garbage collections"), N_ ("Each collection as a marker"),
    N_ ("some microseconds for each collection") },
};

/* Below this the clock's own step is the larger part.  */
#define LEAST_CPU_NS 50000000

static double
get_share (TideProcess *process, TideInstrument instrument)
{
  const TideCost *now = tide_process_get_cost (process), *before = tide_process_get_cost_before (process);
  guint number = (guint)g_bit_nth_lsf (instrument, -1);
  gint64 cpu_ns = now != NULL && before != NULL ? now->target_cpu_ns - before->target_cpu_ns : 0;

  if (cpu_ns < LEAST_CPU_NS || instrument == TIDE_INSTRUMENT_SAMPLER || before->instrument_ns[number] < 0
      || now->instrument_ns[number] < before->instrument_ns[number])
    return -1;
  return (double)(now->instrument_ns[number] - before->instrument_ns[number]) / (double)cpu_ns;
}

void
tide_facts_instruments (TideProcess *process, TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS])
{
  guint32 asked = tide_process_get_info (process)->instruments;

  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    facts[i] =
        (TideInstrumentFact){ .instrument = words[i].instrument,
                              .share = get_share (process, words[i].instrument),
                              .state = (asked & words[i].instrument) != 0 ? TIDE_STATE_ON : TIDE_STATE_OFF };

  for (gsize n = 0; n < tide_process_get_n_notes (process); n++)
    {
      const TideNote *note = tide_process_get_note (process, n);

      if (note->kind != TIDE_NOTE_INSTRUMENT)
        continue;
      for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
        {
          if (note->detail != (guint32)words[i].instrument)
            continue;
          facts[i].state = (TideInstrumentState)note->value;
          facts[i].unit_bytes = note->unit_bytes;
          facts[i].why = note->text != NULL && *note->text != '\0' ? tide_told (note->text) : NULL;
          facts[i].known = TRUE;
          facts[i].n_told++;
        }
    }
}

gboolean
tide_facts_instrument_matters (const TideInstrumentFact *fact)
{
  return fact->known || fact->state != TIDE_STATE_OFF || fact->instrument == TIDE_INSTRUMENT_EVENTS
         || fact->instrument == TIDE_INSTRUMENT_FAULTS;
}

TideInstrument
tide_facts_instrument_at (guint index)
{
  return words[index].instrument;
}

const char *
tide_facts_instrument_name (TideInstrument instrument)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].instrument == instrument)
      return _ (words[i].name);
  return _ ("Unknown instrument");
}

const char *
tide_facts_instrument_purpose (TideInstrument instrument)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].instrument == instrument)
      return _ (words[i].purpose);
  return "";
}

const char *
tide_facts_instrument_price (TideInstrument instrument)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].instrument == instrument)
      return _ (words[i].price);
  return "";
}
