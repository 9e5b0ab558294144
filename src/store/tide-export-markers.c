#include "config.h"

#include "tide-export-parts.h"

#include <glib/gi18n-lib.h>

/* One row a moment, process by process: collections and marks in order of time.  */
enum
{
  COLUMN_T,
  COLUMN_PID,
  COLUMN_KIND,
  COLUMN_TEXT,
  COLUMN_ID,
  COLUMN_THREAD,
  COLUMN_RSS,
  COLUMN_DURATION,
  COLUMN_DELTA,
  COLUMN_GENERATION,
  COLUMN_COLLECTED,
  COLUMN_UNCOLLECTABLE,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_T] = { "t", N_ ("Seconds"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_KIND] = { "kind", N_ ("Kind"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_TEXT] = { "text", N_ ("Text"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_ID] = { "id", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_THREAD] = { "thread", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_RSS] = { "rss", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_DURATION] = { "duration_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  [COLUMN_DELTA] = { "drss", NULL, TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_PROGRAMS },
  [COLUMN_GENERATION] = { "generation", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_COLLECTED] = { "collected", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_UNCOLLECTABLE] = { "uncollectable", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
};

typedef struct
{
  TideExportPart head;
  gsize first_mark, end_mark;
  gsize first_collection;
} Part;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  GArray *parts; /* Part, none empty */
  char *text;    /* of the row that was filled last */
} MarkerRows;

/* In which row of PART a mark stands: behind the marks before it and the collections before its time.  */
static gsize
row_of_mark (const Part *part, gsize mark)
{
  gint64 time_ns = tide_process_get_mark (part->head.process, mark)->time_ns;

  return mark - part->first_mark
         + (tide_process_count_collections_before (part->head.process, time_ns) - part->first_collection);
}

/* The first mark of PART that stands in ROW or behind it.  */
static gsize
find_mark (const Part *part, gsize row)
{
  gsize low = part->first_mark, high = part->end_mark;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (row_of_mark (part, middle) < row)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
set_thread (TideCell *cell, TideProcess *process, guint32 id)
{
  const TideThread *thread = tide_process_get_thread (process, id);

  if (thread != NULL)
    tide_cell_set_number (cell, thread->tid);
}

static void
fill_mark (MarkerRows *self, TideProcess *process, const TideMark *mark, TideCell *cells)
{
  tide_cell_set_number (&cells[COLUMN_T], mark->time_ns);
  tide_cell_set_text (&cells[COLUMN_KIND], tide_marker_kind_get_name (mark->kind));
  tide_cell_set_text (&cells[COLUMN_TEXT], mark->text);
  tide_cell_set_number (&cells[COLUMN_ID], (gint64)(mark->id & G_MAXINT64));
  set_thread (&cells[COLUMN_THREAD], process, mark->thread);
  if (mark->rss_bytes > 0)
    tide_cell_set_number (&cells[COLUMN_RSS], mark->rss_bytes);
}

static void
fill_collection (MarkerRows *self, TideProcess *process, const TideCollection *collection, TideCell *cells)
{
  self->text = tide_collection_describe (collection);
  tide_cell_set_number (&cells[COLUMN_T], collection->time_ns);
  tide_cell_set_text (&cells[COLUMN_KIND], tide_marker_kind_get_name (TIDE_MARKER_GC));
  tide_cell_set_text (&cells[COLUMN_TEXT], self->text);
  set_thread (&cells[COLUMN_THREAD], process, collection->thread);
  tide_cell_set_number (&cells[COLUMN_DURATION], collection->duration_ns);
  tide_cell_set_number (&cells[COLUMN_DELTA], collection->delta_bytes);
  tide_cell_set_number (&cells[COLUMN_GENERATION], collection->generation);
  tide_cell_set_number (&cells[COLUMN_COLLECTED], collection->collected);
  tide_cell_set_number (&cells[COLUMN_UNCOLLECTABLE], collection->uncollectable);
}

static void
fill (TideRowSource *source, gsize row, TideCell *cells)
{
  MarkerRows *self = (MarkerRows *)source;
  const Part *part = tide_export_find_part (self->parts, row);
  gsize mark;

  row -= part->head.row;
  mark = find_mark (part, row);
  g_clear_pointer (&self->text, g_free);
  tide_cell_set_number (&cells[COLUMN_PID], tide_process_get_info (part->head.process)->pid);
  if (mark < part->end_mark && row_of_mark (part, mark) == row)
    fill_mark (self, part->head.process, tide_process_get_mark (part->head.process, mark), cells);
  else
    fill_collection (self, part->head.process,
                     tide_process_get_collection (part->head.process,
                                                  part->first_collection + row - (mark - part->first_mark)),
                     cells);
}

static void
rows_free (TideRowSource *source)
{
  MarkerRows *self = (MarkerRows *)source;

  g_ptr_array_unref (self->processes);
  g_array_unref (self->parts);
  g_free (self->text);
  g_free (self);
}

TideRowSource *
tide_marker_rows_new (GPtrArray *processes, const TideExportOptions *options)
{
  MarkerRows *self = g_new0 (MarkerRows, 1);

  self->parent = (TideRowSource){ columns, N_COLUMNS, 0, NULL, FALSE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      gsize end_collection = tide_process_count_collections_before (process, options->span.end_ns);
      Part part = { .head = { process, self->parent.n_rows },
                    .first_mark = tide_process_count_marks_before (process, options->span.begin_ns),
                    .end_mark = tide_process_count_marks_before (process, options->span.end_ns),
                    .first_collection =
                        tide_process_count_collections_before (process, options->span.begin_ns) };

      if (part.end_mark == part.first_mark && end_collection == part.first_collection)
        continue;
      g_array_append_val (self->parts, part);
      self->parent.n_rows += part.end_mark - part.first_mark + end_collection - part.first_collection;
    }
  return &self->parent;
}
