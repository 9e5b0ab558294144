#include "config.h"

#include "tide-timeline-private.h"

#include "tide-timeline-input.h"

#include <glib/gi18n-lib.h>

/* A screen reader's text follows the data at this distance: nobody listens faster.  */
#define DESCRIBE_MS 1000

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_READOUT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TideTimeline, tide_timeline, GTK_TYPE_WIDGET)

static void
fill_view (TideTimeline *self, TideTimelineView *view)
{
  *view = (TideTimelineView){
    .process = tide_session_get_process (self->session),
    .recording = tide_session_get_recording (self->session),
    .visible = tide_session_get_visible (self->session),
    .selection = tide_session_get_selection (self->session),
    .y_from_zero = TRUE,
    .live = tide_session_get_state (self->session) == TIDE_SESSION_LIVE,
    .theme = &self->style.theme,
  };
  if (view->process != self->shown)
    {
      self->shown = view->process;
      self->y_max = 0;
    }
  self->y_max = tide_timeline_fit_y (view, gtk_widget_get_height (GTK_WIDGET (self)), self->y_max);
  view->y_max = self->y_max;
}

static void
look (TideTimeline *self, TideTimelineView *view, TideTimelineLayout *layout)
{
  GtkWidget *widget = GTK_WIDGET (self);

  tide_chart_style_update (&self->style, widget);
  fill_view (self, view);
  tide_timeline_layout (view, gtk_widget_get_width (widget), gtk_widget_get_height (widget), layout);
}

static char *
cursor_readout (TideTimeline *self)
{
  TideTimelineView view;
  TideTimelineLayout layout;

  if (self->cursor == TIDE_CURSOR_NONE)
    return g_strdup ("");
  look (self, &view, &layout);
  return tide_timeline_readout (&view, &layout, self->cursor_ns);
}

static void
describe (TideTimeline *self)
{
  TideTimelineView view;
  TideTimelineLayout layout;
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;

  look (self, &view, &layout);
  text = tide_timeline_describe (&view);
  all = *self->readout != '\0' ? g_strdup_printf ("%s %s", self->readout, text) : g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, all, -1);
}

static gboolean
on_describe (gpointer data)
{
  TideTimeline *self = data;

  self->describe_source = 0;
  describe (self);
  return G_SOURCE_REMOVE;
}

static void
update_readout (TideTimeline *self)
{
  g_autofree char *readout = cursor_readout (self);

  if (strcmp (readout, self->readout) == 0)
    return;
  g_free (self->readout);
  self->readout = g_steal_pointer (&readout);
  /* What the keys reach is read out at once, what the pointer passes is not.  */
  if (self->cursor == TIDE_CURSOR_KEYS)
    describe (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READOUT]);
}

/* What is shown has changed.  Painting waits for the next frame, and does not happen where nobody sees it. */
static void
refresh (TideTimeline *self)
{
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->describe_source == 0)
    self->describe_source = g_timeout_add (DESCRIBE_MS, on_describe, self);
}

/* The picture moved under a pointer that rests.  */
static void
on_span_changed (TideTimeline *self)
{
  TideTimelineView view;
  TideTimelineLayout layout;

  refresh (self);
  if (self->cursor != TIDE_CURSOR_POINTER)
    return;
  look (self, &view, &layout);
  self->cursor_ns = tide_timeline_time_at (&layout, CLAMP (self->pointer_x, layout.left, layout.right));
  update_readout (self);
}

static void
on_recording_changed (TideTimeline *self)
{
  g_signal_group_set_target (self->recording_signals, tide_session_get_recording (self->session));
  refresh (self);
}

static void
on_data_changed (TideTimeline *self)
{
  refresh (self);
  if (self->cursor != TIDE_CURSOR_NONE)
    update_readout (self);
}

static void
set_session (TideTimeline *self, TideSession *session)
{
  static const char *const spans[] = { "notify::visible-begin", "notify::visible-end",
                                       "notify::selection-begin", "notify::selection-end" };
  static const char *const others[] = { "notify::process", "notify::state" };

  self->session = g_object_ref (session);
  self->session_signals = g_signal_group_new (TIDE_TYPE_SESSION);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    g_signal_group_connect_swapped (self->session_signals, spans[i], G_CALLBACK (on_span_changed), self);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_signal_group_connect_swapped (self->session_signals, others[i], G_CALLBACK (on_data_changed), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::recording",
                                  G_CALLBACK (on_recording_changed), self);
  g_signal_group_set_target (self->session_signals, session);
  self->recording_signals = g_signal_group_new (TIDE_TYPE_RECORDING);
  g_signal_group_connect_swapped (self->recording_signals, "changed", G_CALLBACK (on_data_changed), self);
  on_recording_changed (self);
}

