#include "config.h"

#include "tide-export-parts.h"

#include <glib/gi18n-lib.h>

/* One row a sample of RSS, process by process.  */
enum
{
  COLUMN_T,
  COLUMN_PID,
  COLUMN_RSS,
  COLUMN_PSS,
  COLUMN_SWAP,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_T] = { "t", N_ ("Seconds"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_RSS] = { "rss", N_ ("RSS"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_PSS] = { "pss", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_SWAP] = { "swap", N_ ("Swap"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
};

typedef struct
{
  TideExportPart head;
  gsize sample; /* index of its first */
} Part;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  GArray *parts; /* Part, none empty */
} TimelineRows;

/* The figure of the last status up to TIME_NS.  */
static gboolean
find_swap (TideProcess *process, gint64 time_ns, gint64 *swap)
{
  gsize low = 0, high = tide_process_get_n_statuses (process);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (tide_process_get_status (process, middle)->time_ns <= time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == 0)
    return FALSE;
  *swap = tide_process_get_status (process, low - 1)->swap_bytes;
  return *swap >= 0;
}

static void
fill (TideRowSource *source, gsize row, TideCell *cells)
{
  TimelineRows *self = (TimelineRows *)source;
  const Part *part = tide_export_find_part (self->parts, row);
  gint64 time_ns, rss, swap;

  if (!tide_series_get (tide_process_get_rss (part->head.process), part->sample + (row - part->head.row),
                        &time_ns, &rss))
    return;
  tide_cell_set_number (&cells[COLUMN_T], time_ns);
  tide_cell_set_number (&cells[COLUMN_PID], tide_process_get_info (part->head.process)->pid);
  tide_cell_set_number (&cells[COLUMN_RSS], rss);
  if (find_swap (part->head.process, time_ns, &swap))
    tide_cell_set_number (&cells[COLUMN_SWAP], swap);
}

static void
rows_free (TideRowSource *source)
{
  TimelineRows *self = (TimelineRows *)source;

  g_ptr_array_unref (self->processes);
  g_array_unref (self->parts);
  g_free (self);
}

TideRowSource *
tide_timeline_rows_new (GPtrArray *processes, const TideExportOptions *options)
{
  TimelineRows *self = g_new0 (TimelineRows, 1);

  self->parent = (TideRowSource){ columns, N_COLUMNS, 0, NULL, FALSE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      TideSeries *rss = tide_process_get_rss (process);
      gsize begin = tide_series_count_before (rss, options->span.begin_ns, FALSE);
      gsize end = tide_series_count_before (rss, options->span.end_ns, FALSE);
      Part part = { { process, self->parent.n_rows }, begin };

      if (begin >= end)
        continue;
      g_array_append_val (self->parts, part);
      self->parent.n_rows += end - begin;
    }
  return &self->parent;
}
