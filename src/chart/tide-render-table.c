#include "config.h"

#include "tide-render-table.h"

#include "tide-format.h"
#include "tide-text.h"

#include <glib/gi18n-lib.h>

#define MAX_ROWS 8

/* Narrower than this there is place for name and figure only.  */
#define WIDE_PX 560

typedef struct
{
  cairo_t *cr;
  const TideTheme *theme;
  TideText *text;
  gboolean wide;
  double x, width;
  double where_x, self_x, bar_x, bar_width, total_x, samples_x; /* figures: right edges */
} Columns;

static double
row_height (const TideTheme *theme)
{
  return theme->font_size * 2;
}

/* Functions that neither grew nor shrank say nothing.  */
static guint
count_rows (TideFunctionTable *table)
{
  guint n = 0;

  for (guint i = 0; i < tide_function_table_get_n_rows (table); i++)
    if (TIDE_FUNCTION_ROW_SELF (tide_function_table_get_row (table, i)) != 0)
      n++;
  return n;
}

guint
tide_render_table_fit (TideFunctionTable *table, const TideTheme *theme, double available, double *height)
{
  guint n_all = count_rows (table), n_rows = MIN (n_all, MAX_ROWS);

  /* The heading, and the line that sums up the rest.  */
  while (n_rows > 0 && (n_rows + 1 + (n_rows < n_all ? 1 : 0)) * row_height (theme) > available)
    n_rows--;
  *height = n_rows == 0 ? 0 : (n_rows + 1 + (n_rows < n_all ? 1 : 0)) * row_height (theme);
  return n_rows;
}

static void
place_columns (Columns *self, double x, double width)
{
  double em = self->theme->font_size;

  self->x = x;
  self->width = width;
  self->wide = width >= WIDE_PX;
  self->samples_x = x + width - em;
  self->total_x = self->wide ? self->samples_x - em * 7 : x + width;
  self->bar_width = self->wide ? CLAMP (width * 0.12, em * 4, em * 12) : em * 4;
  self->bar_x = (self->wide ? self->total_x - em * 8 : x + width - em) - self->bar_width;
  self->self_x = self->bar_x - em * 1.2;
  self->where_x = x + MAX (em * 8, (self->self_x - em * 8 - x) * 0.42);
}

static void
cell (Columns *self, double x, double y, double align, double max_width, TideInk ink, const char *text)
{
  double height;

  if (max_width >= 0 && max_width < self->theme->font_size * 2)
    return;
  tide_text_set_max_width (self->text, max_width, FALSE);
  tide_text_measure (self->text, text, NULL, &height);
  tide_theme_source (self->theme, self->cr, ink, 1);
  tide_text_draw (self->text, x, y + (row_height (self->theme) - height) / 2, align, text);
  tide_text_set_max_width (self->text, -1, FALSE);
}

