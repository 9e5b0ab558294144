#include "config.h"

#include "tide-painter-private.h"

#include "tide-axis.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define HATCH_PX 6

static gboolean
selection_edges (TidePainter *self, double *begin, double *end)
{
  const TideTimelineLayout *layout = self->layout;
  TideSpan selection = self->view->selection;

  if (selection.begin_ns >= selection.end_ns || selection.end_ns < layout->visible.begin_ns
      || selection.begin_ns > layout->visible.end_ns)
    return FALSE;
  *begin = tide_timeline_x_at (layout, selection.begin_ns);
  *end = tide_timeline_x_at (layout, selection.end_ns);
  return TRUE;
}

void
tide_painter_selection_tint (TidePainter *self)
{
  double begin, end;

  if (!selection_edges (self, &begin, &end))
    return;
  begin = CLAMP (begin, self->layout->left, self->layout->right);
  end = CLAMP (end, self->layout->left, self->layout->right);
  tide_theme_source (self->theme, self->cr, TIDE_INK_TINT, 1);
  cairo_rectangle (self->cr, begin, 0, end - begin, self->layout->bottom);
  cairo_fill (self->cr);
}

static void
paint_handle (TidePainter *self, double x)
{
  double middle = (self->layout->top + self->layout->bottom) / 2;
  double half = MIN (14, (self->layout->bottom - self->layout->top) / 4), radius = 3.5;

  if (x < self->layout->left - 1 || x > self->layout->right + 1)
    return;
  x = tide_theme_snap (x, 2, self->scale_x);
  tide_theme_source (self->theme, self->cr, TIDE_INK_ACCENT, 1);
  cairo_set_line_width (self->cr, 2);
  cairo_move_to (self->cr, x, 0);
  cairo_line_to (self->cr, x, self->layout->bottom);
  cairo_stroke (self->cr);
  if (half > radius)
    {
      cairo_new_sub_path (self->cr);
      cairo_arc (self->cr, x, middle - half + radius, radius, G_PI, 0);
      cairo_arc (self->cr, x, middle + half - radius, radius, 0, G_PI);
      cairo_close_path (self->cr);
      cairo_fill (self->cr);
    }
}

/* What of TEXT's row above the plot is free is taken by whoever comes first.  */
static void
paint_flag (TidePainter *self, double x, double align, const char *text, TideInk ink)
{
  const TideTimelineLayout *layout = self->layout;
  double width, height, begin;

  tide_text_measure (&self->text, text, &width, &height);
  begin = x - width * align;
  begin = MAX (MIN (begin, layout->right - width), layout->left);
  if (begin + width > layout->width || height > layout->top
      || (begin < self->flag_end + 12 && begin + width > self->flag_begin - 12))
    return;
  tide_theme_source (self->theme, self->cr, ink, 1);
  tide_text_draw (&self->text, begin, (layout->top - height) / 2, 0, text);
  self->flag_begin = MIN (self->flag_begin, begin);
  self->flag_end = MAX (self->flag_end, begin + width);
}

void
tide_painter_selection (TidePainter *self)
{
  TideSpan selection = self->view->selection;
  g_autofree char *duration = NULL;
  g_autofree char *label = NULL;
  TideExtent extent;
  double begin, end, width;

  if (!selection_edges (self, &begin, &end))
    return;
  paint_handle (self, begin);
  paint_handle (self, end);
  duration = tide_format_duration (tide_axis_change (selection.begin_ns, selection.end_ns));
  if (self->view->process != NULL
      && tide_series_extent (tide_process_get_rss (self->view->process), selection.begin_ns, selection.end_ns,
                             &extent))
    {
      g_autofree char *delta = tide_format_bytes_signed (tide_axis_change (extent.first, extent.last));

      label = g_strdup_printf ("%s · %s", duration, delta);
    }
  if (label == NULL)
    label = g_steal_pointer (&duration);
  begin = MAX (begin, self->layout->left);
  end = MIN (end, self->layout->right);
  tide_text_measure (&self->text, label, &width, NULL);
  /* Between the handles, or beside them where they are too near to each other.  */
  if (width + 12 <= end - begin)
    paint_flag (self, (begin + end) / 2, 0.5, label, TIDE_INK_ACCENT);
  else if (end + 6 + width <= self->layout->right)
    paint_flag (self, end + 6, 0, label, TIDE_INK_ACCENT);
  else if (begin - 6 - width >= self->layout->left)
    paint_flag (self, begin - 6, 1, label, TIDE_INK_ACCENT);
}

/* Where GAP is drawn: whole device pixels, and wide enough to be seen.  */
static void
gap_edges (TidePainter *self, const TideGap *gap, double *begin, double *end)
{
  double x0 = tide_timeline_x_at (self->layout, gap->span.begin_ns);
  double x1 = tide_timeline_x_at (self->layout, gap->span.end_ns);

  if (x1 - x0 < TIDE_GAP_MIN_PX)
    x0 = x1 - TIDE_GAP_MIN_PX;
  x0 = CLAMP (x0, self->layout->left, self->layout->right);
  x1 = CLAMP (x1, self->layout->left, self->layout->right);
  *begin = floor (x0 * self->scale_x) / self->scale_x;
  *end = ceil (x1 * self->scale_x) / self->scale_x;
}

