#include "config.h"

#include "tide-export-parts.h"

#include "tide-call-cursor.h"

#include <glib/gi18n-lib.h>

/* One row a call, return, line or exception, process by process.  Of C functions file and line are those of
 * the call.  */
enum
{
  COLUMN_N,
  COLUMN_T,
  COLUMN_PID,
  COLUMN_THREAD,
  COLUMN_KIND,
  COLUMN_RSS,
  COLUMN_DELTA,
  COLUMN_FUNCTION,
  COLUMN_FILE,
  COLUMN_LINE,
  COLUMN_CPU,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_N] = { "n", N_ ("No."), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_T] = { "t", N_ ("Seconds"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_THREAD] = { "thread", N_ ("Thread"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_KIND] = { "kind", N_ ("Kind"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_RSS] = { "rss", N_ ("RSS"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_DELTA] = { "drss", N_ ("ΔRSS"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_FUNCTION] = { "function", N_ ("Function"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_FILE] = { "file", N_ ("File"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_LINE] = { "line", N_ ("Line"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_CPU] = { "cpu", N_ ("CPU seconds"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
};

typedef struct
{
  TideExportPart head;
  TideCallCursor *cursor;
} Part;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  GArray *parts; /* Part, none empty */
} EventRows;

static void
clear_part (gpointer data)
{
  tide_call_cursor_free (((Part *)data)->cursor);
}

static void
set_name (TideProcess *process, guint32 string, TideCell *cell)
{
  const char *text = tide_process_get_string (process, string);

  tide_cell_set_text (cell, *text != '\0' ? text : NULL);
}

static void
fill (TideRowSource *source, gsize row, TideCell *cells)
{
  const Part *part = tide_export_find_part (((EventRows *)source)->parts, row);
  const TideThread *thread;
  const TideCode *code, *where;
  TideCallRow call;

  if (!tide_call_cursor_get (part->cursor, row - part->head.row, &call))
    return;
  tide_cell_set_number (&cells[COLUMN_N], (gint64)call.number);
  tide_cell_set_number (&cells[COLUMN_T], call.time_ns);
  tide_cell_set_number (&cells[COLUMN_PID], tide_process_get_info (part->head.process)->pid);
  thread = tide_process_get_thread (part->head.process, call.thread);
  if (thread != NULL)
    tide_cell_set_number (&cells[COLUMN_THREAD], thread->tid);
  tide_cell_set_text (&cells[COLUMN_KIND], tide_call_kind_get_name (call.kind));
  tide_cell_set_number (&cells[COLUMN_RSS], call.rss_bytes);
  tide_cell_set_number (&cells[COLUMN_DELTA], call.delta_bytes);
  code = tide_process_get_code (part->head.process, call.code);
  where = call.caller != 0 ? tide_process_get_code (part->head.process, call.caller) : code;
  if (code != NULL)
    set_name (part->head.process, code->name, &cells[COLUMN_FUNCTION]);
  if (where != NULL)
    set_name (part->head.process, where->file, &cells[COLUMN_FILE]);
  if (call.line > 0)
    tide_cell_set_number (&cells[COLUMN_LINE], call.line);
  if (call.cpu_ns >= 0)
    tide_cell_set_number (&cells[COLUMN_CPU], call.cpu_ns);
}

static void
rows_free (TideRowSource *source)
{
  EventRows *self = (EventRows *)source;

  g_array_unref (self->parts);
  g_ptr_array_unref (self->processes);
  g_free (self);
}

TideRowSource *
tide_event_rows_new (GPtrArray *processes, const TideExportOptions *options)
{
  EventRows *self = g_new0 (EventRows, 1);

  self->parent = (TideRowSource){ columns, N_COLUMNS, 0, NULL, FALSE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, clear_part);
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      g_autoptr (TideCallCursor) cursor = tide_call_cursor_new (process, options->span, TIDE_CALL_ALL_KINDS);
      Part part = { { process, self->parent.n_rows }, NULL };
      guint64 n = tide_call_cursor_get_n_rows (cursor);

      if (n == 0)
        continue;
      part.cursor = g_steal_pointer (&cursor);
      g_array_append_val (self->parts, part);
      self->parent.n_rows += (gsize)n;
    }
  return &self->parent;
}
