#pragma once

#include "tide-function-table.h"
#include "tide-wire.h"

G_BEGIN_DECLS

/* What the notes and the bookkeeping of a process say, put in words and figures for the window.  Pure; main
 * thread; strings are translated and transfer full.  */

typedef struct
{
  TideInstrument instrument;
  TideInstrumentState state;
  gint64 unit_bytes; /* 0: unknown */
  const char *why;   /* borrowed from the process, NULL: nothing to say */
  gboolean known;    /* FALSE: it never told its state */
  guint n_told;      /* how often it did */
  double share;      /* of the program's processor time of the last second or so; -1: not known */
} TideInstrumentFact;

/* The instruments, in the order in which they are shown.  */
#define TIDE_N_INSTRUMENT_FACTS TIDE_N_INSTRUMENTS

void tide_facts_instruments (TideProcess *process, TideInstrumentFact facts[TIDE_N_INSTRUMENT_FACTS]);
TideInstrument tide_facts_instrument_at (guint index); /* in that order */
const char *tide_facts_instrument_name (TideInstrument instrument);
/* What it is for, and what it costs: sentences without a full stop.  */
const char *tide_facts_instrument_purpose (TideInstrument instrument);
const char *tide_facts_instrument_price (TideInstrument instrument);
/* Whether it has to do with this process: it was asked for, or told something.  */
gboolean tide_facts_instrument_matters (const TideInstrumentFact *fact);
char *tide_facts_instrument_state (const TideInstrumentFact *fact);

/* The two ends of SPAN as times, each as exact as it takes to tell them from what is near.  */
void tide_facts_span (TideSpan span, char **begin, char **end);

/* "measuring costs 1.03×"; NULL when it was not measured yet.  */
char *tide_facts_cost (TideProcess *process);
/* The factor by which measuring makes the program's own CPU time longer, 0 when it was not measured.  */
double tide_facts_cost_factor (const TideCost *cost);
/* "RSS by events and faults, ± 64 KiB"; NULL when nothing told.  */
char *tide_facts_method (TideProcess *process);
/* "exited with status 0", "ended by signal 9 (Killed)", or NULL while it runs.  */
char *tide_facts_end (TideProcess *process);
/* A sentence when the program ended by itself and not well, else NULL.  */
char *tide_facts_bad_end (TideProcess *process);
/* The newest warning or error among the messages, borrowed; NULL: none.  */
const char *tide_facts_warning (TideProcess *process);

/* How much of all growth (of functions, and of what no function explains, where the net is positive) the
 * first few functions hold.  FALSE when nothing grew.  COUNT: the fewest functions that hold 90 %, at most
 * three.  */
gboolean tide_facts_concentration (TideFunctionTable *table, double *share, guint *count);

/* Change of RSS over SPAN (clipped to the data), and its least-squares slope with the standard error; bytes,
 * bytes per second.  FALSE with fewer than two samples.  */
typedef struct
{
  gint64 growth;
  double slope, slope_error;
} TideTrend;

gboolean tide_facts_trend (TideProcess *process, TideSpan span, TideTrend *trend);

G_END_DECLS
