#include "config.h"

#include "tide-event-columns.h"

#include "tide-call-rows.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

static const TideTableColumn columns[TIDE_N_EVENTS_COLUMNS] = {
  [TIDE_EVENTS_COLUMN_NUMBER] = { "number", 10, 100, TIDE_COLUMN_NUMBER | TIDE_COLUMN_DIM },
  [TIDE_EVENTS_COLUMN_TIME] = { "time", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_EVENTS_COLUMN_CPU] = { "cpu", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_EVENTS_COLUMN_THREAD] = { "thread", 10, 90, TIDE_COLUMN_NUMBER },
  [TIDE_EVENTS_COLUMN_KIND] = { "kind", 9, 100, 0 },
  [TIDE_EVENTS_COLUMN_RSS] = { "rss", 9, 100, TIDE_COLUMN_NUMBER },
  [TIDE_EVENTS_COLUMN_DELTA] = { "delta", 10, 100, TIDE_COLUMN_NUMBER },
  [TIDE_EVENTS_COLUMN_FUNCTION] = { "function", 26, 200,
                                    TIDE_COLUMN_NAMES | TIDE_COLUMN_EXPAND | TIDE_COLUMN_STRONG },
  [TIDE_EVENTS_COLUMN_WHERE] = { "where", 24, 180,
                                 TIDE_COLUMN_EXPAND | TIDE_COLUMN_DIM | TIDE_COLUMN_MIDDLE },
};

static const char *
get_title (guint column)
{
  switch ((TideEventsColumn)column)
    {
    case TIDE_EVENTS_COLUMN_NUMBER:
      return _ ("No.");
    case TIDE_EVENTS_COLUMN_TIME:
      return _ ("Seconds");
    case TIDE_EVENTS_COLUMN_CPU:
      return _ ("CPU seconds");
    case TIDE_EVENTS_COLUMN_THREAD:
      return _ ("Thread");
    case TIDE_EVENTS_COLUMN_KIND:
      return _ ("Kind");
    case TIDE_EVENTS_COLUMN_RSS:
      return _ ("RSS");
    case TIDE_EVENTS_COLUMN_DELTA:
      return _ ("ΔRSS");
    case TIDE_EVENTS_COLUMN_FUNCTION:
      return _ ("Function");
    case TIDE_EVENTS_COLUMN_WHERE:
      return _ ("Where");
    case TIDE_N_EVENTS_COLUMNS:
    default:
      return "";
    }
}

static const char *
get_definition (guint column)
{
  switch ((TideEventsColumn)column)
    {
    case TIDE_EVENTS_COLUMN_NUMBER:
      return _ ("Place among all events of the recording");
    case TIDE_EVENTS_COLUMN_TIME:
      return _ ("Time since the start of the program");
    case TIDE_EVENTS_COLUMN_CPU:
      return _ ("Processor time that the thread has taken until then");
    case TIDE_EVENTS_COLUMN_THREAD:
      return _ ("Number of the thread, as the system gives it");
    case TIDE_EVENTS_COLUMN_KIND:
      return _ ("What happened: a call, a return, a line, an exception");
    case TIDE_EVENTS_COLUMN_RSS:
      return _ ("Resident memory of the process then");
    case TIDE_EVENTS_COLUMN_DELTA:
      return _ ("Change of RSS since the event before, of whatever thread");
    case TIDE_EVENTS_COLUMN_FUNCTION:
      return _ ("The function that was called, returned or ran");
    case TIDE_EVENTS_COLUMN_WHERE:
      return _ ("File and line; of a C function those of the call");
    case TIDE_N_EVENTS_COLUMNS:
    default:
      return "";
    }
}

/* The file that the place of ROW is in, of a C function that of its caller; "": unknown.  */
static const char *
get_file (TideProcess *process, const TideCallRow *row)
{
  const TideCode *code = tide_process_get_code (process, row->caller != 0 ? row->caller : row->code);

  return code != NULL ? tide_process_get_string (process, code->file) : "";
}

static char *
dup_text (gpointer rows, guint position, guint column)
{
  TideProcess *process = tide_call_rows_get_process (rows);
  const TideThread *thread;
  const TideCode *code;
  TideCallRow row;

  if (!tide_call_rows_get (rows, position, &row))
    return NULL;
  switch ((TideEventsColumn)column)
    {
    case TIDE_EVENTS_COLUMN_NUMBER:
      return tide_format_count (row.number);
    case TIDE_EVENTS_COLUMN_TIME:
      return g_strdup_printf ("%.6f", (double)row.time_ns / 1e9);
    case TIDE_EVENTS_COLUMN_CPU:
      return row.cpu_ns >= 0 ? g_strdup_printf ("%.6f", (double)row.cpu_ns / 1e9) : g_strdup ("");
    case TIDE_EVENTS_COLUMN_THREAD:
      thread = tide_process_get_thread (process, row.thread);
      return thread != NULL ? g_strdup_printf ("%u", thread->tid) : g_strdup ("");
    case TIDE_EVENTS_COLUMN_KIND:
      return g_strdup (tide_call_kind_get_name (row.kind));
    case TIDE_EVENTS_COLUMN_RSS:
      return tide_format_bytes ((guint64)row.rss_bytes);
    case TIDE_EVENTS_COLUMN_DELTA:
      return row.delta_bytes != 0 ? tide_format_bytes_signed (row.delta_bytes) : g_strdup ("");
    case TIDE_EVENTS_COLUMN_FUNCTION:
      code = tide_process_get_code (process, row.code);
      return g_strdup (code != NULL ? tide_process_get_string (process, code->name) : "");
    case TIDE_EVENTS_COLUMN_WHERE:
      return tide_format_place_line (get_file (process, &row), row.line);
    case TIDE_N_EVENTS_COLUMNS:
    default:
      return g_strdup ("");
    }
}

static char *
dup_tooltip (gpointer rows, guint position, guint column)
{
  TideProcess *process = tide_call_rows_get_process (rows);
  TideCallRow row;

  if (!tide_call_rows_get (rows, position, &row))
    return NULL;
  switch ((TideEventsColumn)column)
    {
    case TIDE_EVENTS_COLUMN_RSS:
      return tide_format_bytes_exact (row.rss_bytes);
    case TIDE_EVENTS_COLUMN_DELTA:
      return row.delta_bytes != 0 ? tide_format_bytes_exact (row.delta_bytes) : NULL;
    case TIDE_EVENTS_COLUMN_FUNCTION:
      return dup_text (rows, position, column);
    case TIDE_EVENTS_COLUMN_WHERE:
      {
        const char *file = get_file (process, &row);

        if (*file == '\0')
          return NULL;
        return row.line > 0 ? g_strdup_printf ("%s:%u", file, row.line) : g_strdup (file);
      }
    case TIDE_EVENTS_COLUMN_NUMBER:
    case TIDE_EVENTS_COLUMN_TIME:
    case TIDE_EVENTS_COLUMN_CPU:
    case TIDE_EVENTS_COLUMN_THREAD:
    case TIDE_EVENTS_COLUMN_KIND:
    case TIDE_N_EVENTS_COLUMNS:
    default:
      return NULL;
    }
}

static const TideTableKind kind = {
  .name = "events",
  .columns = columns,
  .n_columns = TIDE_N_EVENTS_COLUMNS,
  .get_title = get_title,
  .get_definition = get_definition,
  .dup_text = dup_text,
  .dup_tooltip = dup_tooltip,
};

const TideTableKind *
tide_event_columns_get_kind (void)
{
  return &kind;
}
