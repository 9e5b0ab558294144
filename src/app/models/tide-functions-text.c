#include "config.h"

#include "tide-functions-text.h"

#include "tide-row-kind.h"

#include <string.h>

static void
append_field (GString *text, const char *field, char separator)
{
  if (separator != ',')
    {
      g_autofree char *flat = g_strdelimit (g_strdup (field), "\t\r\n", ' ');

      g_string_append (text, flat);
    }
  else if (strpbrk (field, ",\"\r\n") == NULL)
    g_string_append (text, field);
  else
    {
      g_auto (GStrv) parts = g_strsplit (field, "\"", -1);
      g_autofree char *doubled = g_strjoinv ("\"\"", parts);

      g_string_append_printf (text, "\"%s\"", doubled);
    }
}

static void
append_row (GString *text, const TideFunctionRow *row, char separator)
{
  const gint64 numbers[] = { TIDE_FUNCTION_ROW_SELF (row), TIDE_FUNCTION_ROW_TOTAL (row), row->self_rise,
                             row->self_fall, (gint64)row->n_samples };

  /* Files and clipboards are read by other programs, in any language.  */
  append_field (text, tide_row_kind_get_key (row), separator);
  g_string_append_c (text, separator);
  append_field (text, row->file, separator);
  g_string_append_printf (text, "%c%u", separator, row->hot_line != 0 ? row->hot_line : row->line);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_string_append_printf (text, "%c%" G_GINT64_FORMAT, separator, numbers[i]);
}

char *
tide_functions_text_row (const TideFunctionRow *row, char separator)
{
  GString *text = g_string_new (NULL);

  append_row (text, row, separator);
  return g_string_free (text, FALSE);
}

char *
tide_functions_text_table (TideFunctionSlots *slots, char separator)
{
  static const char *const keys[] = { "function",  "file",     "line",     "rss_self",
                                      "rss_total", "rss_rise", "rss_fall", "samples" };
  const char *end = separator == ',' ? "\r\n" : "\n";
  GString *text = g_string_new (keys[0]);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (slots));

  for (guint i = 1; i < G_N_ELEMENTS (keys); i++)
    g_string_append_printf (text, "%c%s", separator, keys[i]);
  g_string_append (text, end);
  for (guint i = 0; i < n; i++)
    {
      append_row (text, tide_function_slots_get_row (slots, i), separator);
      g_string_append (text, end);
    }
  return g_string_free (text, FALSE);
}
