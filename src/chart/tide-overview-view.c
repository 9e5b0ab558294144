#include "config.h"

#include "tide-timeline-view.h"

#include "tide-columns.h"
#include "tide-gaps.h"
#include "tide-trace.h"

#include <math.h>

/* Room for the outline and its grips.  */
#define PADDING 5

static double
length_of (TideSpan whole)
{
  return MAX ((double)whole.end_ns - (double)whole.begin_ns, 1);
}

double
tide_overview_x_at (TideSpan whole, double width, gint64 time_ns)
{
  double part = ((double)time_ns - (double)whole.begin_ns) / length_of (whole);

  return PADDING + CLAMP (part, 0, 1) * MAX (width - 2 * PADDING, 1);
}

gint64
tide_overview_time_at (TideSpan whole, double width, double x)
{
  double part = (x - PADDING) / MAX (width - 2 * PADDING, 1);

  return whole.begin_ns + (gint64)round (CLAMP (part, 0, 1) * length_of (whole));
}

static void
paint_past (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  double scale_x, scale_y, plot_width = MAX (width - 2 * PADDING, 1);
  g_auto (TideColumns) columns = { 0 };
  g_auto (TideTrace) trace = { 0 };
  TideTraceScale scale = { PADDING, height - PADDING, 0, 0, 0 };
  TideSeries *rss = tide_process_get_rss (view->process);
  g_autoptr (GArray) gaps = NULL;
  gint64 when, peak;

  if (!tide_series_peak (rss, &when, &peak))
    return;
  tide_theme_device_scale (cr, &scale_x, &scale_y);
  tide_columns_init (&columns, rss, whole, (guint)CLAMP (round (plot_width * scale_x), 1, 32767),
                     tide_process_get_last_time (view->process));
  gaps = tide_gaps_collect (view->process, whole, 0);
  for (guint i = 0; i < gaps->len; i++)
    if (g_array_index (gaps, TideGap, i).kind == TIDE_GAP_PAUSE)
      tide_columns_forget (&columns, whole, g_array_index (gaps, TideGap, i).span);
  /* The greatest value of each column, so that a peak is seen from afar.  */
  for (guint i = 0; i < columns.n_columns; i++)
    {
      if (!columns.columns[i].known)
        continue;
      columns.columns[i].first = columns.columns[i].last = columns.columns[i].min = columns.columns[i].max;
      columns.columns[i].n_samples = 1;
    }
  scale.column_width = plot_width / columns.n_columns;
  scale.px_per_byte = MAX (height - 2 * PADDING - 2, 1) / (double)MAX (peak, 1);
  tide_trace_init (&trace, &columns, &scale);
  tide_theme_source (view->theme, cr, TIDE_INK_PAST, 1);
  tide_trace_fill (&trace, cr, height - PADDING);
}

static void
rounded (cairo_t *cr, double x0, double y0, double x1, double y1, double radius)
{
  radius = MAX (0, MIN (radius, MIN (x1 - x0, y1 - y0) / 2));
  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - radius, y0 + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x1 - radius, y1 - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x0 + radius, y1 - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x0 + radius, y0 + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
paint_window (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  double begin = tide_overview_x_at (whole, width, view->visible.begin_ns);
  double end = tide_overview_x_at (whole, width, view->visible.end_ns);
  double middle = height / 2, grip = MIN (7, height / 4);

  /* Never narrower than what a hand can take.  */
  if (end - begin < 8)
    {
      double centre = CLAMP ((begin + end) / 2, PADDING + 4, MAX (width - PADDING - 4, PADDING + 4));

      begin = centre - 4;
      end = centre + 4;
    }
  tide_theme_source (view->theme, cr, TIDE_INK_BACKGROUND, 0.55);
  cairo_rectangle (cr, 0, 0, begin, height);
  cairo_rectangle (cr, end, 0, width - end, height);
  cairo_fill (cr);
  rounded (cr, begin - 1, 2, end + 1, height - 2, 5);
  tide_theme_source (view->theme, cr, TIDE_INK_TINT, 0.6);
  cairo_fill_preserve (cr);
  tide_theme_source (view->theme, cr, TIDE_INK_ACCENT, 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
  rounded (cr, begin - 3.5, middle - grip, begin + 1.5, middle + grip, 2.5);
  rounded (cr, end - 1.5, middle - grip, end + 3.5, middle + grip, 2.5);
  cairo_fill (cr);
}

static void
paint_selection (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  double begin, end;

  if (view->selection.begin_ns >= view->selection.end_ns)
    return;
  begin = tide_overview_x_at (whole, width, view->selection.begin_ns);
  end = MAX (tide_overview_x_at (whole, width, view->selection.end_ns), begin + 1);
  tide_theme_source (view->theme, cr, TIDE_INK_TINT, 1.5);
  cairo_rectangle (cr, begin, PADDING, end - begin, height - 2 * PADDING);
  cairo_fill (cr);
}

static gboolean
is_empty (TideSpan whole)
{
  return whole.begin_ns >= whole.end_ns || (double)whole.end_ns - (double)whole.begin_ns > 0x1p62;
}

void
tide_overview_paint_past (
    cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  if (view->process == NULL || is_empty (whole))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  paint_past (cr, view, whole, width, height);
  cairo_restore (cr);
}

void
tide_overview_paint_spans (
    cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  if (is_empty (whole))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  paint_selection (cr, view, whole, width, height);
  paint_window (cr, view, whole, width, height);
  cairo_restore (cr);
}

void
tide_overview_paint (cairo_t *cr, const TideTimelineView *view, TideSpan whole, double width, double height)
{
  tide_overview_paint_past (cr, view, whole, width, height);
  tide_overview_paint_spans (cr, view, whole, width, height);
}
