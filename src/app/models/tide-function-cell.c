#include "config.h"

#include "tide-function-cell.h"

#include "tide-format.h"
#include "tide-row-kind.h"

#include <glib/gi18n-lib.h>

const char *
tide_function_cell_title (TideFunctionColumn column)
{
  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_NAME:
      return _ ("Function");
    case TIDE_FUNCTION_COLUMN_WHERE:
      return _ ("Where");
    case TIDE_FUNCTION_COLUMN_SELF:
      return _ ("ΔRSS self");
    case TIDE_FUNCTION_COLUMN_TOTAL:
      return _ ("ΔRSS total");
    case TIDE_FUNCTION_COLUMN_RISE:
      return _ ("Rises");
    case TIDE_FUNCTION_COLUMN_FALL:
      return _ ("Falls");
    case TIDE_FUNCTION_COLUMN_SAMPLES:
      return _ ("Samples");
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
      return _ ("Allocated");
    case TIDE_FUNCTION_COLUMN_FREED:
      return _ ("Freed");
    case TIDE_FUNCTION_COLUMN_LIVE:
      return _ ("Live");
    case TIDE_FUNCTION_COLUMN_PEAK:
      return _ ("Peak");
    case TIDE_FUNCTION_COLUMN_CALLS:
      return _ ("Calls");
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      return "";
    }
}

const char *
tide_function_cell_definition (TideFunctionColumn column)
{
  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_NAME:
      return _ ("The function whose frame was the innermost when RSS changed");
    case TIDE_FUNCTION_COLUMN_WHERE:
      return _ ("File, and the line of the function that grew most");
    case TIDE_FUNCTION_COLUMN_SELF:
      return _ ("Change of RSS while this function itself ran: its rises less its falls");
    case TIDE_FUNCTION_COLUMN_TOTAL:
      return _ ("Change of RSS while this function or one that it called ran; recursion counts once");
    case TIDE_FUNCTION_COLUMN_RISE:
      return _ ("Sum of all rises of RSS while this function itself ran");
    case TIDE_FUNCTION_COLUMN_FALL:
      return _ ("Sum of all falls of RSS while this function itself ran");
    case TIDE_FUNCTION_COLUMN_SAMPLES:
      return _ ("How many changes of RSS were seen in this function");
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
      return _ ("Bytes of Python memory that this function itself asked for, given back or not");
    case TIDE_FUNCTION_COLUMN_FREED:
      return _ ("Bytes that this function itself had asked for and that were given back, by whomever");
    case TIDE_FUNCTION_COLUMN_LIVE:
      return _ ("Bytes that this function itself had asked for and that were not given back by the end of "
                "the range");
    case TIDE_FUNCTION_COLUMN_PEAK:
      return _ ("The most that was live of this function at one time");
    case TIDE_FUNCTION_COLUMN_CALLS:
      return _ ("How often this function was called, or went on as a generator; of a selection to a quarter "
                "of a second");
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      return "";
    }
}

/* The figure of a column of Python bytes, NULL of another.  */
static const gint64 *
get_bytes (const TideFunctionRow *row, TideFunctionColumn column)
{
  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
      return &row->bytes.allocated;
    case TIDE_FUNCTION_COLUMN_FREED:
      return &row->bytes.freed;
    case TIDE_FUNCTION_COLUMN_LIVE:
      return &row->bytes.live;
    case TIDE_FUNCTION_COLUMN_PEAK:
      return &row->bytes.peak;
    case TIDE_FUNCTION_COLUMN_NAME:
    case TIDE_FUNCTION_COLUMN_WHERE:
    case TIDE_FUNCTION_COLUMN_SELF:
    case TIDE_FUNCTION_COLUMN_TOTAL:
    case TIDE_FUNCTION_COLUMN_RISE:
    case TIDE_FUNCTION_COLUMN_FALL:
    case TIDE_FUNCTION_COLUMN_SAMPLES:
    case TIDE_FUNCTION_COLUMN_CALLS:
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      return NULL;
    }
}

