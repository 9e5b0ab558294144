#include "config.h"

#include "tide-painter-private.h"

#include "tide-axis.h"
#include "tide-columns.h"
#include "tide-format.h"
#include "tide-totals.h"
#include "tide-trace.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define LINE_WIDTH 1.8
#define TOTAL_WIDTH 1.2

void
tide_painter_hairline_x (TidePainter *self, double x, double top, double bottom)
{
  x = tide_theme_snap (x, 1, self->scale_x);
  cairo_move_to (self->cr, x, top);
  cairo_line_to (self->cr, x, bottom);
}

void
tide_painter_hairline_y (TidePainter *self, double y, double left, double right)
{
  y = tide_theme_snap (y, 1, self->scale_y);
  cairo_move_to (self->cr, left, y);
  cairo_line_to (self->cr, right, y);
}

void
tide_painter_stroke_hairlines (TidePainter *self, TideInk ink)
{
  tide_theme_source (self->theme, self->cr, ink, 1);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

static void
clip_to_plot (TidePainter *self)
{
  cairo_rectangle (self->cr, self->layout->left, 0, self->layout->right - self->layout->left,
                   self->layout->bottom);
  cairo_clip (self->cr);
}

/* Y labels and the lines behind the data.  */
static void
paint_bytes_axis (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  gint64 first = tide_axis_ceil (layout->y_min, layout->y_step);
  double text_height;

  tide_text_measure (&self->text, "0", NULL, &text_height);
  for (gint64 bytes = first; bytes <= layout->y_max && bytes >= layout->y_min; bytes += layout->y_step)
    {
      g_autofree char *label = tide_axis_bytes_label (bytes, layout->y_step);
      double y = tide_timeline_y_at (layout, bytes);

      if (bytes != layout->y_min)
        tide_painter_hairline_y (self, y, layout->left, layout->right);
      tide_painter_stroke_hairlines (self, TIDE_INK_GRID);
      tide_theme_source (self->theme, self->cr, TIDE_INK_DIM, 1);
      tide_text_draw (&self->text, layout->left - 8, y - text_height / 2, 1, label);
      if (bytes > G_MAXINT64 - layout->y_step)
        break;
    }
}

static void
paint_time_axis (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  gint64 time_ns = tide_axis_ceil (layout->visible.begin_ns, layout->time_step);
  double top = layout->bottom + 1, tick = round (self->theme->font_size * 0.45);

  tide_painter_hairline_y (self, layout->bottom, layout->left, layout->right);
  for (; time_ns <= layout->visible.end_ns; time_ns += layout->time_step)
    {
      double x = tide_timeline_x_at (layout, time_ns);

      tide_painter_hairline_x (self, x, top, top + tick);
    }
  tide_painter_stroke_hairlines (self, TIDE_INK_AXIS);
  tide_theme_source (self->theme, self->cr, TIDE_INK_DIM, 1);
  time_ns = tide_axis_ceil (layout->visible.begin_ns, layout->time_step);
  for (; time_ns <= layout->visible.end_ns; time_ns += layout->time_step)
    {
      g_autofree char *label = tide_format_time (time_ns, layout->time_step);
      double x = tide_timeline_x_at (layout, time_ns), half;

      tide_text_measure (&self->text, label, &half, NULL);
      half /= 2;
      if (x + half <= layout->width)
        tide_text_draw (&self->text, x, top + tick, 0.5, label);
    }
}

static void
paint_trace (TidePainter *self, GArray *gaps)
{
  const TideTimelineLayout *layout = self->layout;
  double plot_width = layout->right - layout->left;
  guint n_columns = (guint)CLAMP (round (plot_width * self->scale_x), 1, 32767);
  g_auto (TideColumns) columns = { 0 };
  g_auto (TideTrace) trace = { 0 };
  TideTraceScale scale = { layout->left, layout->bottom, plot_width / n_columns, 0, layout->y_min };

  tide_columns_init (&columns, tide_process_get_rss (self->view->process), layout->visible, n_columns,
                     tide_process_get_last_time (self->view->process));
  for (guint i = 0; i < gaps->len; i++)
    if (g_array_index (gaps, TideGap, i).kind == TIDE_GAP_PAUSE)
      tide_columns_forget (&columns, layout->visible, g_array_index (gaps, TideGap, i).span);
  scale.px_per_byte = (layout->bottom - layout->top) / ((double)layout->y_max - (double)layout->y_min);
  tide_trace_init (&trace, &columns, &scale);
  cairo_save (self->cr);
  clip_to_plot (self);
  tide_theme_source (self->theme, self->cr, TIDE_INK_AREA, 1);
  tide_trace_fill (&trace, self->cr, layout->bottom);
  tide_trace_stroke (&trace, self->cr, self->theme, TIDE_INK_LINE,
                     self->theme->high_contrast ? LINE_WIDTH * 1.4 : LINE_WIDTH);
  cairo_restore (self->cr);
}

/* Says at the highest point of the line of all processes what it is, where the curve that is shown is so much
 * lower that their words cannot meet.  */
static void
paint_total_label (TidePainter *self, const TideColumns *columns, const TideTraceScale *scale)
{
  const TideTimelineLayout *layout = self->layout;
  /* TRANSLATORS: at the line that is the sum of what all processes have resident.  */
  const char *label = _ ("all processes");
  guint highest = G_MAXUINT;
  gint64 own_at, own;
  double width, height, x, y;

  for (guint i = 0; i < columns->n_columns; i++)
    {
      if (columns->columns[i].known
          && (highest == G_MAXUINT || columns->columns[i].max > columns->columns[highest].max))
        highest = i;
    }
  if (highest == G_MAXUINT || !tide_series_peak (tide_process_get_rss (self->view->process), &own_at, &own))
    return;
  tide_text_measure (&self->text, label, &width, &height);
  y = tide_timeline_y_at (layout, columns->columns[highest].max);
  if (y < layout->top || tide_timeline_y_at (layout, own) - y < 3 * height
      || width > layout->right - layout->left)
    return;
  x = CLAMP (scale->left + (highest + 0.5) * scale->column_width, layout->left + width / 2,
             layout->right - width / 2);
  tide_theme_source (self->theme, self->cr, TIDE_INK_DIM, 1);
  tide_text_draw (&self->text, x, MAX (y - height - 3, layout->top - height * 0.3), 0.5, label);
}

/* All processes together: a line behind that of the one that is shown.  */
static void
paint_total (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  double plot_width = layout->right - layout->left;
  guint n_columns = (guint)CLAMP (round (plot_width * self->scale_x), 1, 32767);
  g_auto (TideColumns) columns = { 0 };
  g_auto (TideTrace) trace = { 0 };
  TideTraceScale scale = { layout->left, layout->bottom, plot_width / n_columns, 0, layout->y_min };

  tide_totals_init (&columns, self->view->recording, layout->visible, n_columns);
  scale.px_per_byte = (layout->bottom - layout->top) / ((double)layout->y_max - (double)layout->y_min);
  tide_trace_init (&trace, &columns, &scale);
  cairo_save (self->cr);
  clip_to_plot (self);
  tide_trace_stroke (&trace, self->cr, self->theme, TIDE_INK_DIM, TOTAL_WIDTH);
  cairo_restore (self->cr);
  paint_total_label (self, &columns, &scale);
}

static void
paint_nothing (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  const char *sentence = self->view->live ? _ ("Waiting for the first sample") : _ ("Nothing was measured");
  double width, height;

  tide_text_set_style (&self->text, 1.2, FALSE);
  tide_text_set_max_width (&self->text, layout->right - layout->left, FALSE);
  tide_text_measure (&self->text, sentence, &width, &height);
  tide_theme_source (self->theme, self->cr, TIDE_INK_BACKGROUND, 1);
  cairo_rectangle (self->cr, (layout->left + layout->right - width) / 2 - 8,
                   (layout->top + layout->bottom - height) / 2, width + 16, height);
  cairo_fill (self->cr);
  tide_theme_source (self->theme, self->cr, TIDE_INK_DIM, 1);
  tide_text_draw (&self->text, (layout->left + layout->right - width) / 2,
                  (layout->top + layout->bottom - height) / 2, 0, sentence);
}

void
tide_timeline_paint (cairo_t *cr, const TideTimelineView *view, const TideTimelineLayout *layout)
{
  TidePainter self = {
    .cr = cr, .view = view, .layout = layout, .theme = view->theme, .flag_begin = 1e9, .flag_end = -1e9
  };

  cairo_save (cr);
  cairo_new_path (cr);
  tide_theme_device_scale (cr, &self.scale_x, &self.scale_y);
  tide_text_init (&self.text, cr, view->theme);
  tide_painter_selection_tint (&self);
  paint_bytes_axis (&self);
  if (view->process != NULL && tide_series_get_length (tide_process_get_rss (view->process)) > 0)
    {
      g_autoptr (GArray) gaps = tide_gaps_collect (view->process, layout->visible,
                                                   (gint64)(TIDE_GAP_MIN_PX * tide_timeline_px_ns (layout)));

      if (tide_totals_are_shown (view->recording))
        paint_total (&self);
      paint_trace (&self, gaps);
      tide_painter_gaps (&self, gaps);
      tide_painter_markers (&self);
      paint_time_axis (&self);
      tide_painter_peak (&self);
      tide_painter_selection (&self);
      tide_painter_end (&self);
    }
  else
    {
      paint_time_axis (&self);
      tide_painter_selection (&self);
      paint_nothing (&self);
    }
  tide_text_clear (&self.text);
  cairo_restore (cr);
}
