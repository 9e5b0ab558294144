#include "config.h"

#include "tide-painter-private.h"

#include "tide-format.h"

#include <glib/gi18n-lib.h>

#include <math.h>

/* Markers nearer than this are drawn as one, and are under a pointer that is as near.  */
#define MARKER_PX 5

typedef gsize (*CountBefore) (TideProcess *process, gint64 time_ns);

static gint64
time_of_collection (TideProcess *process, gsize index)
{
  return tide_process_get_collection (process, index)->time_ns;
}

static gint64
time_of_mark (TideProcess *process, gsize index)
{
  return tide_process_get_mark (process, index)->time_ns;
}

/* A tick on the time axis.  */
static void
paint_collection (TidePainter *self, gsize index, double x)
{
  tide_painter_hairline_x (self, x, self->layout->bottom - 6, self->layout->bottom);
}

/* A flag at the top, with a line down for what has a name.  */
static void
paint_mark (TidePainter *self, gsize index, double x)
{
  const TideMark *mark = tide_process_get_mark (self->view->process, index);
  double top = self->layout->top, side = mark->kind == TIDE_MARKER_SPAN_END ? -7 : 7;

  x = tide_theme_snap (x, 1, self->scale_x);
  tide_theme_source (self->theme, self->cr, TIDE_INK_ACCENT, 1);
  if (mark->kind == TIDE_MARKER_SNAPSHOT)
    {
      cairo_move_to (self->cr, x, top);
      cairo_line_to (self->cr, x + 5, top + 5);
      cairo_line_to (self->cr, x, top + 10);
      cairo_line_to (self->cr, x - 5, top + 5);
    }
  else
    {
      cairo_move_to (self->cr, x, top);
      cairo_line_to (self->cr, x + side, top + 4);
      cairo_line_to (self->cr, x, top + 8);
    }
  cairo_close_path (self->cr);
  cairo_fill (self->cr);
  cairo_move_to (self->cr, x, top);
  cairo_line_to (self->cr, x, self->layout->bottom);
  tide_theme_source (self->theme, self->cr, TIDE_INK_ACCENT, 0.35);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

/* One for each few pixels, however many there are: takes time in the width of the chart.  */
static void
paint_each (TidePainter *self,
            CountBefore count_before,
            gint64 (*time_of) (TideProcess *process, gsize index),
            void (*paint) (TidePainter *self, gsize index, double x))
{
  TideProcess *process = self->view->process;
  TideSpan visible = self->layout->visible;
  gint64 step = MAX ((gint64)(MARKER_PX * tide_timeline_px_ns (self->layout)), 1);
  gsize end = count_before (process, visible.end_ns);

  for (gsize i = count_before (process, visible.begin_ns); i < end;)
    {
      gint64 time_ns = time_of (process, i);

      paint (self, i, tide_timeline_x_at (self->layout, time_ns));
      i = MAX (count_before (process, time_ns + step), i + 1);
    }
}

void
tide_painter_markers (TidePainter *self)
{
  paint_each (self, tide_process_count_collections_before, time_of_collection, paint_collection);
  tide_painter_stroke_hairlines (self, TIDE_INK_DIM);
  paint_each (self, tide_process_count_marks_before, time_of_mark, paint_mark);
}

char *
tide_timeline_dup_marker_text (const TideTimelineView *view, const TideTimelineLayout *layout, gint64 time_ns)
{
  gint64 reach = MAX ((gint64)(MARKER_PX * tide_timeline_px_ns (layout)), 1);
  gsize first, n;

  if (view->process == NULL || time_ns < 0 || time_ns > G_MAXINT64 / 2)
    return NULL;
  first = tide_process_count_marks_before (view->process, time_ns - reach);
  if (tide_process_count_marks_before (view->process, time_ns + reach + 1) > first)
    return tide_mark_describe (tide_process_get_mark (view->process, first));
  first = tide_process_count_collections_before (view->process, time_ns - reach);
  n = tide_process_count_collections_before (view->process, time_ns + reach + 1) - first;
  if (n == 1)
    return tide_collection_describe (tide_process_get_collection (view->process, first));
  if (n > 1)
    {
      g_autofree char *count = tide_format_count (n);

      /* TRANSLATORS: under the pointer in the chart; %s is a number, at least two.  */
      return g_strdup_printf (_ ("%s garbage collections here"), count);
    }
  return NULL;
}
