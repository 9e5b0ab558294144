#include "config.h"

#include "tide-facts.h"

#include "tide-axis.h"
#include "tide-format.h"
#include "tide-row-kind.h"
#include "tide-told.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Enough for a slope that a person reads to three digits, and a fraction of a millisecond over any length. */
#define TREND_POINTS 512

char *
tide_facts_instrument_state (const TideInstrumentFact *fact)
{
  const char *state = fact->state == TIDE_STATE_ON        ? _ ("on")
                      : fact->state == TIDE_STATE_REFUSED ? _ ("refused")
                                                          : _ ("off");

  if (fact->why != NULL)
    /* Translators: the state of an instrument (on, off, refused), and why.  */
    return g_strdup_printf (_ ("%s: %s"), state, fact->why);
  return g_strdup (state);
}

double
tide_facts_cost_factor (const TideCost *cost)
{
  double bare = cost != NULL ? (double)cost->target_cpu_ns - (double)cost->agent_ns : 0.0;

  /* Below a tenth of a second the clock's own step is the larger part.  */
  if (cost == NULL || cost->agent_ns < 0 || bare < 1e8)
    return 0.0;
  return 1.0 + (double)cost->agent_ns / bare;
}

char *
tide_facts_cost (TideProcess *process)
{
  double factor = tide_facts_cost_factor (tide_process_get_cost (process));

  if (factor <= 0.0)
    return NULL;
  return g_strdup_printf (_ ("measuring costs %.2f×"), factor);
}

char *
tide_facts_method (TideProcess *process)
{
  TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS];
  gboolean events = FALSE, faults = FALSE;
  gint64 unit = 0;
  const char *how;
  g_autofree char *size = NULL;

  tide_facts_instruments (process, facts);
  for (guint i = 0; i < TIDE_N_INSTRUMENT_FACTS; i++)
    {
      if (facts[i].state != TIDE_STATE_ON)
        continue;
      events = events || facts[i].instrument == TIDE_INSTRUMENT_EVENTS;
      faults = faults || facts[i].instrument == TIDE_INSTRUMENT_FAULTS;
      /* Of others it is the unit of something else.  */
      if ((facts[i].instrument & (TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS)) != 0)
        unit = MAX (unit, facts[i].unit_bytes);
    }

  how = events && faults ? _ ("RSS by events and page faults")
        : events         ? _ ("RSS by events")
        : faults         ? _ ("RSS by page faults")
                         : _ ("RSS by sampling alone");
  if (unit <= 0)
    return g_strdup (how);
  size = tide_format_bytes ((guint64)unit);
  /* Translators: how RSS is measured, and how far one reading may be off ("± 64 KiB").  */
  return g_strdup_printf (_ ("%s, ± %s"), how, size);
}

char *
tide_facts_end (TideProcess *process)
{
  const TideProcessEnd *end = tide_process_get_end (process);

  if (end == NULL)
    return NULL;
  switch (end->kind)
    {
    case TIDE_END_EXITED:
      return g_strdup_printf (_ ("exited with status %u"), end->value);
    case TIDE_END_SIGNALLED:
      return g_strdup_printf (_ ("ended by signal %u (%s)"), end->value,
                              g_strsignal ((int)MIN (end->value, 255)));
    case TIDE_END_DETACHED:
      return g_strdup (_ ("no longer measured; the program went on"));
    case TIDE_END_EXECUTED:
      return g_strdup (_ ("became another program"));
    default:
      return g_strdup (_ ("lost from sight; how it ended is not known"));
    }
}

char *
tide_facts_bad_end (TideProcess *process)
{
  const TideProcessEnd *end = tide_process_get_end (process);

  if (end == NULL)
    return NULL;
  if (end->kind == TIDE_END_SIGNALLED)
    /* Translators: a number, and the signal's name in words.  */
    return g_strdup_printf (_ ("The program was ended by signal %u (%s)."), end->value,
                            g_strsignal ((int)MIN (end->value, 255)));
  if (end->kind == TIDE_END_EXITED && end->value != 0)
    return g_strdup_printf (_ ("The program exited with status %u."), end->value);
  return NULL;
}

