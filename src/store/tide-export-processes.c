#include "config.h"

#include "tide-export-rows.h"

#include <glib/gi18n-lib.h>

/* One row a process, in the order in which they came.  */
enum
{
  COLUMN_PID,
  COLUMN_PARENT,
  COLUMN_T,
  COLUMN_DURATION,
  COLUMN_PEAK,
  COLUMN_RSS,
  COLUMN_CHANGE,
  COLUMN_PYTHON,
  COLUMN_EXIT,
  COLUMN_EXIT_STATUS,
  COLUMN_ENDED,
  COLUMN_LOST,
  COLUMN_ARGV,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_PARENT] = { "parent_pid", N_ ("Parent"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_T] = { "t", N_ ("Seconds"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
  [COLUMN_DURATION] = { "duration_s", N_ ("Duration"), TIDE_CELLS_DURATION, TIDE_FOR_ALL },
  [COLUMN_PEAK] = { "rss_peak", N_ ("RSS peak"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_RSS] = { "rss", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_CHANGE] = { "rss_change", N_ ("ΔRSS"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_PYTHON] = { "python", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_EXIT] = { "exit", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_EXIT_STATUS] = { "exit_status", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_ENDED] = { "ended", N_ ("Ended"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_LOST] = { "lost", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_ARGV] = { "argv", N_ ("Command"), TIDE_CELLS_LIST, TIDE_FOR_ALL },
};

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes; /* of the span */
  GPtrArray *ended;     /* char *, by process */
  TideSpan span;
} ProcessRows;

static void
fill_rss (TideProcess *process, TideSpan span, TideCell *cells)
{
  gint64 start_ns = tide_process_get_info (process)->start_ns;
  gint64 last_ns = tide_process_get_last_time (process);
  gint64 begin_ns = MAX (span.begin_ns, start_ns), end_ns = MIN (span.end_ns, last_ns + 1);
  TideExtent extent;

  tide_cell_set_number (&cells[COLUMN_T], start_ns);
  tide_cell_set_number (&cells[COLUMN_DURATION], MAX (MIN (span.end_ns, last_ns) - begin_ns, 0));
  if (begin_ns >= end_ns || !tide_series_extent (tide_process_get_rss (process), begin_ns, end_ns, &extent))
    return;
  tide_cell_set_number (&cells[COLUMN_PEAK], extent.max);
  tide_cell_set_number (&cells[COLUMN_RSS], extent.last);
  tide_cell_set_number (&cells[COLUMN_CHANGE], extent.last - extent.first);
}

static void
fill (TideRowSource *source, gsize row, TideCell *cells)
{
  ProcessRows *self = (ProcessRows *)source;
  TideProcess *process = g_ptr_array_index (self->processes, row);
  const TideProcessInfo *info = tide_process_get_info (process);

  tide_cell_set_number (&cells[COLUMN_PID], info->pid);
  tide_cell_set_number (&cells[COLUMN_PARENT], info->parent_pid);
  fill_rss (process, self->span, cells);
  tide_cell_set_text (&cells[COLUMN_PYTHON], info->python_version);
  tide_export_fill_end (tide_process_get_end (process), &cells[COLUMN_EXIT], &cells[COLUMN_EXIT_STATUS]);
  tide_cell_set_text (&cells[COLUMN_ENDED], g_ptr_array_index (self->ended, row));
  tide_cell_set_number (&cells[COLUMN_LOST], tide_process_get_n_lost (process));
  cells[COLUMN_ARGV].list = (const char *const *)info->argv;
  cells[COLUMN_ARGV].is_null = info->argv == NULL;
}

static void
rows_free (TideRowSource *source)
{
  ProcessRows *self = (ProcessRows *)source;

  g_ptr_array_unref (self->processes);
  g_ptr_array_unref (self->ended);
  g_free (self);
}

TideRowSource *
tide_process_rows_new (GPtrArray *processes, const TideExportOptions *options)
{
  ProcessRows *self = g_new0 (ProcessRows, 1);

  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
  self->ended = g_ptr_array_new_with_free_func (g_free);
  self->span = options->span;
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);

      if (tide_process_get_info (process)->start_ns >= options->span.end_ns
          || tide_process_get_last_time (process) < options->span.begin_ns)
        continue;
      g_ptr_array_add (self->processes, g_object_ref (process));
      g_ptr_array_add (self->ended, tide_export_describe_end (tide_process_get_end (process)));
    }
  self->parent = (TideRowSource){ columns, N_COLUMNS, self->processes->len, NULL, FALSE, fill, rows_free };
  return &self->parent;
}
