#include "config.h"

#include "tide-timeline-view.h"

#include "tide-axis.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

/* The wire's TideEndKind, which this layer does not see; the tests compare the two.  */
enum
{
  END_EXITED,
  END_SIGNALLED,
  END_DETACHED,
};

char *
tide_timeline_dup_end_text (TideProcess *process, gboolean *bad)
{
  const TideProcessEnd *end = tide_process_get_end (process);

  if (bad != NULL)
    *bad = end != NULL && (end->kind == END_SIGNALLED || (end->kind == END_EXITED && end->value != 0));
  if (end == NULL)
    return NULL;
  switch (end->kind)
    {
    case END_EXITED:
      return g_strdup_printf (_ ("exit status %u"), end->value);
    case END_SIGNALLED:
      return g_strdup_printf (_ ("killed by signal %u"), end->value);
    case END_DETACHED:
      return g_strdup (_ ("detached"));
    default:
      return g_strdup (_ ("lost sight of"));
    }
}

/* When VALUE, the maximum of [begin, end), was first reached: bisection over time, each step one look at the
 * pyramid.  */
static gint64
first_time_of (TideSeries *series, gint64 begin_ns, gint64 end_ns, gint64 value)
{
  gint64 low = begin_ns;
  TideExtent extent;

  while (end_ns - low > 1)
    {
      gint64 middle = low + (end_ns - low) / 2;

      if (tide_series_extent (series, begin_ns, middle, &extent) && extent.max >= value)
        end_ns = middle;
      else
        low = middle;
    }
  return low;
}

char *
tide_timeline_describe (const TideTimelineView *view)
{
  TideTimelineLayout layout;
  gint64 begin, end, step;
  TideExtent extent;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *at = NULL;
  g_autofree char *peak = NULL;
  g_autofree char *last = NULL;
  g_autofree char *change = NULL;

  /* The layout of a usual window: gives times the precision that the eye would have.  */
  tide_timeline_layout (view, 1000, 300, &layout);
  step = MIN (layout.time_step, 1000000000);
  begin = layout.visible.begin_ns;
  end = layout.visible.end_ns;
  if (view->process != NULL)
    end = MIN (end, MIN (tide_process_get_last_time (view->process), G_MAXINT64 - 1) + 1);
  if (view->process == NULL || begin >= end
      || !tide_series_extent (tide_process_get_rss (view->process), begin, end, &extent))
    {
      from = tide_format_time (begin, step);
      to = tide_format_time (layout.visible.end_ns, step);
      return g_strdup_printf (_ ("Memory from %s to %s: nothing was measured."), from, to);
    }
  from = tide_format_time (begin, step);
  to = tide_format_time (end - 1, step);
  at = tide_format_time (first_time_of (tide_process_get_rss (view->process), begin, end, extent.max), step);
  peak = tide_format_bytes ((guint64)MAX (extent.max, 0));
  last = tide_format_bytes ((guint64)MAX (extent.last, 0));
  change = tide_format_bytes (extent.last > extent.first ? (guint64)extent.last - (guint64)extent.first
                                                         : (guint64)extent.first - (guint64)extent.last);
  if (extent.last > extent.first)
    return g_strdup_printf (_ ("Memory from %s to %s: peak %s at %s, %s at the end, rises by %s."), from, to,
                            peak, at, last, change);
  if (extent.last < extent.first)
    return g_strdup_printf (_ ("Memory from %s to %s: peak %s at %s, %s at the end, falls by %s."), from, to,
                            peak, at, last, change);
  return g_strdup_printf (_ ("Memory from %s to %s: peak %s at %s, %s at the end, as at the start."), from,
                          to, peak, at, last);
}