const char *
tide_function_cell_format (
    const TideFunctionRow *row, TideFunctionColumn column, gboolean has_bytes, char *buffer, gsize size)
{
  const gint64 *bytes = get_bytes (row, column);

  if (bytes != NULL)
    return has_bytes ? tide_format_bytes_into (buffer, size, (guint64)*bytes) : "–";
  switch (column)
    {
    case TIDE_FUNCTION_COLUMN_NAME:
      return tide_row_kind_get_name (row);
    case TIDE_FUNCTION_COLUMN_WHERE:
      {
        const char *place = tide_format_place (row->file);
        guint32 line = row->hot_line != 0 ? row->hot_line : row->line;

        if (*place == '\0' || line == 0)
          return place;
        /* Cut in the middle of a character when too long; the label would refuse it.  */
        g_snprintf (buffer, size, "%.200s:%u", place, line);
        return g_utf8_validate (buffer, -1, NULL) ? buffer : place;
      }
    case TIDE_FUNCTION_COLUMN_SELF:
      return tide_format_bytes_signed_into (buffer, size, TIDE_FUNCTION_ROW_SELF (row));
    case TIDE_FUNCTION_COLUMN_TOTAL:
      return tide_format_bytes_signed_into (buffer, size, TIDE_FUNCTION_ROW_TOTAL (row));
    case TIDE_FUNCTION_COLUMN_RISE:
      return tide_format_bytes_signed_into (buffer, size, row->self_rise);
    case TIDE_FUNCTION_COLUMN_FALL:
      return tide_format_bytes_signed_into (buffer, size, -row->self_fall);
    case TIDE_FUNCTION_COLUMN_SAMPLES:
      {
        g_autofree char *count = tide_format_count (row->n_samples);

        g_strlcpy (buffer, count, size);
        return buffer;
      }
    case TIDE_FUNCTION_COLUMN_CALLS:
      {
        g_autofree char *count = tide_format_count ((guint64)MAX (row->n_calls, 0));

        if (row->n_calls < 0)
          return "–";
        g_strlcpy (buffer, count, size);
        return buffer;
      }
    case TIDE_FUNCTION_COLUMN_ALLOCATED:
    case TIDE_FUNCTION_COLUMN_FREED:
    case TIDE_FUNCTION_COLUMN_LIVE:
    case TIDE_FUNCTION_COLUMN_PEAK:
    case TIDE_N_FUNCTION_COLUMNS:
    default:
      return "";
    }
}

char *
tide_function_cell_dup_name_tooltip (const TideFunctionRow *row)
{
  const char *explanation = tide_row_kind_explain (tide_row_kind_of (row));

  return g_strdup (explanation != NULL ? explanation : row->function);
}

/* The figure of a column of RSS.  */
static gint64
get_change (const TideFunctionRow *row, TideFunctionColumn column)
{
  return column == TIDE_FUNCTION_COLUMN_SELF    ? TIDE_FUNCTION_ROW_SELF (row)
         : column == TIDE_FUNCTION_COLUMN_TOTAL ? TIDE_FUNCTION_ROW_TOTAL (row)
         : column == TIDE_FUNCTION_COLUMN_RISE  ? row->self_rise
                                                : -row->self_fall;
}

char *
tide_function_cell_dup_bytes_tooltip (const TideSiteFigures *figures, gint64 bytes, gboolean allocated)
{
  g_autofree char *exact = tide_format_bytes_exact (bytes);
  g_autofree char *blocks = tide_format_count ((guint64)(allocated ? figures->n_allocated : figures->n_live));
  g_autofree char *temporary = tide_format_count ((guint64)figures->n_temporary);
  double variance = allocated ? figures->allocated_variance : figures->live_variance;
  g_autofree char *error = NULL;

  if (figures->allocated_variance <= 0)
    return allocated
               /* Translators: bytes, blocks, blocks that were given back before another was asked for */
               ? g_strdup_printf (_ ("%s\nin %s blocks, %s of them temporary"), exact, blocks, temporary)
               : g_strdup_printf (_ ("%s\nin %s blocks"), exact, blocks);
  error = tide_format_bytes ((guint64)tide_site_error (variance));
  /* Translators: bytes, the error of this estimate in bytes, blocks */
  return g_strdup_printf (_ ("%s ± %s (standard error: estimated from a sample)\nin about %s blocks"), exact,
                          error, blocks);
}

char *
tide_function_cell_dup_tooltip (const TideFunctionRow *row, TideFunctionColumn column, gboolean has_bytes)
{
  const gint64 *bytes = get_bytes (row, column);

  if (bytes != NULL && !has_bytes)
    return g_strdup (
        _ ("Not measured: Python’s own bytes are counted by the instrument “bytes”, or estimated "
           "by “bytes-sampled”."));
  if (bytes != NULL && (column == TIDE_FUNCTION_COLUMN_ALLOCATED || column == TIDE_FUNCTION_COLUMN_LIVE))
    return tide_function_cell_dup_bytes_tooltip (&row->bytes, *bytes,
                                                 column == TIDE_FUNCTION_COLUMN_ALLOCATED);
  if (bytes != NULL)
    return tide_format_bytes_exact (*bytes);
  if (column == TIDE_FUNCTION_COLUMN_NAME)
    return tide_function_cell_dup_name_tooltip (row);
  if (column == TIDE_FUNCTION_COLUMN_CALLS && row->n_calls < 0)
    return g_strdup (_ ("Not measured: calls are counted by the instruments “calls” and “lines”."));
  if (column == TIDE_FUNCTION_COLUMN_SAMPLES || column == TIDE_FUNCTION_COLUMN_CALLS
      || (column == TIDE_FUNCTION_COLUMN_WHERE && *row->file == '\0'))
    return NULL;
  /* One that was called, or took bytes, need not have grown.  */
  if (column == TIDE_FUNCTION_COLUMN_WHERE && row->hot_line == 0)
    return row->line > 0 ? g_strdup_printf (_ ("%s\nfunction begins in line %u"), row->file, row->line)
                         : g_strdup (row->file);
  if (column == TIDE_FUNCTION_COLUMN_WHERE)
    return g_strdup_printf (_ ("%s\nfunction begins in line %u, grew most in line %u"), row->file, row->line,
                            row->hot_line);
  return tide_format_bytes_exact (get_change (row, column));
}
