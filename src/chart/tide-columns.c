#include "config.h"

#include "tide-columns.h"

/* Column K of absolute time holds the times with K = floor (time * n / length).  128 bits: times go to 2^61,
 * columns to 2^16.  */
static __int128
column_of (gint64 time_ns, gint64 length_ns, guint n_columns)
{
  __int128 product = (__int128)time_ns * n_columns;
  __int128 quotient = product / length_ns;

  return product % length_ns < 0 ? quotient - 1 : quotient;
}

/* The first time of column K.  */
static gint64
begin_of (__int128 column, gint64 length_ns, guint n_columns)
{
  __int128 product = column * length_ns;
  __int128 quotient = product / n_columns;

  return (gint64)(product % n_columns > 0 ? quotient + 1 : quotient);
}

void
tide_columns_init (TideColumns *self, TideSeries *series, TideSpan visible, guint n_columns, gint64 end_ns)
{
  gint64 length = visible.end_ns - visible.begin_ns;
  TideSeriesWalk walk;
  __int128 start;
  gint64 begin, held = 0;
  gboolean holds;

  self->n_columns = n_columns;
  self->columns = g_new0 (TideColumn, n_columns);
  if (n_columns == 0)
    return;
  start = column_of (visible.begin_ns, length, n_columns);
  begin = begin_of (start, length, n_columns);
  holds = tide_series_value_at (series, begin - 1, &held);
  tide_series_walk_begin (&walk, series, begin);
  for (guint i = 0; i < n_columns && begin <= end_ns; i++)
    {
      TideColumn *column = &self->columns[i];
      gint64 end = begin_of (start + i + 1, length, n_columns);
      TideExtent extent;

      if (end > begin && tide_series_walk_to (&walk, end, &extent))
        {
          /* The series calls what stands at the very begin the first value; here that is a step, to be seen
           * as one.  */
          gint64 first = holds ? held : extent.first;

          *column = (TideColumn){ .first = first,
                                  .last = extent.last,
                                  .min = MIN (extent.min, first),
                                  .max = MAX (extent.max, first),
                                  .n_samples = (guint32)MIN (extent.n_samples, G_MAXUINT32),
                                  .known = TRUE };
          held = extent.last;
          holds = TRUE;
        }
      else if (holds)
        *column = (TideColumn){ .first = held, .last = held, .min = held, .max = held, .known = TRUE };
      begin = end;
    }
}

void
tide_columns_clear (TideColumns *self)
{
  g_clear_pointer (&self->columns, g_free);
  self->n_columns = 0;
}

void
tide_columns_forget (TideColumns *self, TideSpan visible, TideSpan span)
{
  gint64 length = visible.end_ns - visible.begin_ns;
  __int128 start, first, last;

  if (span.begin_ns >= span.end_ns || self->n_columns == 0 || span.end_ns <= visible.begin_ns
      || span.begin_ns >= visible.end_ns)
    return;
  start = column_of (visible.begin_ns, length, self->n_columns);
  first = column_of (MAX (span.begin_ns, visible.begin_ns), length, self->n_columns) - start;
  last = column_of (MIN (span.end_ns, visible.end_ns), length, self->n_columns) - start;
  for (__int128 i = MAX (first, 0); i < last && i < self->n_columns; i++)
    self->columns[i] = (TideColumn){ 0 };
}
