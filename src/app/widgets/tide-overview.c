#include "config.h"

#include "tide-overview.h"

#include "tide-axis.h"
#include "tide-chart-style.h"
#include "tide-format.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define HEIGHT_PX 36
#define WHEEL_ZOOM 0.2
#define KEY_ZOOM 0.7
#define PAN_PART 0.25

/* What the recording looks like from afar changes little from frame to frame: a live one is painted 20 times
 * a second.  The window in it moves with each frame.  */
#define PAST_INTERVAL_US (G_USEC_PER_SEC / 20)
/* A screen reader's text follows at this distance: nobody listens faster.  */
#define DESCRIBE_MS 1000

struct _TideOverview
{
  GtkWidget parent_instance;

  TideSession *session;
  GSignalGroup *session_signals, *recording_signals;
  TideChartStyle style;
  GskRenderNode *past; /* NULL: to be painted */
  TideSpan whole;      /* that it shows */
  gint64 painted_us;
  guint repaint_source;  /* the data grew since */
  guint describe_source; /* 0: the description is up to date */
  TideOverviewDrag drag;
  double pointer_x; /* below 0: not here */
};

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TideOverview, tide_overview, GTK_TYPE_WIDGET)

static void
describe (TideOverview *self)
{
  TideSpan visible = tide_session_get_visible (self->session), whole = tide_session_get_whole (self->session);
  gint64 step = tide_axis_readout_step ((double)(whole.end_ns - whole.begin_ns) / 200);
  g_autofree char *from = tide_format_time (visible.begin_ns, step);
  g_autofree char *to = tide_format_time (visible.end_ns, step);
  g_autofree char *end = tide_format_time (whole.end_ns, step);
  /* TRANSLATORS: three times: begin and end of what is seen, and the end of the recording.  */
  g_autofree char *text = g_strdup_printf (_ ("Shown: %s to %s of %s"), from, to, end);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_describe (gpointer data)
{
  TideOverview *self = data;

  self->describe_source = 0;
  describe (self);
  return G_SOURCE_REMOVE;
}

static void
on_span_changed (TideOverview *self)
{
  if (self->describe_source == 0)
    self->describe_source = g_timeout_add (DESCRIBE_MS, on_describe, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
forget_past (TideOverview *self)
{
  g_clear_handle_id (&self->repaint_source, g_source_remove);
  g_clear_pointer (&self->past, gsk_render_node_unref);
}

static void
refresh (TideOverview *self)
{
  forget_past (self);
  on_span_changed (self);
}

static gboolean
on_repaint (gpointer data)
{
  TideOverview *self = data;

  self->repaint_source = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
on_data_grew (TideOverview *self)
{
  gint64 passed_us = g_get_monotonic_time () - self->painted_us;

  if (self->past == NULL || self->repaint_source != 0)
    return;
  if (passed_us >= PAST_INTERVAL_US)
    refresh (self);
  else
    self->repaint_source =
        g_timeout_add ((guint)((PAST_INTERVAL_US - passed_us) / 1000 + 1), on_repaint, self);
}

static void
on_recording_changed (TideOverview *self)
{
  g_signal_group_set_target (self->recording_signals, tide_session_get_recording (self->session));
  refresh (self);
}

static void
set_session (TideOverview *self, TideSession *session)
{
  static const char *const spans[] = { "notify::visible-begin", "notify::visible-end",
                                       "notify::selection-begin", "notify::selection-end" };
  static const char *const others[] = { "notify::process", "notify::state" };

  self->session = g_object_ref (session);
  self->session_signals = g_signal_group_new (TIDE_TYPE_SESSION);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    g_signal_group_connect_swapped (self->session_signals, spans[i], G_CALLBACK (on_span_changed), self);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_signal_group_connect_swapped (self->session_signals, others[i], G_CALLBACK (refresh), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::recording",
                                  G_CALLBACK (on_recording_changed), self);
  g_signal_group_set_target (self->session_signals, session);
  self->recording_signals = g_signal_group_new (TIDE_TYPE_RECORDING);
  g_signal_group_connect_swapped (self->recording_signals, "changed", G_CALLBACK (on_data_grew), self);
  on_recording_changed (self);
}

static void
tide_overview_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : HEIGHT_PX;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : HEIGHT_PX;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tide_overview_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  forget_past (TIDE_OVERVIEW (widget));
}

static void
paint_past (TideOverview *self, const TideTimelineView *view, int width, int height)
{
  cairo_surface_t *surface = tide_chart_style_create_surface (GTK_WIDGET (self));
  cairo_t *cr;

  if (surface == NULL)
    return;
  self->whole = tide_session_get_whole (self->session);
  self->painted_us = g_get_monotonic_time ();
  cr = cairo_create (surface);
  tide_overview_paint_past (cr, view, self->whole, width, height);
  cairo_destroy (cr);
  self->past = tide_chart_style_take_node (surface);
}

static void
tide_overview_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TideOverview *self = TIDE_OVERVIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  TideTimelineView view = {
    .process = tide_session_get_process (self->session),
    .visible = tide_session_get_visible (self->session),
    .selection = tide_session_get_selection (self->session),
    .y_from_zero = TRUE,
    .theme = &self->style.theme,
  };
  cairo_t *cr;

  if (tide_chart_style_update (&self->style, widget))
    forget_past (self);
  if (self->past == NULL)
    paint_past (self, &view, width, height);
  if (self->past == NULL)
    return;
  gtk_snapshot_append_node (snapshot, self->past);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  tide_overview_paint_spans (cr, &view, self->whole, width, height);
  cairo_destroy (cr);
  tide_chart_style_snapshot_focus (&self->style, widget, snapshot);
}

static void
tide_overview_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tide_overview_parent_class)->css_changed (widget, change);
  refresh (TIDE_OVERVIEW (widget));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TideOverview *self)
{
  TideWindowPart part =
      tide_overview_part_at (tide_session_get_whole (self->session), tide_session_get_visible (self->session),
                             gtk_widget_get_width (GTK_WIDGET (self)), x);
  const char *shape = NULL;

  self->pointer_x = x;
  if (self->drag.part != TIDE_WINDOW_NONE)
    part = self->drag.part;
  if (part == TIDE_WINDOW_MOVE)
    shape = self->drag.part == TIDE_WINDOW_MOVE ? "grabbing" : "grab";
  else if (part != TIDE_WINDOW_NONE)
    shape = "ew-resize";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), shape);
}

