#include "config.h"

#include "tide-timeline-view.h"

#include "tide-axis.h"
#include "tide-format.h"
#include "tide-gaps.h"
#include "tide-text.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define CARD_PADDING 9
#define CARD_DISTANCE 10

static gboolean
value_at (const TideTimelineView *view, gint64 time_ns, gint64 *value)
{
  return view->process != NULL && time_ns <= tide_process_get_last_time (view->process)
         && !tide_gaps_is_paused (view->process, time_ns)
         && tide_series_value_at (tide_process_get_rss (view->process), time_ns, value);
}

static char *
dup_reading (const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns)
{
  g_autofree char *when = tide_format_time (time_ns, tide_axis_readout_step (tide_timeline_px_ns (layout)));
  g_autofree char *size = NULL;
  gint64 value;

  if (view->process != NULL && tide_gaps_is_paused (view->process, time_ns))
    /* TRANSLATORS: a time at which nobody measured.  */
    return g_strdup_printf (_ ("%s · paused"), when);
  if (!value_at (view, time_ns, &value))
    return g_steal_pointer (&when);
  size = tide_format_bytes ((guint64)MAX (value, 0));
  /* TRANSLATORS: a time and the resident set size then, as in "0:31.4 · RSS 490 MiB".  */
  return g_strdup_printf (_ ("%s · RSS %s"), when, size);
}

char *
tide_timeline_readout (const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns)
{
  g_autofree char *reading = dup_reading (view, layout, time_ns);
  g_autofree char *marker = tide_timeline_dup_marker_text (view, layout, time_ns);

  return marker != NULL ? g_strdup_printf ("%s · %s", reading, marker) : g_steal_pointer (&reading);
}

/* Under one pixel may lie a peak that the value in its middle does not show: says so where the eye can see
 * the difference.  */
static char *
range_under (const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns)
{
  gint64 reach = MAX ((gint64)tide_timeline_px_ns (layout), 1);
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  TideExtent extent;

  if (!tide_series_extent (tide_process_get_rss (view->process), time_ns - reach, time_ns + reach, &extent)
      || tide_timeline_y_at (layout, extent.min) - tide_timeline_y_at (layout, extent.max) < 6)
    return NULL;
  low = tide_format_bytes ((guint64)MAX (extent.min, 0));
  high = tide_format_bytes ((guint64)MAX (extent.max, 0));
  /* TRANSLATORS: two sizes, the least and the greatest under the pointer.  */
  return g_strdup_printf (_ ("%s to %s here"), low, high);
}

static void
rounded_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
paint_card (cairo_t *cr,
            const TideTimelineView *view,
            const TideTimelineLayout *layout,
            double at_x,
            const char *first,
            const char *second)
{
  const TideTheme *theme = view->theme;
  g_auto (TideText) text = { 0 };
  double scale_x, scale_y, width, height, second_width = 0, second_height = 0, x, y;

  tide_text_init (&text, cr, theme);
  tide_theme_device_scale (cr, &scale_x, &scale_y);
  if (second != NULL)
    tide_text_measure (&text, second, &second_width, &second_height);
  tide_text_set_style (&text, 1.1, FALSE);
  tide_text_measure (&text, first, &width, &height);
  width = ceil (MAX (width, second_width)) + 2 * CARD_PADDING;
  x = at_x + CARD_DISTANCE;
  if (x + width > layout->right)
    x = at_x - CARD_DISTANCE - width;
  x = tide_theme_snap (MAX (x, MIN (layout->left, layout->right - width)), 1, scale_x);
  y = tide_theme_snap (layout->top + 6, 1, scale_y);

  /* A shadow of three rims is enough for a card of this size, and costs nothing.  */
  for (int i = 3; i >= 1; i--)
    {
      rounded_rectangle (cr, x - i, y - i + 1, width + 2 * i, height + second_height + 12 + 2 * i, 6 + i);
      cairo_set_source_rgba (cr, 0, 0, 0, theme->dark ? 0.10 : 0.035);
      cairo_fill (cr);
    }
  rounded_rectangle (cr, x, y, width, height + second_height + 12, 6);
  tide_theme_source (theme, cr, TIDE_INK_CARD, 1);
  cairo_fill_preserve (cr);
  tide_theme_source (theme, cr, TIDE_INK_GRID, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  tide_theme_source (theme, cr, TIDE_INK_TEXT, 1);
  tide_text_draw (&text, x + CARD_PADDING, y + 6, 0, first);
  if (second != NULL)
    {
      tide_text_set_style (&text, 1, FALSE);
      tide_theme_source (theme, cr, TIDE_INK_DIM, 1);
      tide_text_draw (&text, x + CARD_PADDING, y + 6 + height, 0, second);
    }
}

void
tide_timeline_paint_hover (cairo_t *cr,
                           const TideTimelineView *view,
                           const TideTimelineLayout *layout,
                           gint64 time_ns)
{
  g_autofree char *readout = dup_reading (view, layout, time_ns);
  g_autofree char *marker = tide_timeline_dup_marker_text (view, layout, time_ns);
  g_autofree char *range = NULL;
  double x = tide_timeline_x_at (layout, time_ns), scale_x, scale_y, line_x;
  gint64 value;

  if (x < layout->left - 0.5 || x > layout->right + 0.5)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  tide_theme_device_scale (cr, &scale_x, &scale_y);
  line_x = tide_theme_snap (x, 1, scale_x);
  cairo_move_to (cr, line_x, layout->top);
  cairo_line_to (cr, line_x, layout->bottom);
  cairo_set_line_width (cr, 1);
  tide_theme_source (view->theme, cr, TIDE_INK_TEXT, 0.45);
  cairo_stroke (cr);
  if (value_at (view, time_ns, &value))
    {
      double y = CLAMP (tide_timeline_y_at (layout, value), layout->top, layout->bottom);

      cairo_arc (cr, x, y, 4, 0, 2 * G_PI);
      tide_theme_source (view->theme, cr, TIDE_INK_LINE, 1);
      cairo_fill_preserve (cr);
      tide_theme_source (view->theme, cr, TIDE_INK_BACKGROUND, 1);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
      range = range_under (view, layout, time_ns);
    }
  paint_card (cr, view, layout, x, readout, marker != NULL ? marker : range);
  cairo_restore (cr);
}