const char *
tide_facts_warning (TideProcess *process)
{
  for (gsize n = tide_process_get_n_notes (process); n > 0; n--)
    {
      const TideNote *note = tide_process_get_note (process, n - 1);

      if (note->kind == TIDE_NOTE_MESSAGE && note->value >= TIDE_SEVERITY_WARNING && note->text != NULL)
        return tide_told (note->text);
    }
  return NULL;
}

gboolean
tide_facts_concentration (TideFunctionTable *table, double *share, guint *count)
{
  gint64 first[3] = { 0, 0, 0 };
  double growth = 0.0, held = 0.0;

  for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, i);
      gint64 net = TIDE_FUNCTION_ROW_SELF (row);

      TideRowKind kind = tide_row_kind_of (row);

      /* What no function explains is growth as well, but nobody can be named for it.  */
      if (net <= 0 || !tide_row_kind_is_growth (kind))
        continue;
      growth += (double)net;
      if (kind != TIDE_ROW_FUNCTION)
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (first); k++)
        {
          if (net > first[k])
            {
              memmove (&first[k + 1], &first[k], sizeof first[0] * (G_N_ELEMENTS (first) - 1 - k));
              first[k] = net;
              break;
            }
        }
    }
  if (growth <= 0.0)
    return FALSE;

  for (*count = 0; *count < G_N_ELEMENTS (first) && first[*count] > 0 && held < 0.9 * growth; (*count)++)
    held += (double)first[*count];
  *share = held / growth;
  return TRUE;
}

gboolean
tide_facts_trend (TideProcess *process, TideSpan span, TideTrend *trend)
{
  TideSeries *rss = tide_process_get_rss (process);
  gint64 first_ns, first_value, begin, end, begin_value, end_value;
  double n = TREND_POINTS, mean_t, mean_v = 0.0, tt = 0.0, tv = 0.0, vv = 0.0, length;
  double values[TREND_POINTS];

  if (tide_series_get_length (rss) < 2 || !tide_series_get (rss, 0, &first_ns, &first_value))
    return FALSE;
  begin = MAX (span.begin_ns, first_ns);
  end = MIN (span.end_ns, tide_process_get_last_time (process));
  if (end <= begin || !tide_series_value_at (rss, begin, &begin_value)
      || !tide_series_value_at (rss, end, &end_value))
    return FALSE;

  /* Points at equal distances, so that a burst of samples does not weigh more than the quiet time beside it.
   */
  length = (double)(end - begin) / 1e9;
  for (guint i = 0; i < TREND_POINTS; i++)
    {
      gint64 at = begin + (gint64)((double)(end - begin) * i / (n - 1.0)), value = begin_value;

      tide_series_value_at (rss, at, &value);
      values[i] = (double)value;
      mean_v += values[i] / n;
    }
  mean_t = length / 2.0;
  for (guint i = 0; i < TREND_POINTS; i++)
    {
      double t = length * i / (n - 1.0) - mean_t, v = values[i] - mean_v;

      tt += t * t;
      tv += t * v;
      vv += v * v;
    }
  trend->growth = end_value - begin_value;
  trend->slope = tv / tt;
  trend->slope_error = sqrt (MAX (0.0, vv - tv * tv / tt) / (n - 2.0) / tt);
  return TRUE;
}

void
tide_facts_span (TideSpan span, char **begin, char **end)
{
  /* A twentieth of it, but never less exact than a tenth of a second.  */
  gint64 step = tide_axis_readout_step ((double)(span.end_ns - span.begin_ns) / 20);

  step = MIN (step, 100000000);
  *begin = tide_format_time (span.begin_ns, step);
  *end = tide_format_time (span.end_ns, step);
}