static void
tide_timeline_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 110;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 240;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tide_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&TIDE_TIMELINE (widget)->picture, gsk_render_node_unref);
}

static void
paint (TideTimeline *self, const TideTimelineView *view, const TideTimelineLayout *layout)
{
  cairo_surface_t *surface = tide_chart_style_create_surface (GTK_WIDGET (self));
  cairo_t *cr;

  if (surface == NULL)
    return;
  cr = cairo_create (surface);
  tide_timeline_paint (cr, view, layout);
  cairo_destroy (cr);
  self->picture = tide_chart_style_take_node (surface);
}

static void
tide_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TideTimeline *self = TIDE_TIMELINE (widget);
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget), (float)gtk_widget_get_height (widget));
  TideTimelineView view;
  TideTimelineLayout layout;

  look (self, &view, &layout);
  if (self->picture == NULL)
    paint (self, &view, &layout);
  if (self->picture == NULL)
    return;
  gtk_snapshot_append_node (snapshot, self->picture);
  if (self->cursor != TIDE_CURSOR_NONE && self->cursor_ns >= layout.visible.begin_ns
      && self->cursor_ns <= layout.visible.end_ns)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

      tide_timeline_paint_hover (cr, &view, &layout, self->cursor_ns);
      cairo_destroy (cr);
    }
  tide_chart_style_snapshot_focus (&self->style, widget, snapshot);
}

static void
tide_timeline_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  TideTimeline *self = TIDE_TIMELINE (widget);

  GTK_WIDGET_CLASS (tide_timeline_parent_class)->css_changed (widget, change);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  gtk_widget_queue_draw (widget);
}

void
tide_timeline_set_cursor (TideTimeline *self, TideCursorKind kind, gint64 time_ns)
{
  if (self->cursor == kind && self->cursor_ns == time_ns)
    return;
  self->cursor = kind;
  self->cursor_ns = time_ns;
  update_readout (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tide_timeline_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  TideTimeline *self = TIDE_TIMELINE (widget);
  gboolean focused = (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUSED) != 0;

  if (!focused && self->cursor == TIDE_CURSOR_KEYS)
    tide_timeline_set_cursor (self, TIDE_CURSOR_NONE, self->cursor_ns);
  GTK_WIDGET_CLASS (tide_timeline_parent_class)->state_flags_changed (widget, previous);
}

static void
tide_timeline_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TideTimeline *self = TIDE_TIMELINE (object);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_READOUT:
      g_value_set_string (value, self->readout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_timeline_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SESSION:
      set_session (TIDE_TIMELINE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tide_timeline_dispose (GObject *object)
{
  TideTimeline *self = TIDE_TIMELINE (object);

  g_clear_handle_id (&self->describe_source, g_source_remove);
  g_clear_object (&self->recording_signals);
  g_clear_object (&self->session_signals);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  G_OBJECT_CLASS (tide_timeline_parent_class)->dispose (object);
}

static void
tide_timeline_finalize (GObject *object)
{
  TideTimeline *self = TIDE_TIMELINE (object);

  g_clear_object (&self->session);
  g_free (self->readout);
  tide_chart_style_clear (&self->style);
  G_OBJECT_CLASS (tide_timeline_parent_class)->finalize (object);
}

static void
tide_timeline_class_init (TideTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tide_timeline_get_property;
  object_class->set_property = tide_timeline_set_property;
  object_class->dispose = tide_timeline_dispose;
  object_class->finalize = tide_timeline_finalize;
  widget_class->measure = tide_timeline_measure;
  widget_class->size_allocate = tide_timeline_size_allocate;
  widget_class->snapshot = tide_timeline_snapshot;
  widget_class->css_changed = tide_timeline_css_changed;
  widget_class->state_flags_changed = tide_timeline_state_flags_changed;

  properties[PROP_SESSION] =
      g_param_spec_object ("session", NULL, NULL, TIDE_TYPE_SESSION,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_READOUT] = g_param_spec_string (
      "readout", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  tide_timeline_input_bind_keys (widget_class);
}

static void
tide_timeline_init (TideTimeline *self)
{
  self->readout = g_strdup ("");
  self->pointer_x = self->pointer_y = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  /* Time goes from left to right, whatever the script does.  */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Memory timeline"),
                                  -1);
  tide_timeline_input_attach (self);
}

GtkWidget *
tide_timeline_new (TideSession *session)
{
  return g_object_new (TIDE_TYPE_TIMELINE, "session", session, NULL);
}

TideSession *
tide_timeline_get_session (TideTimeline *self)
{
  return self->session;
}

const char *
tide_timeline_get_readout (TideTimeline *self)
{
  return self->readout;
}

void
tide_timeline_get_layout (TideTimeline *self, TideTimelineLayout *layout)
{
  TideTimelineView view;

  look (self, &view, layout);
}