static void
paint_heading (Columns *self, double y)
{
  double scale_x, scale_y, line;

  cell (self, self->x + 8, y, 0, -1, TIDE_INK_DIM, _ ("Function"));
  cell (self, self->self_x, y, 1, -1, TIDE_INK_DIM, _ ("ΔRSS self"));
  if (self->wide)
    {
      cell (self, self->where_x, y, 0, -1, TIDE_INK_DIM, _ ("Where"));
      cell (self, self->total_x, y, 1, -1, TIDE_INK_DIM, _ ("ΔRSS total"));
      cell (self, self->samples_x, y, 1, -1, TIDE_INK_DIM, _ ("Samples"));
    }
  tide_theme_device_scale (self->cr, &scale_x, &scale_y);
  line = tide_theme_snap (y + row_height (self->theme), 1, scale_y);
  cairo_move_to (self->cr, self->x, line);
  cairo_line_to (self->cr, self->x + self->width, line);
  tide_theme_source (self->theme, self->cr, TIDE_INK_AXIS, 0.7);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

/* A rounded bar, at least a hairline where there is anything.  */
static void
paint_bar (Columns *self, double y, gint64 value, gint64 greatest)
{
  double width = MAX (self->bar_width * ((double)ABS (value) / (double)MAX (greatest, 1)), 1.5);
  double height = self->theme->font_size * 0.6, radius = MIN (height, width) / 2;
  double top = y + (row_height (self->theme) - height) / 2;

  cairo_new_sub_path (self->cr);
  cairo_arc (self->cr, self->bar_x + width - radius, top + radius, radius, -G_PI / 2, 0);
  cairo_arc (self->cr, self->bar_x + width - radius, top + height - radius, radius, 0, G_PI / 2);
  cairo_arc (self->cr, self->bar_x + radius, top + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (self->cr, self->bar_x + radius, top + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (self->cr);
  tide_theme_source (self->theme, self->cr, value > 0 ? TIDE_INK_GROWTH : TIDE_INK_RELEASE, 1);
  cairo_fill (self->cr);
}

static void
paint_row (Columns *self, const TideFunctionRow *row, gint64 greatest, double y)
{
  g_autofree char *self_text = tide_format_bytes_signed (TIDE_FUNCTION_ROW_SELF (row));
  double name_end = (self->wide ? self->where_x : self->self_x - self->theme->font_size * 7) - 12;

  tide_text_set_style (self->text, 1, TRUE);
  cell (self, self->x + 8, y, 0, name_end - self->x - 8, TIDE_INK_TEXT, row->function);
  cell (self, self->self_x, y, 1, -1, TIDE_INK_TEXT, self_text);
  tide_text_set_style (self->text, 1, FALSE);
  paint_bar (self, y, TIDE_FUNCTION_ROW_SELF (row), greatest);
  if (self->wide)
    {
      g_autofree char *place =
          tide_format_place_line (row->file, row->hot_line != 0 ? row->hot_line : row->line);
      g_autofree char *total = tide_format_bytes_signed (TIDE_FUNCTION_ROW_TOTAL (row));
      g_autofree char *samples = tide_format_count (row->n_samples);

      cell (self, self->where_x, y, 0, self->self_x - self->theme->font_size * 7 - self->where_x,
            TIDE_INK_DIM, place);
      cell (self, self->total_x, y, 1, -1, TIDE_INK_TEXT, total);
      cell (self, self->samples_x, y, 1, -1, TIDE_INK_TEXT, samples);
    }
}

static void
paint_rest (Columns *self, guint n_rest, gint64 rest, double y)
{
  g_autofree char *count = tide_format_count (n_rest);
  /* TRANSLATORS: last line of a shortened table.  */
  g_autofree char *text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s more function", "%s more functions", n_rest), count);
  g_autofree char *size = tide_format_bytes_signed (rest);

  cell (self, self->x + 8, y, 0, -1, TIDE_INK_DIM, text);
  cell (self, self->self_x, y, 1, -1, TIDE_INK_DIM, size);
}

void
tide_render_table_paint (cairo_t *cr,
                         TideFunctionTable *table,
                         const TideTheme *theme,
                         guint n_rows,
                         double x,
                         double y,
                         double width)
{
  g_autoptr (GArray) order = tide_function_table_order (table, TIDE_FUNCTION_COLUMN_SELF, TRUE, NULL);
  g_auto (TideText) text = { 0 };
  Columns columns = { .cr = cr, .theme = theme, .text = &text };
  gint64 greatest = 0, rest = tide_function_table_get_net (table);
  guint n_all = count_rows (table), n_painted = 0;

  tide_text_init (&text, cr, theme);
  place_columns (&columns, x, width);
  for (guint i = 0, n = 0; i < order->len && n < n_rows; i++)
    {
      gint64 net =
          TIDE_FUNCTION_ROW_SELF (tide_function_table_get_row (table, g_array_index (order, guint, i)));

      greatest = MAX (greatest, ABS (net));
      n += net != 0;
    }
  paint_heading (&columns, y);
  for (guint i = 0; i < order->len && n_painted < n_rows; i++)
    {
      const TideFunctionRow *row = tide_function_table_get_row (table, g_array_index (order, guint, i));

      if (TIDE_FUNCTION_ROW_SELF (row) == 0)
        continue;
      n_painted++;
      rest -= TIDE_FUNCTION_ROW_SELF (row);
      paint_row (&columns, row, greatest, y + n_painted * row_height (theme));
    }
  if (n_painted < n_all)
    paint_rest (&columns, n_all - n_painted, rest, y + (n_painted + 1) * row_height (theme));
}
