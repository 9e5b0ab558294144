#include "config.h"

#include "tide-export-parts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One row a function and process.  */
enum
{
  COLUMN_FUNCTION,
  COLUMN_FILE,
  COLUMN_LINE,
  COLUMN_CALLS,
  COLUMN_SELF,
  COLUMN_TOTAL,
  COLUMN_RISE,
  COLUMN_FALL,
  COLUMN_ALLOCATED,
  COLUMN_FREED,
  COLUMN_LIVE,
  COLUMN_PEAK,
  COLUMN_SAMPLES,
  COLUMN_HOT_LINE,
  COLUMN_PID,
  COLUMN_ALLOCATIONS,
  COLUMN_BLOCKS,
  COLUMN_TEMPORARY,
  COLUMN_ALLOCATED_ERROR,
  COLUMN_LIVE_ERROR,
  COLUMN_NAME,
  COLUMN_WHERE,
  N_COLUMNS
};

/* For people the figures come first: they are of one width, and names may be long.  */
static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_FUNCTION] = { "function", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_FILE] = { "file", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_LINE] = { "line", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_CALLS] = { "calls", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_SELF] = { "rss_self", N_ ("ΔRSS self"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_TOTAL] = { "rss_total", N_ ("ΔRSS total"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_RISE] = { "rss_rise", N_ ("Rises"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_FALL] = { "rss_fall", N_ ("Falls"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_ALLOCATED] = { "allocated", N_ ("Allocated"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_FREED] = { "freed", N_ ("Freed"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_LIVE] = { "live", N_ ("Live"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_PEAK] = { "peak", N_ ("Peak"), TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_SAMPLES] = { "samples", N_ ("Samples"), TIDE_CELLS_COUNT, TIDE_FOR_ALL },
  [COLUMN_HOT_LINE] = { "hot_line", NULL, TIDE_CELLS_PLAIN, TIDE_FOR_PROGRAMS },
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_ALLOCATIONS] = { "allocations", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_BLOCKS] = { "blocks", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_TEMPORARY] = { "temporary", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_ALLOCATED_ERROR] = { "allocated_error", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_LIVE_ERROR] = { "live_error", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_NAME] = { "name", N_ ("Function"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_WHERE] = { "where", N_ ("Where"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
};

typedef struct
{
  TideProcess *process;
  const TideFunctionRow *row;
  gboolean has_bytes;
} Entry;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  GPtrArray *tables;
  GArray *entries; /* Entry, by process, then name */
  GString *where;  /* of the last row */
  TideExportColumn columns[N_COLUMNS];
} FunctionRows;

static void
fill (TideRowSource *source, gsize index, TideCell *cells)
{
  FunctionRows *self = (FunctionRows *)source;
  const Entry *entry = &g_array_index (self->entries, Entry, index);
  const TideFunctionRow *row = entry->row;

  tide_cell_set_text (&cells[COLUMN_FUNCTION], tide_export_get_name (row->code, row->function));
  tide_cell_set_text (&cells[COLUMN_FILE], *row->file != '\0' ? row->file : NULL);
  if (row->line > 0)
    tide_cell_set_number (&cells[COLUMN_LINE], row->line);
  tide_cell_set_number (&cells[COLUMN_SELF], TIDE_FUNCTION_ROW_SELF (row));
  tide_cell_set_number (&cells[COLUMN_TOTAL], TIDE_FUNCTION_ROW_TOTAL (row));
  tide_cell_set_number (&cells[COLUMN_RISE], row->self_rise);
  tide_cell_set_number (&cells[COLUMN_FALL], row->self_fall);
  tide_cell_set_number (&cells[COLUMN_SAMPLES], (gint64)row->n_samples);
  if (row->n_calls >= 0)
    tide_cell_set_number (&cells[COLUMN_CALLS], row->n_calls);
  if (row->hot_line > 0)
    tide_cell_set_number (&cells[COLUMN_HOT_LINE], row->hot_line);
  if (entry->has_bytes)
    tide_export_fill_bytes (&row->bytes, &cells[COLUMN_ALLOCATED], &cells[COLUMN_ALLOCATIONS]);
  tide_cell_set_number (&cells[COLUMN_PID], tide_process_get_info (entry->process)->pid);
  tide_cell_set_text (&cells[COLUMN_NAME], row->function);
  tide_export_fill_where (row->file, row->line, self->where, &cells[COLUMN_WHERE]);
}

static void
rows_free (TideRowSource *source)
{
  FunctionRows *self = (FunctionRows *)source;

  g_array_unref (self->entries);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->processes);
  g_string_free (self->where, TRUE);
  g_free (self);
}

/* People see those columns only where there is something in them.  */
static void
show_bytes (FunctionRows *self)
{
  static const guint shown[] = { COLUMN_ALLOCATED, COLUMN_LIVE, COLUMN_PEAK };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    self->columns[shown[i]].audience = TIDE_FOR_ALL;
}

TideRowSource *
tide_function_rows_new (GPtrArray *processes,
                        const TideExportOptions *options,
                        GCancellable *cancellable,
                        GError **error)
{
  FunctionRows *self = g_new0 (FunctionRows, 1);

  memcpy (self->columns, columns, sizeof columns);
  self->parent = (TideRowSource){ self->columns, N_COLUMNS, 0, "rss_self", FALSE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify)tide_function_table_unref);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->where = g_string_new (NULL);
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      TideFunctionTable *table = tide_function_table_new (process, options->span, cancellable);
      g_autoptr (GArray) order = NULL;

      if (table == NULL)
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          rows_free (&self->parent);
          return NULL;
        }
      g_ptr_array_add (self->tables, table);
      if (tide_function_table_has_bytes (table))
        show_bytes (self);
      order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_NAME, FALSE, NULL);
      for (guint k = 0; k < order->len; k++)
        {
          Entry entry = { process, tide_function_table_get_row (table, g_array_index (order, guint, k)),
                          tide_function_table_has_bytes (table) };

          g_array_append_val (self->entries, entry);
        }
    }
  self->parent.n_rows = self->entries->len;
  return &self->parent;
}
