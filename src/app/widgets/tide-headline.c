#include "config.h"

#include "tide-headline.h"

#include "tide-facts.h"
#include "tide-format.h"
#include "tide-life.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef enum
{
  FIGURE_NOW,
  FIGURE_PEAK,
  FIGURE_GROWTH,
  FIGURE_SLOPE,
  FIGURE_WHO,
  N_FIGURES
} TideFigure;

/* What stays longest when there is little room.  */
static const TideFigure importance[N_FIGURES] = { FIGURE_NOW, FIGURE_GROWTH, FIGURE_WHO, FIGURE_SLOPE,
                                                  FIGURE_PEAK };

#define FIGURE_SPACING 24

struct _TideHeadline
{
  GtkWidget parent;

  TideSession *session;
  TideRecording *recording; /* whose "changed" is heard */
  GtkWidget *figures[N_FIGURES];
  GtkLabel *values[N_FIGURES];
  GtkLabel *captions[N_FIGURES];
  gint64 updated_us;
};

G_DEFINE_FINAL_TYPE (TideHeadline, tide_headline, GTK_TYPE_WIDGET)

/* Four times a second: digits that change faster cannot be read.  */
#define UPDATE_INTERVAL_US (G_USEC_PER_SEC / 4)
/* The slope of a live program is that of its last moments.  */
#define LIVE_SLOPE_NS (G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000)

