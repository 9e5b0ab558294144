#include "config.h"

#include "tide-export-parts.h"

#include "tide-function-table.h"

gconstpointer
tide_export_find_part (GArray *parts, gsize row)
{
  guint size = g_array_get_element_size (parts), low = 0, high = parts->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (((const TideExportPart *)(parts->data + (gsize)middle * size))->row <= row)
        low = middle;
      else
        high = middle;
    }
  return parts->data + (gsize)low * size;
}

void
tide_export_fill_bytes (const TideSiteFigures *bytes, TideCell *first, TideCell *second)
{
  tide_cell_set_number (&first[0], bytes->allocated);
  tide_cell_set_number (&first[1], bytes->freed);
  tide_cell_set_number (&first[2], bytes->live);
  tide_cell_set_number (&first[3], bytes->peak);
  tide_cell_set_number (&second[0], bytes->n_allocated);
  tide_cell_set_number (&second[1], bytes->n_live);
  tide_cell_set_number (&second[2], bytes->n_temporary);
  tide_cell_set_number (&second[3], tide_site_error (bytes->allocated_variance));
  tide_cell_set_number (&second[4], tide_site_error (bytes->live_variance));
}

const char *
tide_export_get_name (guint32 code, const char *function)
{
  if (code == 0)
    return "[outside Python]";
  return code == TIDE_CODE_BEFORE ? "[before measuring]" : function;
}

void
tide_export_fill_where (const char *file, guint line, GString *where, TideCell *cell)
{
  g_string_assign (where, file);
  if (line > 0)
    g_string_append_printf (where, ":%u", line);
  tide_cell_set_text (cell, where->str);
}
