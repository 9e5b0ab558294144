#include "tide-function-columns.h"

#include "tide-function-cell.h"
#include "tide-function-slots.h"
#include "tide-row-kind.h"

static const TideTableColumn columns[TIDE_N_FUNCTION_COLUMNS] = {
  [TIDE_FUNCTION_COLUMN_NAME] = { "name", 24, 170,
                                  TIDE_COLUMN_NAMES | TIDE_COLUMN_KINDS | TIDE_COLUMN_EXPAND
                                      | TIDE_COLUMN_STRONG },
  [TIDE_FUNCTION_COLUMN_WHERE] = { "where", 20, 150,
                                   TIDE_COLUMN_EXPAND | TIDE_COLUMN_DIM | TIDE_COLUMN_MIDDLE },
  [TIDE_FUNCTION_COLUMN_SELF] = { "self", 11, 240,
                                  TIDE_COLUMN_NUMBER | TIDE_COLUMN_STRONG | TIDE_COLUMN_BAR },
  [TIDE_FUNCTION_COLUMN_TOTAL] = { "total", 11, 120, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_RISE] = { "rises", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_FALL] = { "falls", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_SAMPLES] = { "samples", 7, 100, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_ALLOCATED] = { "allocated", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_FREED] = { "freed", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_LIVE] = { "live", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_PEAK] = { "peak", 11, 110, TIDE_COLUMN_NUMBER },
  [TIDE_FUNCTION_COLUMN_CALLS] = { "calls", 9, 110, TIDE_COLUMN_NUMBER },
};

static const char *
get_title (guint column)
{
  return tide_function_cell_title ((TideFunctionColumn)column);
}

static const char *
get_definition (guint column)
{
  return tide_function_cell_definition ((TideFunctionColumn)column);
}

static char *
dup_text (gpointer slots, guint position, guint column)
{
  const TideFunctionRow *row = tide_function_slots_get_row (slots, position);
  char buffer[256];

  if (row == NULL)
    return NULL;
  return g_strdup (tide_function_cell_format (row, (TideFunctionColumn)column,
                                              tide_function_slots_has_bytes (slots), buffer, sizeof buffer));
}

static char *
dup_tooltip (gpointer slots, guint position, guint column)
{
  const TideFunctionRow *row = tide_function_slots_get_row (slots, position);

  return row != NULL ? tide_function_cell_dup_tooltip (row, (TideFunctionColumn)column,
                                                       tide_function_slots_has_bytes (slots))
                     : NULL;
}

/* Columns of Python bytes and of calls come when there is something in them, and go when another recording
 * has none.  */
static gboolean
is_default (gpointer slots, guint column)
{
  if (column == TIDE_FUNCTION_COLUMN_CALLS)
    return tide_function_slots_has_calls (slots);
  if (column >= TIDE_FUNCTION_COLUMN_ALLOCATED && column <= TIDE_FUNCTION_COLUMN_PEAK)
    return column != TIDE_FUNCTION_COLUMN_FREED && tide_function_slots_has_bytes (slots);
  return TRUE;
}

static double
get_bar (gpointer slots, guint position)
{
  const TideFunctionRow *row = tide_function_slots_get_row (slots, position);
  gint64 greatest = tide_function_slots_get_greatest (slots);

  if (row == NULL || greatest <= 0 || !tide_row_kind_is_growth (tide_row_kind_of (row)))
    return 0.0;
  return (double)TIDE_FUNCTION_ROW_SELF (row) / (double)greatest;
}

static gboolean
is_other (gpointer slots, guint position)
{
  const TideFunctionRow *row = tide_function_slots_get_row (slots, position);

  return row != NULL && tide_row_kind_of (row) != TIDE_ROW_FUNCTION;
}

static void
sort (gpointer slots, guint column, gboolean descending)
{
  tide_function_slots_set_sort (slots, (TideFunctionColumn)column, descending);
}

static const TideTableKind kind = {
  .name = "functions",
  .columns = columns,
  .n_columns = TIDE_N_FUNCTION_COLUMNS,
  .get_title = get_title,
  .get_definition = get_definition,
  .dup_text = dup_text,
  .dup_tooltip = dup_tooltip,
  .is_default = is_default,
  .get_bar = get_bar,
  .is_other = is_other,
  .sort = sort,
  .sort_column = TIDE_FUNCTION_COLUMN_SELF,
  .sort_descending = TRUE,
};

const TideTableKind *
tide_function_columns_get_kind (void)
{
  return &kind;
}
