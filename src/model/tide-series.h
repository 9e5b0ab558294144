#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An append-only series of (time, value) with an exact minimum/maximum pyramid above it.
 *
 *   level 2   [min max] ....................  one for 64 of level 1
 *   level 1   [min max][min max] ...........  one for 64 samples
 *   samples   t v  t v  t v  t v ...........  chunks of 64 Ki, which never move
 *
 * Times do not decrease (an earlier one is set to the last); a value holds until the next sample.  One thread
 * appends; any thread reads at the same time what was published before (lengths are published with release
 * order).  Units are the caller's: for RSS bytes, and nanoseconds.  */
typedef struct _TideSeries TideSeries;

typedef struct
{
  gint64 first,
      last;        /* value at the start of the span (held, if a sample stands before it), and at its end */
  gint64 min, max; /* of all values that held at any moment of the span                                   */
  gsize n_samples; /* samples with begin <= time < end                                                     */
} TideExtent;

TideSeries *tide_series_new (void);
void tide_series_free (TideSeries *self);
void tide_series_append (TideSeries *self, gint64 time_ns, gint64 value);

gsize tide_series_get_length (TideSeries *self);
gboolean tide_series_get (TideSeries *self, gsize index, gint64 *time_ns, gint64 *value);
/* Number of samples with time < TIME_NS (or <= when INCLUSIVE).  */
gsize tide_series_count_before (TideSeries *self, gint64 time_ns, gboolean inclusive);
/* The value that holds at TIME_NS; FALSE before the first sample.  */
gboolean tide_series_value_at (TideSeries *self, gint64 time_ns, gint64 *value);
/* Exact; FALSE when nothing holds anywhere in [begin, end).  O(log n).  */
gboolean tide_series_extent (TideSeries *self, gint64 begin_ns, gint64 end_ns, TideExtent *extent);

/* The same over spans of which each begins where the last one ended, as the columns of a picture do: several
 * times faster, since the end of a span is looked for near where the last span's length would put it.  For
 * one thread and one picture: samples that come after the begin of a walk are not seen by it.  */
typedef struct
{
  TideSeries *series;
  gsize length, index, n_samples;
  gint64 begin_ns;
} TideSeriesWalk;

void tide_series_walk_begin (TideSeriesWalk *self, TideSeries *series, gint64 begin_ns);
/* To END_NS, which must be after the last end.  */
gboolean tide_series_walk_to (TideSeriesWalk *self, gint64 end_ns, TideExtent *extent);

/* The maximum of all and when it was first reached; FALSE when empty.  */
gboolean tide_series_peak (TideSeries *self, gint64 *time_ns, gint64 *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideSeries, tide_series_free)

G_END_DECLS
