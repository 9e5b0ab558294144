#include "config.h"

#include "tide-delta-bar.h"

#include "tide-compat.h"

#include <math.h>

#define BAR_HEIGHT 8

struct _TideDeltaBar
{
  GtkWidget parent;

  double value;
};

G_DEFINE_FINAL_TYPE (TideDeltaBar, tide_delta_bar, GTK_TYPE_WIDGET)

static void
tide_delta_bar_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 24 : BAR_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? TIDE_DELTA_BAR_WIDTH : BAR_HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tide_delta_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TideDeltaBar *self = TIDE_DELTA_BAR (widget);
  float full = (float)gtk_widget_get_width (widget), length = (float)fabs (self->value) * full;
  float x, y = floorf (((float)gtk_widget_get_height (widget) - BAR_HEIGHT) / 2.f);
  GskRoundedRect shape;
  GdkRGBA color;

  /* Less than a third of a pixel cannot be seen; down to there a sliver says "something".  */
  if (length < 0.3f)
    return;
  length = MAX (length, 1.5f);
  x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? full - length : 0.f;
  tide_compat_get_color (widget, &color);
  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x, y, length, BAR_HEIGHT),
                                   MIN (BAR_HEIGHT / 2.f, length / 2.f));
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &color, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
tide_delta_bar_class_init (TideDeltaBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = tide_delta_bar_measure;
  widget_class->snapshot = tide_delta_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "deltabar");
  /* The number beside it says the same.  */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tide_delta_bar_init (TideDeltaBar *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "growth");
  gtk_widget_set_margin_start (GTK_WIDGET (self), TIDE_DELTA_BAR_MARGIN);
  gtk_widget_set_margin_end (GTK_WIDGET (self), TIDE_DELTA_BAR_MARGIN);
}

GtkWidget *
tide_delta_bar_new (void)
{
  return g_object_new (TIDE_TYPE_DELTA_BAR, NULL);
}

void
tide_delta_bar_set_value (TideDeltaBar *self, double value)
{
  value = CLAMP (value, -1.0, 1.0);
  if (value == self->value)
    return;
  if ((value < 0) != (self->value < 0))
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), value < 0 ? "growth" : "release");
      gtk_widget_add_css_class (GTK_WIDGET (self), value < 0 ? "release" : "growth");
    }
  self->value = value;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
tide_delta_bar_get_value (TideDeltaBar *self)
{
  return self->value;
}
