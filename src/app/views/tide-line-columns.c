#include "config.h"

#include "tide-line-columns.h"

#include "tide-format.h"
#include "tide-function-cell.h"
#include "tide-line-slots.h"
#include "tide-row-kind.h"

#include <glib/gi18n-lib.h>

static const TideTableColumn columns[TIDE_N_LINE_COLUMNS] = {
  [TIDE_LINE_COLUMN_WHERE] = { "line", 24, 220, TIDE_COLUMN_NAMES | TIDE_COLUMN_EXPAND | TIDE_COLUMN_MIDDLE },
  [TIDE_LINE_COLUMN_FUNCTION] = { "function", 24, 190, TIDE_COLUMN_EXPAND | TIDE_COLUMN_KINDS },
  [TIDE_LINE_COLUMN_SELF] = { "self", 11, 120, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_ALLOCATED] = { "allocated", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_LIVE] = { "live", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_PEAK] = { "peak", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_BLOCKS] = { "blocks", 9, 100, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_TEMPORARY] = { "temporary", 9, 100, TIDE_COLUMN_NUMBER },
  [TIDE_LINE_COLUMN_SAMPLES] = { "samples", 7, 100, TIDE_COLUMN_NUMBER },
};

static const char *
get_title (guint column)
{
  switch ((TideLineColumn)column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return _ ("Line");
    case TIDE_LINE_COLUMN_FUNCTION:
      return _ ("Function");
    case TIDE_LINE_COLUMN_SELF:
      return _ ("ΔRSS self");
    case TIDE_LINE_COLUMN_ALLOCATED:
      return _ ("Allocated");
    case TIDE_LINE_COLUMN_LIVE:
      return _ ("Live");
    case TIDE_LINE_COLUMN_PEAK:
      return _ ("Peak");
    case TIDE_LINE_COLUMN_BLOCKS:
      return _ ("Blocks");
    case TIDE_LINE_COLUMN_TEMPORARY:
      return _ ("Temporary");
    case TIDE_LINE_COLUMN_SAMPLES:
      return _ ("Samples");
    case TIDE_N_LINE_COLUMNS:
    default:
      return "";
    }
}

static const char *
get_definition (guint column)
{
  switch ((TideLineColumn)column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return _ ("File and line");
    case TIDE_LINE_COLUMN_FUNCTION:
      return _ ("The function that the line is part of");
    case TIDE_LINE_COLUMN_SELF:
      return _ ("Change of RSS while this line itself ran: its rises less its falls");
    case TIDE_LINE_COLUMN_ALLOCATED:
      return _ ("Bytes of Python memory that this line itself asked for, given back or not");
    case TIDE_LINE_COLUMN_LIVE:
      return _ ("Bytes that this line had asked for and that were not given back by the end of the range");
    case TIDE_LINE_COLUMN_PEAK:
      return _ ("The most that was live of this line at one time");
    case TIDE_LINE_COLUMN_BLOCKS:
      return _ ("How many blocks of this line were live at the end of the range");
    case TIDE_LINE_COLUMN_TEMPORARY:
      return _ ("How many blocks were given back before their thread asked for another");
    case TIDE_LINE_COLUMN_SAMPLES:
      return _ ("How many changes of RSS were seen in this line");
    case TIDE_N_LINE_COLUMNS:
    default:
      return "";
    }
}

static TideFunctionRow
get_function (const TideLineRow *row)
{
  return (TideFunctionRow){ .code = row->code, .function = row->function, .file = row->file };
}

static char *
format (const TideLineRow *row, TideLineColumn column)
{
  gint64 figure = tide_line_row_get_figure (row, column);

  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      return tide_format_place_line (row->file, row->line);
    case TIDE_LINE_COLUMN_FUNCTION:
      {
        TideFunctionRow function = get_function (row);

        return g_strdup (tide_row_kind_get_name (&function));
      }
    case TIDE_LINE_COLUMN_SELF:
      return tide_format_bytes_signed (figure);
    case TIDE_LINE_COLUMN_ALLOCATED:
    case TIDE_LINE_COLUMN_LIVE:
    case TIDE_LINE_COLUMN_PEAK:
      return tide_format_bytes ((guint64)figure);
    case TIDE_LINE_COLUMN_BLOCKS:
    case TIDE_LINE_COLUMN_TEMPORARY:
    case TIDE_LINE_COLUMN_SAMPLES:
    case TIDE_N_LINE_COLUMNS:
    default:
      return tide_format_count ((guint64)figure);
    }
}

static char *
dup_exact (const TideLineRow *row, TideLineColumn column)
{
  switch (column)
    {
    case TIDE_LINE_COLUMN_WHERE:
      if (*row->file == '\0')
        return NULL;
      return row->line > 0 ? g_strdup_printf ("%s:%u", row->file, row->line) : g_strdup (row->file);
    case TIDE_LINE_COLUMN_FUNCTION:
      {
        TideFunctionRow function = get_function (row);

        return tide_function_cell_dup_name_tooltip (&function);
      }
    case TIDE_LINE_COLUMN_ALLOCATED:
    case TIDE_LINE_COLUMN_LIVE:
      return tide_function_cell_dup_bytes_tooltip (&row->bytes, tide_line_row_get_figure (row, column),
                                                   column == TIDE_LINE_COLUMN_ALLOCATED);
    case TIDE_LINE_COLUMN_SELF:
    case TIDE_LINE_COLUMN_PEAK:
      return tide_format_bytes_exact (tide_line_row_get_figure (row, column));
    case TIDE_LINE_COLUMN_BLOCKS:
    case TIDE_LINE_COLUMN_TEMPORARY:
    case TIDE_LINE_COLUMN_SAMPLES:
    case TIDE_N_LINE_COLUMNS:
    default:
      return NULL;
    }
}

static char *
dup_text (gpointer slots, guint position, guint column)
{
  const TideLineRow *row = tide_line_slots_get_row (slots, position);

  return row != NULL ? format (row, (TideLineColumn)column) : NULL;
}

static char *
dup_tooltip (gpointer slots, guint position, guint column)
{
  const TideLineRow *row = tide_line_slots_get_row (slots, position);

  return row != NULL ? dup_exact (row, (TideLineColumn)column) : NULL;
}

static gboolean
is_other (gpointer slots, guint position)
{
  const TideLineRow *row = tide_line_slots_get_row (slots, position);
  TideFunctionRow function;

  if (row == NULL)
    return FALSE;
  function = get_function (row);
  return tide_row_kind_of (&function) != TIDE_ROW_FUNCTION;
}

/* Columns of Python bytes come when there is something in them.  */
static gboolean
is_default (gpointer slots, guint column)
{
  return column < TIDE_LINE_COLUMN_ALLOCATED || column > TIDE_LINE_COLUMN_TEMPORARY
         || tide_line_slots_has_bytes (slots);
}

static void
sort (gpointer slots, guint column, gboolean descending)
{
  tide_line_slots_set_sort (slots, (TideLineColumn)column, descending);
}

static const TideTableKind kind = {
  .name = "lines",
  .columns = columns,
  .n_columns = TIDE_N_LINE_COLUMNS,
  .get_title = get_title,
  .get_definition = get_definition,
  .dup_text = dup_text,
  .dup_tooltip = dup_tooltip,
  .is_default = is_default,
  .is_other = is_other,
  .sort = sort,
  .sort_column = TIDE_LINE_COLUMN_SELF,
  .sort_descending = TRUE,
};

const TideTableKind *
tide_line_columns_get_kind (void)
{
  return &kind;
}
