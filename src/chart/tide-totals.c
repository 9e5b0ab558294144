#include "config.h"

#include "tide-totals.h"

/* For the axis: finer than anybody looks at it.  */
#define AXIS_COLUMNS 64

gboolean
tide_totals_are_shown (TideRecording *recording)
{
  return recording != NULL && tide_recording_get_n_processes (recording) > 1;
}

/* What one process has is known until it ends, or until now.  */
static gint64
get_end (TideRecording *recording, TideProcess *process)
{
  return tide_process_get_end (process) != NULL ? tide_process_get_last_time (process)
                                                : tide_recording_get_last_time (recording);
}

/* A recording may say anything of how much there is.  */
static gint64
add_bytes (gint64 a, gint64 b)
{
  gint64 sum;

  return __builtin_add_overflow (a, b, &sum) ? G_MAXINT64 : sum;
}

static void
add (TideColumn *sum, const TideColumn *column)
{
  if (!column->known)
    return;
  sum->first = add_bytes (sum->first, column->first);
  sum->last = add_bytes (sum->last, column->last);
  sum->min = add_bytes (sum->min, column->min);
  sum->max = add_bytes (sum->max, column->max);
  sum->n_samples = (guint32)MIN ((guint64)sum->n_samples + column->n_samples, G_MAXUINT32);
  sum->known = TRUE;
}

void
tide_totals_init (TideColumns *self, TideRecording *recording, TideSpan visible, guint n_columns)
{
  self->n_columns = n_columns;
  self->columns = g_new0 (TideColumn, n_columns);
  for (guint i = 0; i < tide_recording_get_n_processes (recording); i++)
    {
      TideProcess *process = tide_recording_get_process (recording, i);
      gint64 end_ns = get_end (recording, process);
      g_auto (TideColumns) columns = { 0 };

      if (end_ns < visible.begin_ns || tide_process_get_info (process)->start_ns >= visible.end_ns)
        continue;
      tide_columns_init (&columns, tide_process_get_rss (process), visible, n_columns, end_ns);
      for (guint j = 0; j < n_columns; j++)
        add (&self->columns[j], &columns.columns[j]);
    }
}

gint64
tide_totals_get_top (TideRecording *recording, TideSpan visible)
{
  g_auto (TideColumns) columns = { 0 };
  gint64 top = 0;

  tide_totals_init (&columns, recording, visible, AXIS_COLUMNS);
  for (guint i = 0; i < columns.n_columns; i++)
    if (columns.columns[i].known)
      top = MAX (top, columns.columns[i].max);
  return top;
}

gint64
tide_totals_get_now (TideRecording *recording, guint *n_alive)
{
  gint64 sum = 0;

  *n_alive = 0;
  for (guint i = 0; i < tide_recording_get_n_processes (recording); i++)
    {
      TideProcess *process = tide_recording_get_process (recording, i);
      gint64 bytes;

      if (tide_process_get_end (process) != NULL)
        continue;
      ++*n_alive;
      if (tide_series_value_at (tide_process_get_rss (process), G_MAXINT64, &bytes))
        sum = add_bytes (sum, bytes);
    }
  return sum;
}