static void
tide_headline_set (
    TideHeadline *self, TideFigure figure, const char *value, const char *caption, const char *tooltip)
{
  g_autofree char *spoken = NULL;

  gtk_widget_set_visible (self->figures[figure], value != NULL);
  if (value == NULL)
    return;
  if (g_strcmp0 (gtk_label_get_text (self->values[figure]), value) == 0
      && g_strcmp0 (gtk_label_get_text (self->captions[figure]), caption) == 0)
    return;
  gtk_label_set_text (self->values[figure], value);
  gtk_label_set_text (self->captions[figure], caption);
  gtk_widget_set_tooltip_text (self->figures[figure], tooltip);
  spoken = g_strdup_printf ("%s %s", value, caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->figures[figure]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

static void
tide_headline_update_level (TideHeadline *self, TideProcess *process)
{
  TideSeries *rss = tide_process_get_rss (process);
  gint64 at, value;
  TideLife life;

  if (tide_life_init (&life, process))
    {
      g_autofree char *text = tide_format_bytes ((guint64)MAX (life.end_rss, 0));
      g_autofree char *exact = tide_format_bytes_exact ((guint64)MAX (life.end_rss, 0));
      g_autofree char *before = g_strdup_printf (_ ("%s, before the interpreter took itself apart"), exact);
      gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;

      tide_headline_set (self, FIGURE_NOW, text,
                         !live || life.shutdown                   ? _ ("resident at the end")
                         : tide_session_is_paused (self->session) ? _ ("resident when paused")
                                                                  : _ ("resident now"),
                         life.shutdown ? before : exact);
    }
  else
    tide_headline_set (self, FIGURE_NOW, NULL, NULL, NULL);

  if (tide_series_peak (rss, &at, &value))
    {
      g_autofree char *text = tide_format_bytes ((guint64)MAX (value, 0));
      g_autofree char *exact = tide_format_bytes_exact ((guint64)MAX (value, 0));
      /* To a tenth of a second where the whole is only some of them.  */
      gint64 second = G_GINT64_CONSTANT (1000000000);
      gint64 step = tide_process_get_last_time (process) < 10 * second ? second / 10 : second;
      g_autofree char *when = tide_format_time (at, step);
      g_autofree char *caption = g_strdup_printf (_ ("peak, at %s"), when);

      tide_headline_set (self, FIGURE_PEAK, text, caption, exact);
    }
  else
    tide_headline_set (self, FIGURE_PEAK, NULL, NULL, NULL);
}

static void
tide_headline_update_trend (TideHeadline *self, TideProcess *process)
{
  gboolean selected = tide_session_has_selection (self->session);
  gboolean live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;
  TideSpan span = selected ? tide_session_get_selection (self->session) : TIDE_SPAN_ALL;
  TideSpan slope_span;
  TideLife life;
  TideTrend trend;

  /* Neither the interpreter's own start nor its end is the program's doing.  */
  if (!selected && tide_life_init (&life, process))
    span = life.span;
  slope_span = span;
  if (!tide_facts_trend (process, span, &trend))
    {
      tide_headline_set (self, FIGURE_GROWTH, NULL, NULL, NULL);
      tide_headline_set (self, FIGURE_SLOPE, NULL, NULL, NULL);
      return;
    }
  {
    g_autofree char *text =
        tide_format_bytes_signed (selected ? trend.growth : life.end_rss - life.begin_rss);
    g_autofree char *begin = NULL, *end = NULL, *caption = NULL;

    tide_facts_span (span, &begin, &end);
    caption = selected                 ? g_strdup_printf (_ ("in selection, %s – %s"), begin, end)
              : life.shutdown || !live ? g_strdup (_ ("growth of the program"))
                                       : g_strdup (_ ("since the start"));
    tide_headline_set (self, FIGURE_GROWTH, text, caption,
                       selected ? _ ("RSS at the end of the selection less RSS at its beginning")
                                : _ ("RSS now, or before the interpreter took itself apart, less RSS when "
                                     "the program’s own code began"));
  }
  if (!selected && live)
    slope_span.begin_ns = MAX (span.begin_ns, span.end_ns - LIVE_SLOPE_NS);
  if (tide_facts_trend (process, slope_span, &trend))
    {
      g_autofree char *text = tide_format_rate (trend.slope);
      g_autofree char *error = tide_format_bytes ((guint64)MIN (trend.slope_error, 1e18));
      g_autofree char *caption = g_strdup_printf (
          !selected && live ? _ ("slope of the last 10 s, ±%s/s") : _ ("slope, ±%s/s"), error);

      tide_headline_set (
          self, FIGURE_SLOPE, text, caption,
          _ ("The straight line that fits RSS best, in bytes per second, with its standard error"));
    }
}

static void
tide_headline_update_who (TideHeadline *self)
{
  TideFunctionTable *table = tide_session_get_table (self->session);
  double share;
  guint count;

  if (table != NULL && tide_facts_concentration (table, &share, &count))
    {
      g_autofree char *text = g_strdup_printf (_ ("%d %%"), (int)floor (share * 100.0));
      g_autofree char *caption = g_strdup_printf (
          ngettext ("of the growth is in %u function", "of the growth is in %u functions", count), count);

      tide_headline_set (
          self, FIGURE_WHO, text, caption,
          _ ("Of all that grew more than it released, without what was there before measuring"));
    }
  else
    tide_headline_set (self, FIGURE_WHO, NULL, NULL, NULL);
}

static void
tide_headline_update (TideHeadline *self)
{
  TideProcess *process = tide_session_get_process (self->session);

  self->updated_us = g_get_monotonic_time ();
  if (process == NULL)
    {
      for (guint i = 0; i < N_FIGURES; i++)
        tide_headline_set (self, i, NULL, NULL, NULL);
      return;
    }
  tide_headline_update_level (self, process);
  tide_headline_update_trend (self, process);
  tide_headline_update_who (self);
}

static void
tide_headline_recording_changed (TideHeadline *self)
{
  if (g_get_monotonic_time () - self->updated_us >= UPDATE_INTERVAL_US)
    tide_headline_update (self);
}

static void
tide_headline_notify_recording (TideHeadline *self)
{
  TideRecording *recording = tide_session_get_recording (self->session);

  if (self->recording != recording)
    {
      if (self->recording != NULL)
        g_signal_handlers_disconnect_by_data (self->recording, self);
      g_set_object (&self->recording, recording);
      if (recording != NULL)
        g_signal_connect_swapped (recording, "changed", G_CALLBACK (tide_headline_recording_changed), self);
    }
  tide_headline_update (self);
}

void
tide_headline_set_session (TideHeadline *self, TideSession *session)
{
  static const char *const names[] = { "process", "selection-begin", "selection-end",
                                       "table",   "state",           "paused" };

  g_return_if_fail (TIDE_IS_HEADLINE (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::recording", G_CALLBACK (tide_headline_notify_recording), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);

      g_signal_connect_object (session, signal, G_CALLBACK (tide_headline_update), self, G_CONNECT_SWAPPED);
    }
  tide_headline_notify_recording (self);
}

static void
tide_headline_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  TideHeadline *self = TIDE_HEADLINE (widget);
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (guint i = 0; i < N_FIGURES; i++)
    {
      int child_minimum, child_natural;

      /* The hidden ones count for the height, so that it never changes.  */
      gtk_widget_measure (self->figures[i], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (!across)
        *minimum = *natural = MAX (*natural, child_natural);
      else if (gtk_widget_get_visible (self->figures[i]))
        *natural += child_natural + FIGURE_SPACING;
    }
}

/* Figures whose caption has no room are left out, the least important first: half a caption says nothing.  */
static void
tide_headline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TideHeadline *self = TIDE_HEADLINE (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gboolean shown[N_FIGURES] = { FALSE };
  int widths[N_FIGURES] = { 0 }, used = 0, x = 0;

  for (guint n = 0; n < N_FIGURES; n++)
    {
      TideFigure i = importance[n];

      if (!gtk_widget_get_visible (self->figures[i]))
        continue;
      gtk_widget_measure (self->figures[i], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &widths[i], NULL, NULL);
      shown[i] = used == 0 || used + widths[i] <= width;
      if (shown[i])
        used += widths[i] + FIGURE_SPACING;
    }
  for (guint i = 0; i < N_FIGURES; i++)
    {
      int room = MIN (widths[i], width);

      gtk_widget_set_child_visible (self->figures[i], shown[i]);
      if (!shown[i])
        continue;
      gtk_widget_size_allocate (self->figures[i],
                                &(GtkAllocation){ rtl ? width - x - room : x, 0, room, height }, -1);
      x += room + FIGURE_SPACING;
    }
}

static void
tide_headline_dispose (GObject *object)
{
  TideHeadline *self = TIDE_HEADLINE (object);

  if (self->recording != NULL)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_clear_object (&self->recording);
  g_clear_object (&self->session);
  for (guint i = 0; i < N_FIGURES; i++)
    g_clear_pointer (&self->figures[i], gtk_widget_unparent);
  G_OBJECT_CLASS (tide_headline_parent_class)->dispose (object);
}

static void
tide_headline_class_init (TideHeadlineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tide_headline_dispose;
  widget_class->measure = tide_headline_measure;
  widget_class->size_allocate = tide_headline_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "headline");
}

static void
tide_headline_init (TideHeadline *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  for (guint i = 0; i < N_FIGURES; i++)
    {
      GtkWidget *value = gtk_label_new (NULL), *caption = gtk_label_new (NULL);

      self->figures[i] =
          g_object_new (GTK_TYPE_BOX, "spacing", 6, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
      self->values[i] = GTK_LABEL (value);
      self->captions[i] = GTK_LABEL (caption);
      gtk_widget_add_css_class (value, "figure");
      gtk_widget_add_css_class (caption, "dim");
      gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
      gtk_widget_set_valign (value, GTK_ALIGN_BASELINE);
      gtk_widget_set_valign (caption, GTK_ALIGN_BASELINE);
      gtk_box_append (GTK_BOX (self->figures[i]), value);
      gtk_box_append (GTK_BOX (self->figures[i]), caption);
      gtk_widget_set_visible (self->figures[i], FALSE);
      gtk_widget_set_parent (self->figures[i], GTK_WIDGET (self));
    }
}
