#include "config.h"

#include "tide-export-rows.h"

#include "tide-format.h"
#include "tide-instrument-name.h"
#include "tide-told.h"
#include "tide-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One row a process.  */
enum
{
  COLUMN_PID,
  COLUMN_PYTHON,
  COLUMN_ARGV,
  COLUMN_EXIT,
  COLUMN_EXIT_STATUS,
  COLUMN_ENDED,
  COLUMN_DURATION,
  COLUMN_START,
  COLUMN_END,
  COLUMN_PEAK,
  COLUMN_PEAK_T,
  COLUMN_RISE,
  COLUMN_ATTRIBUTED,
  COLUMN_BEFORE,
  COLUMN_OUTSIDE,
  COLUMN_SHUTDOWN,
  COLUMN_LOST,
  COLUMN_INSTRUMENTS,
  COLUMN_MESSAGES,
  COLUMN_TOLD,
  COLUMN_AGENT_BYTES,
  COLUMN_AGENT_CPU,
  COLUMN_HELPER_CPU,
  /* By instrument, in the order of their bits but for the sampler, which takes nothing of the program's.  */
  COLUMN_FIRST_COST,
  COLUMN_LAST_COST = COLUMN_FIRST_COST + TIDE_COST_N_INSTRUMENTS - 2,
  COLUMN_COSTS,
  COLUMN_REFUSED,
  COLUMN_REFUSED_TEXT,
  COLUMN_UNIT,
  N_COLUMNS
};

