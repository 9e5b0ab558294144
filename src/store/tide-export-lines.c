#include "config.h"

#include "tide-export-parts.h"

#include "tide-line-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One row a line of a function and process.  */
enum
{
  COLUMN_FILE,
  COLUMN_LINE,
  COLUMN_FUNCTION,
  COLUMN_SELF,
  COLUMN_ALLOCATED,
  COLUMN_FREED,
  COLUMN_LIVE,
  COLUMN_PEAK,
  COLUMN_ALLOCATIONS,
  COLUMN_BLOCKS,
  COLUMN_TEMPORARY,
  COLUMN_ALLOCATED_ERROR,
  COLUMN_LIVE_ERROR,
  COLUMN_SAMPLES,
  COLUMN_PID,
  COLUMN_NAME,
  COLUMN_WHERE,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_FILE] = { "file", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_LINE] = { "line", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_FUNCTION] = { "function", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_SELF] = { "rss_self", N_ ("ΔRSS self"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_ALLOCATED] = { "allocated", N_ ("Allocated"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_FREED] = { "freed", N_ ("Freed"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_LIVE] = { "live", N_ ("Live"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_PEAK] = { "peak", N_ ("Peak"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_ALLOCATIONS] = { "allocations", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_BLOCKS] = { "blocks", N_ ("Blocks"), TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_TEMPORARY] = { "temporary", N_ ("Temporary"), TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_ALLOCATED_ERROR] = { "allocated_error", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_LIVE_ERROR] = { "live_error", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_SAMPLES] = { "samples", N_ ("Samples"), TIDE_CELLS_COUNT, TIDE_FOR_ALL },
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_NAME] = { "name", N_ ("Function"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_WHERE] = { "where", N_ ("Where"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
};

typedef struct
{
  TideExportPart head;
  TideLineTable *table;
} Part;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  GArray *parts; /* Part */
  GString *where;
  TideExportColumn columns[N_COLUMNS];
} LineRows;

static void
fill (TideRowSource *source, gsize index, TideCell *cells)
{
  LineRows *self = (LineRows *)source;
  const Part *part = tide_export_find_part (self->parts, index);
  const TideLineRow *row = tide_line_table_get_row (part->table, (guint)(index - part->head.row));

  tide_cell_set_text (&cells[COLUMN_FILE], *row->file != '\0' ? row->file : NULL);
  if (row->line > 0)
    tide_cell_set_number (&cells[COLUMN_LINE], row->line);
  tide_cell_set_text (&cells[COLUMN_FUNCTION], tide_export_get_name (row->code, row->function));
  tide_cell_set_number (&cells[COLUMN_SELF], TIDE_LINE_ROW_SELF (row));
  if (tide_line_table_has_bytes (part->table))
    tide_export_fill_bytes (&row->bytes, &cells[COLUMN_ALLOCATED], &cells[COLUMN_ALLOCATIONS]);
  tide_cell_set_number (&cells[COLUMN_SAMPLES], (gint64)row->n_samples);
  tide_cell_set_number (&cells[COLUMN_PID], tide_process_get_info (part->head.process)->pid);
  tide_cell_set_text (&cells[COLUMN_NAME], row->function);
  tide_export_fill_where (row->file, row->line, self->where, &cells[COLUMN_WHERE]);
}

static void
clear_part (gpointer data)
{
  tide_line_table_unref (((Part *)data)->table);
}

static void
rows_free (TideRowSource *source)
{
  LineRows *self = (LineRows *)source;

  g_array_unref (self->parts);
  g_ptr_array_unref (self->processes);
  g_string_free (self->where, TRUE);
  g_free (self);
}

/* People see those columns only where there is something in them.  */
static void
show_bytes (LineRows *self)
{
  static const guint shown[] = { COLUMN_ALLOCATED, COLUMN_LIVE, COLUMN_PEAK, COLUMN_BLOCKS,
                                 COLUMN_TEMPORARY };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    self->columns[shown[i]].audience = TIDE_FOR_ALL;
}

TideRowSource *
tide_line_rows_new (GPtrArray *processes,
                    const TideExportOptions *options,
                    GCancellable *cancellable,
                    GError **error)
{
  LineRows *self = g_new0 (LineRows, 1);

  memcpy (self->columns, columns, sizeof columns);
  self->parent = (TideRowSource){ self->columns, N_COLUMNS, 0, "rss_self", FALSE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, clear_part);
  self->where = g_string_new (NULL);
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      Part part = { { process, self->parent.n_rows },
                    tide_line_table_new (process, options->span, cancellable) };

      if (part.table == NULL)
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          rows_free (&self->parent);
          return NULL;
        }
      g_array_append_val (self->parts, part);
      self->parent.n_rows += tide_line_table_get_n_rows (part.table);
      if (tide_line_table_has_bytes (part.table))
        show_bytes (self);
    }
  return &self->parent;
}