static void
paint_gap_label (TidePainter *self, const TideGap *gap)
{
  g_autofree char *lost = gap->kind == TIDE_GAP_LOST ? tide_format_count ((guint64)gap->n_lost) : NULL;
  /* TRANSLATORS: in a hatched part of the chart; %s is a number of events.  */
  g_autofree char *text = lost != NULL ? g_strdup_printf (_ ("%s lost"), lost) : g_strdup (_ ("paused"));
  double begin, end, width, height;

  gap_edges (self, gap, &begin, &end);
  tide_text_measure (&self->text, text, &width, &height);
  if (end - begin < width + 16)
    return;
  tide_theme_source (self->theme, self->cr, TIDE_INK_BACKGROUND, 0.85);
  cairo_rectangle (self->cr, (begin + end - width) / 2 - 5, self->layout->top + 4, width + 10, height + 2);
  cairo_fill (self->cr);
  tide_theme_source (self->theme, self->cr, TIDE_INK_DIM, 1);
  tide_text_draw (&self->text, (begin + end) / 2, self->layout->top + 5, 0.5, text);
}

void
tide_painter_gaps (TidePainter *self, GArray *gaps)
{
  const TideTimelineLayout *layout = self->layout;
  double height = layout->bottom - layout->top, left = layout->right, right = layout->left;

  if (gaps->len == 0)
    return;
  cairo_save (self->cr);
  for (guint i = 0; i < gaps->len; i++)
    {
      double begin, end;

      gap_edges (self, &g_array_index (gaps, TideGap, i), &begin, &end);
      left = MIN (left, begin);
      right = MAX (right, end);
      cairo_rectangle (self->cr, begin, layout->top, end - begin, height);
    }
  cairo_clip (self->cr);
  for (double x = floor ((left - height) / HATCH_PX) * HATCH_PX; x < right; x += HATCH_PX)
    {
      cairo_move_to (self->cr, x, layout->bottom);
      cairo_line_to (self->cr, x + height, layout->top);
    }
  tide_painter_stroke_hairlines (self, TIDE_INK_HATCH);
  cairo_restore (self->cr);
  for (guint i = 0; i < gaps->len; i++)
    paint_gap_label (self, &g_array_index (gaps, TideGap, i));
}

void
tide_painter_peak (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  g_autofree char *size = NULL;
  g_autofree char *label = NULL;
  gint64 time_ns, value;
  double x, y, width, height, align = 0, offset = 8;

  if (!tide_series_peak (tide_process_get_rss (self->view->process), &time_ns, &value)
      || time_ns < layout->visible.begin_ns || time_ns > layout->visible.end_ns)
    return;
  x = tide_timeline_x_at (layout, time_ns);
  y = tide_timeline_y_at (layout, value);
  if (y < layout->top - 4 || y > layout->bottom)
    return;
  cairo_new_sub_path (self->cr);
  cairo_arc (self->cr, x, y, 3.75, 0, 2 * G_PI);
  tide_theme_source (self->theme, self->cr, TIDE_INK_BACKGROUND, 1);
  cairo_fill_preserve (self->cr);
  tide_theme_source (self->theme, self->cr, TIDE_INK_LINE, 1);
  cairo_set_line_width (self->cr, 1.5);
  cairo_stroke (self->cr);
  size = tide_format_bytes ((guint64)MAX (value, 0));
  /* TRANSLATORS: beside the highest point of the chart; %s is a size.  */
  label = g_strdup_printf (_ ("peak %s"), size);
  tide_text_measure (&self->text, label, &width, &height);
  if (x + offset + width + 6 > layout->right)
    {
      align = 1;
      offset = -offset;
    }
  tide_theme_source (self->theme, self->cr, TIDE_INK_TEXT, 1);
  tide_text_draw (&self->text, x + offset, MAX (y - height - 3, layout->top - height * 0.3), align, label);
}

/* Where the program stands now, or where it ended.  */
void
tide_painter_end (TidePainter *self)
{
  const TideTimelineLayout *layout = self->layout;
  const TideProcessEnd *end = tide_process_get_end (self->view->process);
  gint64 last = end != NULL ? end->time_ns : tide_process_get_last_time (self->view->process), value;
  double x = tide_timeline_x_at (layout, last);

  if (last < layout->visible.begin_ns || last > layout->visible.end_ns)
    return;
  if (end != NULL)
    {
      static const double dashes[] = { 3, 3 };
      gboolean bad;
      g_autofree char *text = tide_timeline_dup_end_text (self->view->process, &bad);

      cairo_save (self->cr);
      cairo_set_dash (self->cr, dashes, G_N_ELEMENTS (dashes), 0);
      tide_painter_hairline_x (self, x, layout->top, layout->bottom);
      tide_painter_stroke_hairlines (self, bad ? TIDE_INK_ALERT : TIDE_INK_DIM);
      cairo_restore (self->cr);
      paint_flag (self, x, 1, text, bad ? TIDE_INK_ALERT : TIDE_INK_DIM);
    }
  else if (self->view->live)
    {
      tide_painter_hairline_x (self, x, layout->top, layout->bottom);
      tide_painter_stroke_hairlines (self, TIDE_INK_AXIS);
      if (tide_series_value_at (tide_process_get_rss (self->view->process), last, &value))
        {
          cairo_new_sub_path (self->cr);
          cairo_arc (self->cr, x, tide_timeline_y_at (layout, value), 3.5, 0, 2 * G_PI);
          tide_theme_source (self->theme, self->cr, TIDE_INK_ALERT, 1);
          cairo_fill (self->cr);
        }
    }
}