static void
on_leave (GtkEventControllerMotion *controller, TideOverview *self)
{
  self->pointer_x = -1;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TideOverview *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tide_overview_begin_drag (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double by_x, double by_y, TideOverview *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    tide_overview_update_drag (self, x + by_x);
}

static void
on_drag_end (GtkGestureDrag *gesture, double by_x, double by_y, TideOverview *self)
{
  tide_overview_end_drag (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TideOverview *self)
{
  tide_overview_scroll (self, self->pointer_x, dy);
  return TRUE;
}

static gboolean
key_pan (GtkWidget *widget, GVariant *args, gpointer data)
{
  TideOverview *self = TIDE_OVERVIEW (widget);
  TideSpan visible = tide_session_get_visible (self->session);
  double part;

  g_variant_get (args, "(d)", &part);
  tide_session_pan (self->session,
                    (gint64)CLAMP ((double)(visible.end_ns - visible.begin_ns) * part, -4e18, 4e18));
  return TRUE;
}

static gboolean
key_zoom (GtkWidget *widget, GVariant *args, gpointer data)
{
  TideOverview *self = TIDE_OVERVIEW (widget);
  TideSpan visible = tide_session_get_visible (self->session);
  double factor;

  g_variant_get (args, "(d)", &factor);
  tide_session_zoom (self->session, visible.begin_ns + (visible.end_ns - visible.begin_ns) / 2, factor);
  return TRUE;
}

static gboolean
key_fit (GtkWidget *widget, GVariant *args, gpointer data)
{
  tide_session_fit (TIDE_OVERVIEW (widget)->session);
  return TRUE;
}

static void
tide_overview_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, TIDE_OVERVIEW (object)->session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_overview_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SESSION:
      set_session (TIDE_OVERVIEW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_overview_dispose (GObject *object)
{
  TideOverview *self = TIDE_OVERVIEW (object);

  g_clear_object (&self->recording_signals);
  g_clear_object (&self->session_signals);
  g_clear_handle_id (&self->describe_source, g_source_remove);
  forget_past (self);
  G_OBJECT_CLASS (tide_overview_parent_class)->dispose (object);
}

static void
tide_overview_finalize (GObject *object)
{
  TideOverview *self = TIDE_OVERVIEW (object);

  g_clear_object (&self->session);
  tide_chart_style_clear (&self->style);
  G_OBJECT_CLASS (tide_overview_parent_class)->finalize (object);
}

static void
tide_overview_class_init (TideOverviewClass *klass)
{
  static const struct
  {
    guint key;
    double part;
  } pans[] = {
    { GDK_KEY_Left, -PAN_PART }, { GDK_KEY_Right, PAN_PART }, { GDK_KEY_Page_Up, -1 },
    { GDK_KEY_Page_Down, 1 },    { GDK_KEY_Home, -1e18 },     { GDK_KEY_End, 1e18 },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tide_overview_get_property;
  object_class->set_property = tide_overview_set_property;
  object_class->dispose = tide_overview_dispose;
  object_class->finalize = tide_overview_finalize;
  widget_class->measure = tide_overview_measure;
  widget_class->size_allocate = tide_overview_size_allocate;
  widget_class->snapshot = tide_overview_snapshot;
  widget_class->css_changed = tide_overview_css_changed;

  properties[PROP_SESSION] =
      g_param_spec_object ("session", NULL, NULL, TIDE_TYPE_SESSION,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "overview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  for (guint i = 0; i < G_N_ELEMENTS (pans); i++)
    gtk_widget_class_add_binding (widget_class, pans[i].key, 0, key_pan, "(d)", pans[i].part);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_plus, 0, key_zoom, "(d)", KEY_ZOOM);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_equal, 0, key_zoom, "(d)", KEY_ZOOM);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_minus, 0, key_zoom, "(d)", 1 / KEY_ZOOM);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_0, 0, key_fit, NULL);
}

static void
tide_overview_init (TideOverview *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->pointer_x = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Overview of the recording"), -1);

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}

GtkWidget *
tide_overview_new (TideSession *session)
{
  return g_object_new (TIDE_TYPE_OVERVIEW, "session", session, NULL);
}

void
tide_overview_begin_drag (TideOverview *self, double x)
{
  TideSpan before = tide_session_get_visible (self->session);
  TideSpan visible = tide_overview_drag_begin (&self->drag, tide_session_get_whole (self->session), before,
                                               gtk_widget_get_width (GTK_WIDGET (self)), x);

  /* A press on the window is no move: it must not end following.  */
  if (visible.begin_ns != before.begin_ns)
    tide_session_set_visible (self->session, visible);
}

void
tide_overview_update_drag (TideOverview *self, double x)
{
  TideSpan before = tide_session_get_visible (self->session), visible;

  if (self->drag.part == TIDE_WINDOW_NONE || x == self->drag.start_x)
    return;
  visible = tide_overview_drag_update (&self->drag, tide_session_get_whole (self->session),
                                       gtk_widget_get_width (GTK_WIDGET (self)), x);
  if (visible.begin_ns != before.begin_ns || visible.end_ns != before.end_ns)
    tide_session_set_visible (self->session, visible);
}

void
tide_overview_end_drag (TideOverview *self)
{
  self->drag.part = TIDE_WINDOW_NONE;
}

void
tide_overview_scroll (TideOverview *self, double x, double dy)
{
  TideSpan visible = tide_session_get_visible (self->session);
  gint64 at_ns = visible.begin_ns + (visible.end_ns - visible.begin_ns) / 2;

  if (x >= 0)
    at_ns = tide_overview_time_at (tide_session_get_whole (self->session),
                                   gtk_widget_get_width (GTK_WIDGET (self)), x);
  tide_session_zoom (self->session, at_ns, exp (CLAMP (dy, -10, 10) * WHEEL_ZOOM));
}