static const TideExportColumn columns[N_COLUMNS] = {
  [COLUMN_PID] = { "pid", N_ ("PID"), TIDE_CELLS_PLAIN, TIDE_FOR_ALL },
  [COLUMN_PYTHON] = { "python", N_ ("Python"), TIDE_CELLS_TEXT, TIDE_FOR_ALL },
  [COLUMN_ARGV] = { "argv", N_ ("Command"), TIDE_CELLS_LIST, TIDE_FOR_ALL },
  [COLUMN_EXIT] = { "exit", NULL, TIDE_CELLS_TEXT, TIDE_FOR_PROGRAMS },
  [COLUMN_EXIT_STATUS] = { "exit_status", NULL, TIDE_CELLS_COUNT, TIDE_FOR_PROGRAMS },
  [COLUMN_ENDED] = { "ended", N_ ("Ended"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_DURATION] = { "duration_s", N_ ("Duration"), TIDE_CELLS_DURATION, TIDE_FOR_ALL },
  [COLUMN_START] = { "rss_start", N_ ("RSS when measuring began"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_END] = { "rss_end", N_ ("RSS before shutdown"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_PEAK] = { "rss_peak", N_ ("RSS peak"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
  [COLUMN_PEAK_T] = { "rss_peak_t", N_ ("Peak at second"), TIDE_CELLS_TIME, TIDE_FOR_ALL },
  [COLUMN_RISE] = { "rss_rise", N_ ("Rise"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_ATTRIBUTED] = { "attributed", N_ ("Sum over functions"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_BEFORE] = { "before_measuring", N_ ("Before measuring"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_OUTSIDE] = { "outside_python", N_ ("… outside Python"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_SHUTDOWN] = { "shutdown", N_ ("Interpreter shutdown"), TIDE_CELLS_BYTES_SIGNED, TIDE_FOR_ALL },
  [COLUMN_LOST] = { "lost", N_ ("Events lost"), TIDE_CELLS_COUNT, TIDE_FOR_ALL },
  [COLUMN_INSTRUMENTS] = { "instruments", N_ ("Instruments"), TIDE_CELLS_LIST, TIDE_FOR_ALL },
  [COLUMN_MESSAGES] = { "messages", NULL, TIDE_CELLS_LIST, TIDE_FOR_PROGRAMS },
  [COLUMN_TOLD] = { "told", N_ ("Told"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_AGENT_BYTES] = { "agent_bytes", NULL, TIDE_CELLS_BYTES, TIDE_FOR_PROGRAMS },
  [COLUMN_AGENT_CPU] = { "agent_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  [COLUMN_HELPER_CPU] = { "helper_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  [COLUMN_FIRST_COST] = { "events_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "faults_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "calls_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "lines_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "bytes_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "bytes_sampled_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  { "gc_cpu_s", NULL, TIDE_CELLS_DURATION, TIDE_FOR_PROGRAMS },
  [COLUMN_COSTS] = { "costs", N_ ("Time of instruments"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_REFUSED] = { "refused", NULL, TIDE_CELLS_LIST, TIDE_FOR_PROGRAMS },
  [COLUMN_REFUSED_TEXT] = { "refusals", N_ ("Refused or given up"), TIDE_CELLS_TEXT, TIDE_FOR_PEOPLE },
  [COLUMN_UNIT] = { "rss_unit", N_ ("Unit of one reading"), TIDE_CELLS_BYTES, TIDE_FOR_ALL },
};

typedef struct
{
  TideProcess *process;
  GStrv instruments;
  GStrv messages;
  char *told; /* the same for people, in one; NULL: nothing */
  char *ended;
  char *costs;
  GStrv refused;
  char *refused_text;
  gint64 unit_bytes;
  TideFunctionTable *table;
} Entry;

typedef struct
{
  TideRowSource parent;
  GPtrArray *processes;
  TideSpan span;
  GArray *entries; /* Entry */
} SummaryRows;

static void
entry_clear (gpointer data)
{
  Entry *self = data;

  g_strfreev (self->instruments);
  g_strfreev (self->messages);
  g_free (self->told);
  g_free (self->ended);
  g_free (self->costs);
  g_strfreev (self->refused);
  g_free (self->refused_text);
  tide_function_table_unref (self->table);
}

/* What the person was told while it was measured: warnings and worse.  */
static GStrv
get_messages (TideProcess *process)
{
  g_autoptr (GStrvBuilder) messages = g_strv_builder_new ();

  for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
    {
      const TideNote *note = tide_process_get_note (process, i);

      if (note->kind == TIDE_NOTE_MESSAGE && note->value >= TIDE_SEVERITY_WARNING && note->text != NULL)
        g_strv_builder_add (messages, note->text);
    }
  return g_strv_builder_end (messages);
}

/* MESSAGES in the person's language, NULL: none.  */
static char *
describe_messages (const char *const *messages)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; messages[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", tide_told (messages[i]));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

char *
tide_export_describe_end (const TideProcessEnd *end)
{
  if (end == NULL)
    return NULL;
  switch ((TideEndKind)end->kind)
    {
    case TIDE_END_EXITED:
      return g_strdup_printf (_ ("exited with status %u"), end->value);
    case TIDE_END_SIGNALLED:
      return g_strdup_printf (_ ("by signal %u (%s)"), end->value, g_strsignal ((gint)end->value));
    case TIDE_END_DETACHED:
      return g_strdup (_ ("goes on; measuring was ended"));
    case TIDE_END_EXECUTED:
      return g_strdup (_ ("became another program"));
    case TIDE_END_UNKNOWN:
    default:
      return g_strdup (_ ("unknown how"));
    }
}

void
tide_export_fill_end (const TideProcessEnd *end, TideCell *kind, TideCell *status)
{
  static const char *const kinds[] = {
    [TIDE_END_EXITED] = "exited",   [TIDE_END_SIGNALLED] = "signalled", [TIDE_END_DETACHED] = "detached",
    [TIDE_END_UNKNOWN] = "unknown", [TIDE_END_EXECUTED] = "executed",
  };

  if (end == NULL)
    return;
  tide_cell_set_text (kind, kinds[end->kind < G_N_ELEMENTS (kinds) ? end->kind : TIDE_END_UNKNOWN]);
  if (end->kind == TIDE_END_EXITED || end->kind == TIDE_END_SIGNALLED)
    tide_cell_set_number (status, end->value);
}

/* When RSS first was PEAK in [begin, end).  */
static gint64
find_peak (TideSeries *rss, gint64 begin_ns, gint64 end_ns, gint64 peak)
{
  gsize last = tide_series_count_before (rss, end_ns, FALSE);
  gint64 time_ns = begin_ns, value;

  if (tide_series_value_at (rss, begin_ns, &value) && value == peak)
    return begin_ns;
  for (gsize i = tide_series_count_before (rss, begin_ns, FALSE); i < last; i++)
    if (tide_series_get (rss, i, &time_ns, &value) && value == peak)
      break;
  return time_ns;
}

/* RSS when the program began: what came before, while the interpreter started, is told by events of their own
 * at the very beginning.  */
static gint64
find_start (TideProcess *process, gint64 begin_ns, gint64 end_ns, gint64 start)
{
  for (gsize i = 0; i < tide_process_get_n_events (process); i++)
    {
      const TideRssEvent *event = tide_process_get_event (process, i);

      if (event->source != TIDE_SOURCE_START || event->time_ns >= end_ns)
        break;
      if (event->time_ns >= begin_ns)
        start = event->rss_bytes;
    }
  return start;
}

/* SHUTDOWN: what the interpreter gave back in the span when it took itself apart, negative.  */
static void
fill_rss (TideProcess *process, TideSpan span, gint64 shutdown, TideCell *cells)
{
  TideSeries *rss = tide_process_get_rss (process);
  gint64 last_ns = tide_process_get_last_time (process);
  gint64 begin_ns = MAX (span.begin_ns, tide_process_get_info (process)->start_ns);
  /* Half-open: what happened at the very last moment belongs to the recording.  */
  gint64 end_ns = MIN (span.end_ns, last_ns + 1);
  gint64 start, end, peak;
  TideExtent extent;

  tide_cell_set_number (&cells[COLUMN_DURATION], MAX (MIN (span.end_ns, last_ns) - begin_ns, 0));
  if (begin_ns >= end_ns || !tide_series_extent (rss, begin_ns, end_ns, &extent))
    return;
  start = find_start (process, begin_ns, end_ns, extent.first);
  tide_cell_set_number (&cells[COLUMN_START], start);
  end = extent.last - shutdown;
  /* No sample may have seen the last moment before the shutdown.  */
  peak = MAX (extent.max, end);
  tide_cell_set_number (&cells[COLUMN_END], end);
  tide_cell_set_number (&cells[COLUMN_RISE], end - start);
  tide_cell_set_number (&cells[COLUMN_PEAK], peak);
  tide_cell_set_number (&cells[COLUMN_PEAK_T], find_peak (rss, begin_ns, end_ns, peak));
}

/* The model's own row, or that of the node without a file which the helper makes for it.  */
static gboolean
is_before_measuring (const TideFunctionRow *row)
{
  return row->code == TIDE_CODE_BEFORE
         || (*row->file == '\0' && strcmp (row->function, "[before measuring]") == 0);
}

/* The helper's.  */
static gboolean
is_shutdown (const TideFunctionRow *row)
{
  return *row->file == '\0' && strcmp (row->function, "[interpreter shutdown]") == 0;
}

/* Gives what belongs to the shutdown.  */
static gint64
fill_attributed (TideFunctionTable *table, TideCell *cells)
{
  gint64 before = 0, outside = 0, shutdown = 0;

  for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, i);

      if (is_before_measuring (row))
        before += TIDE_FUNCTION_ROW_SELF (row);
      else if (is_shutdown (row))
        shutdown += TIDE_FUNCTION_ROW_SELF (row);
      else if (row->code == 0)
        outside = TIDE_FUNCTION_ROW_SELF (row);
    }
  tide_cell_set_number (&cells[COLUMN_ATTRIBUTED], tide_function_table_get_net (table) - before - shutdown);
  tide_cell_set_number (&cells[COLUMN_BEFORE], before);
  tide_cell_set_number (&cells[COLUMN_OUTSIDE], outside);
  tide_cell_set_number (&cells[COLUMN_SHUTDOWN], shutdown);
  return shutdown;
}

/* "events 1.2 ms, faults 30 ms"; NULL when it was not told.  */
static char *
describe_costs (TideProcess *process, const char *const *names)
{
  const TideCost *cost = tide_process_get_cost (process);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; cost != NULL && i < TIDE_COST_N_INSTRUMENTS; i++)
    {
      const char *name = tide_instrument_name (1u << i);
      g_autofree char *duration = tide_format_duration (cost->instrument_ns[i]);

      if (cost->instrument_ns[i] >= 0 && g_strv_contains (names, name))
        g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", name, duration);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* Which instruments are off though somebody wanted them, and why, as it was last told; and how far a reading
 * of those that follow RSS may be off.  */
static void
take_states (TideProcess *process, Entry *entry)
{
  const TideNote *last[TIDE_COST_N_INSTRUMENTS] = { NULL };
  g_autoptr (GStrvBuilder) refused = g_strv_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < tide_process_get_n_notes (process); i++)
    {
      const TideNote *note = tide_process_get_note (process, i);
      gint number = note->kind == TIDE_NOTE_INSTRUMENT ? g_bit_nth_lsf (note->detail, -1) : -1;

      if (number < 0 || number >= TIDE_COST_N_INSTRUMENTS)
        continue;
      last[number] = note;
      if ((note->detail & (TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS)) != 0
          && note->value == TIDE_STATE_ON)
        entry->unit_bytes = MAX (entry->unit_bytes, note->unit_bytes);
    }
  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    {
      const char *name = tide_instrument_name (1u << i);
      g_autofree char *line = NULL;

      if (last[i] == NULL || last[i]->value == TIDE_STATE_ON || last[i]->text == NULL
          || *last[i]->text == '\0')
        continue;
      line = g_strdup_printf ("%s: %s", name, last[i]->text);
      g_strv_builder_add (refused, line);
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? " " : "", name, tide_told (last[i]->text));
    }
  entry->refused = g_strv_builder_end (refused);
  entry->refused_text = text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* What measuring has cost when it was last told, of the whole recording.  */
static void
fill_cost (const TideCost *cost, const char *const *names, TideCell *cells)
{
  if (cost == NULL)
    return;
  for (guint i = 1; i < TIDE_COST_N_INSTRUMENTS; i++)
    if (cost->instrument_ns[i] >= 0 && g_strv_contains (names, tide_instrument_name (1u << i)))
      tide_cell_set_number (&cells[COLUMN_FIRST_COST + i - 1], cost->instrument_ns[i]);
  tide_cell_set_number (&cells[COLUMN_AGENT_BYTES], cost->agent_bytes);
  tide_cell_set_number (&cells[COLUMN_AGENT_CPU], cost->agent_ns);
  tide_cell_set_number (&cells[COLUMN_HELPER_CPU], cost->helper_ns);
}

static void
fill (TideRowSource *source, gsize index, TideCell *cells)
{
  SummaryRows *self = (SummaryRows *)source;
  const Entry *entry = &g_array_index (self->entries, Entry, index);
  const TideProcessInfo *info = tide_process_get_info (entry->process);
  gint64 shutdown = 0;

  tide_cell_set_number (&cells[COLUMN_PID], info->pid);
  tide_cell_set_text (&cells[COLUMN_PYTHON], info->python_version);
  cells[COLUMN_ARGV].list = (const char *const *)info->argv;
  cells[COLUMN_ARGV].is_null = info->argv == NULL;
  tide_export_fill_end (tide_process_get_end (entry->process), &cells[COLUMN_EXIT],
                        &cells[COLUMN_EXIT_STATUS]);
  tide_cell_set_text (&cells[COLUMN_ENDED], entry->ended);
  /* Without an event nothing was attributed, and that is no measured nought.  */
  if (tide_process_get_n_events (entry->process) > 0)
    shutdown = fill_attributed (entry->table, cells);
  fill_rss (entry->process, self->span, shutdown, cells);
  tide_cell_set_number (&cells[COLUMN_LOST], tide_process_get_n_lost (entry->process));
  cells[COLUMN_INSTRUMENTS].list = (const char *const *)entry->instruments;
  cells[COLUMN_INSTRUMENTS].is_null = FALSE;
  cells[COLUMN_MESSAGES].list = (const char *const *)entry->messages;
  cells[COLUMN_MESSAGES].is_null = FALSE;
  tide_cell_set_text (&cells[COLUMN_TOLD], entry->told);
  tide_cell_set_text (&cells[COLUMN_COSTS], entry->costs);
  cells[COLUMN_REFUSED].list = (const char *const *)entry->refused;
  cells[COLUMN_REFUSED].is_null = FALSE;
  tide_cell_set_text (&cells[COLUMN_REFUSED_TEXT], entry->refused_text);
  if (entry->unit_bytes > 0)
    tide_cell_set_number (&cells[COLUMN_UNIT], entry->unit_bytes);
  fill_cost (tide_process_get_cost (entry->process), (const char *const *)entry->instruments, cells);
}

static void
rows_free (TideRowSource *source)
{
  SummaryRows *self = (SummaryRows *)source;

  g_array_unref (self->entries);
  g_ptr_array_unref (self->processes);
  g_free (self);
}

TideRowSource *
tide_summary_rows_new (GPtrArray *processes,
                       const TideExportOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  SummaryRows *self = g_new0 (SummaryRows, 1);

  self->parent = (TideRowSource){ columns, N_COLUMNS, processes->len, NULL, TRUE, fill, rows_free };
  self->processes = g_ptr_array_ref (processes);
  self->span = options->span;
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  for (guint i = 0; i < processes->len; i++)
    {
      TideProcess *process = g_ptr_array_index (processes, i);
      Entry entry = { .process = process };

      entry.table = tide_function_table_new (process, options->span, cancellable);
      if (entry.table == NULL)
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          rows_free (&self->parent);
          return NULL;
        }
      entry.instruments = tide_export_get_instruments (process);
      entry.messages = get_messages (process);
      entry.told = describe_messages ((const char *const *)entry.messages);
      entry.costs = describe_costs (process, (const char *const *)entry.instruments);
      take_states (process, &entry);
      entry.ended = tide_export_describe_end (tide_process_get_end (process));
      g_array_append_val (self->entries, entry);
    }
  return &self->parent;
}
