#include "config.h"

#include "tide-timeline-view.h"

#include "tide-axis.h"
#include "tide-format.h"
#include "tide-totals.h"

#include <math.h>

/* Times beyond this (73 years) are taken for it, so that differences of two never overflow.  */
#define FAR_NS (G_GINT64_CONSTANT (1) << 61)

/* Free space above the highest value, for the label of the peak.  */
#define HEADROOM 1.10

/* What an empty chart's axis ends at.  */
#define EMPTY_BYTES (G_GINT64_CONSTANT (100) << 20)

/* What an empty chart's time axis shows at least, so that it does not count nanoseconds of nothing.  */
#define EMPTY_NS (G_GINT64_CONSTANT (10) * 1000000000)

static gboolean
is_empty (const TideTimelineView *view)
{
  return view->process == NULL || tide_series_get_length (tide_process_get_rss (view->process)) == 0;
}

static TideSpan
visible_span (const TideTimelineView *view)
{
  TideSpan span = view->visible;

  span.begin_ns = CLAMP (span.begin_ns, -FAR_NS, FAR_NS - EMPTY_NS);
  span.end_ns = CLAMP (span.end_ns, span.begin_ns + 1, FAR_NS);
  if (is_empty (view) && span.end_ns - span.begin_ns < 1000000)
    span.end_ns = span.begin_ns + EMPTY_NS;
  return span;
}

static gboolean
visible_extent (const TideTimelineView *view, TideSpan visible, TideExtent *extent)
{
  gint64 last;

  if (view->process == NULL)
    return FALSE;
  last = tide_process_get_last_time (view->process);
  if (last < G_MAXINT64)
    visible.end_ns = MIN (visible.end_ns, last + 1);
  if (visible.begin_ns >= visible.end_ns
      || !tide_series_extent (tide_process_get_rss (view->process), visible.begin_ns, visible.end_ns, extent))
    return FALSE;
  if (tide_totals_are_shown (view->recording))
    extent->max = MAX (extent->max, tide_totals_get_top (view->recording, visible));
  return TRUE;
}

static void
vertical_edges (const TideTimelineView *view, double height, double *top, double *bottom)
{
  double font_size = view->theme->font_size;

  *top = MIN (round (font_size * 1.8), floor (height * 0.25));
  *bottom = MAX (*top + 1, height - MIN (round (font_size * 2.2), floor (height * 0.35)));
}

/* Bytes at the bottom and the top for data from LOW to HIGH.  */
static void
range_for (
    const TideTimelineView *view, gint64 low, gint64 high, double plot_height, gint64 *y_min, gint64 *y_max)
{
  double span, y_px = view->theme->font_size * 3.6;
  gint64 step;

  high = MAX (high, 0);
  low = view->y_from_zero ? 0 : CLAMP (low, 0, high);
  span = MAX ((double)high - (double)low, view->y_from_zero ? 4096 : 16384.0);
  span = MIN (span * HEADROOM, (double)(G_MAXINT64 / 4));
  step = MAX (1, tide_axis_bytes_step ((gint64)span, plot_height, y_px) / 2);
  *y_min = view->y_from_zero ? 0 : MAX (0, tide_axis_floor (low - (gint64)(span / 16), step));
  *y_max = tide_axis_ceil (MIN (low, G_MAXINT64 / 2) + (gint64)span, step);
}

static void
find_range (const TideTimelineView *view, TideSpan visible, double plot_height, gint64 *y_min, gint64 *y_max)
{
  TideExtent extent;

  if (visible_extent (view, visible, &extent))
    range_for (view, extent.min, extent.max, plot_height, y_min, y_max);
  else
    {
      *y_min = 0;
      *y_max = EMPTY_BYTES;
    }
}

/* The labels' place is for nine characters ("1 500 MiB"), so that the plot stays where it is while one zooms;
 * only longer ones widen it. Counted in characters, since the layout knows no font.  */
static double
left_edge (const TideTheme *theme, const TideTimelineLayout *layout)
{
  g_autofree char *label = tide_axis_bytes_label (layout->y_max, layout->y_step);
  glong n_characters = MAX (g_utf8_strlen (label, -1), 9);

  return ceil ((n_characters * theme->font_size * 0.56 + 14) / 4) * 4;
}

static gint64
find_time_step (const TideTheme *theme, const TideTimelineLayout *layout)
{
  gint64 length = layout->visible.end_ns - layout->visible.begin_ns;
  double width = layout->right - layout->left;
  double wanted = theme->font_size * 8;
  gint64 step = tide_axis_time_step (length, width, wanted);

  /* Deep in a long recording labels are long; one more look is enough, since coarser steps only make them
   * shorter.  */
  g_autofree char *label = tide_format_time (layout->visible.end_ns, step);
  double label_px = (g_utf8_strlen (label, -1) + 3) * theme->font_size * 0.62;

  return label_px > wanted ? tide_axis_time_step (length, width, label_px) : step;
}

void
tide_timeline_layout (const TideTimelineView *view, double width, double height, TideTimelineLayout *layout)
{
  *layout = (TideTimelineLayout){ .width = MAX (width, 1), .height = MAX (height, 1) };
  layout->visible = visible_span (view);
  vertical_edges (view, layout->height, &layout->top, &layout->bottom);
  find_range (view, layout->visible, layout->bottom - layout->top, &layout->y_min, &layout->y_max);
  if (view->y_max > 0)
    {
      layout->y_max = view->y_max;
      layout->y_min = MIN (layout->y_min, layout->y_max - 1);
    }
  layout->y_step = tide_axis_bytes_step (layout->y_max - layout->y_min, layout->bottom - layout->top,
                                         view->theme->font_size * 3.6);
  layout->left = MIN (left_edge (view->theme, layout), floor (layout->width * 0.4));
  layout->right =
      MAX (layout->left + 1, layout->width - MIN (round (view->theme->font_size * 1.5), layout->width / 8));
  layout->time_step = find_time_step (view->theme, layout);
}

double
tide_timeline_px_ns (const TideTimelineLayout *layout)
{
  return (double)(layout->visible.end_ns - layout->visible.begin_ns) / (layout->right - layout->left);
}

double
tide_timeline_x_at (const TideTimelineLayout *layout, gint64 time_ns)
{
  time_ns = CLAMP (time_ns, -FAR_NS, FAR_NS);
  return layout->left + (double)(time_ns - layout->visible.begin_ns) / tide_timeline_px_ns (layout);
}

gint64
tide_timeline_time_at (const TideTimelineLayout *layout, double x)
{
  double time_ns =
      (double)layout->visible.begin_ns + round ((x - layout->left) * tide_timeline_px_ns (layout));

  if (!(time_ns > (double)-FAR_NS))
    return -FAR_NS;
  if (time_ns >= (double)FAR_NS)
    return FAR_NS;
  /* Added as integers: a double has too few digits for nanoseconds late in a long recording.  */
  return layout->visible.begin_ns + (gint64)round ((x - layout->left) * tide_timeline_px_ns (layout));
}

double
tide_timeline_y_at (const TideTimelineLayout *layout, gint64 bytes)
{
  double part = ((double)bytes - (double)layout->y_min) / ((double)layout->y_max - (double)layout->y_min);

  return layout->bottom - part * (layout->bottom - layout->top);
}

gint64
tide_timeline_fit_y (const TideTimelineView *view, double height, gint64 previous)
{
  gint64 y_min, y_max;
  double top, bottom;
  TideExtent extent;

  vertical_edges (view, MAX (height, 1), &top, &bottom);
  find_range (view, visible_span (view), bottom - top, &y_min, &y_max);
  if (previous <= 0 || !visible_extent (view, visible_span (view), &extent)
      || extent.max > previous / HEADROOM)
    return y_max;
  return y_max < previous / 2 ? y_max : previous;
}
