#include "config.h"

#include "tide-timeline-input.h"

/* A press of an arrow with Ctrl pans by this part of what is seen.  */
#define PAN_PART 0.1
#define KEY_ZOOM 0.7

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TideTimeline *timeline)
{
  tide_timeline_point_at (timeline, x, y);
}

static void
on_leave (GtkEventControllerMotion *controller, TideTimeline *timeline)
{
  tide_timeline_point_away (timeline);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TideTimeline *timeline)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  gboolean middle = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_MIDDLE;

  gtk_widget_grab_focus (GTK_WIDGET (timeline));
  tide_timeline_begin_drag (timeline, x, y, middle || (state & GDK_SHIFT_MASK) != 0);
}

static void
on_drag_update (GtkGestureDrag *gesture, double by_x, double by_y, TideTimeline *timeline)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    tide_timeline_update_drag (timeline, x + by_x);
}

static void
on_drag_end (GtkGestureDrag *gesture, double by_x, double by_y, TideTimeline *timeline)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    tide_timeline_end_drag (timeline, x + by_x);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TideTimeline *timeline)
{
  if (n_press == 2)
    tide_timeline_double_click (timeline, x);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TideTimeline *timeline)
{
  gboolean smooth = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE;

  tide_timeline_scroll (timeline, dx, dy, smooth,
                        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)));
  return TRUE;
}

/* GtkGestureZoom tells the scale since its begin; the timeline wants the part since the last time.  */
static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, double *scale)
{
  *scale = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, double *last_scale)
{
  TideTimeline *timeline = TIDE_TIMELINE (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
  double x, y;

  if (scale <= 0 || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  tide_timeline_zoom_at (timeline, x, *last_scale / scale);
  *last_scale = scale;
}

static GtkGesture *
add_drag (TideTimeline *timeline, guint button)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), button);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), timeline);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), timeline);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), timeline);
  gtk_widget_add_controller (GTK_WIDGET (timeline), GTK_EVENT_CONTROLLER (drag));
  return drag;
}

void
tide_timeline_input_attach (TideTimeline *timeline)
{
  GtkWidget *widget = GTK_WIDGET (timeline);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *click = gtk_gesture_click_new (), *pinch = gtk_gesture_zoom_new ();
  double *scale = g_new (double, 1);

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), timeline);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), timeline);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), timeline);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), timeline);
  gtk_widget_add_controller (widget, scroll);

  add_drag (timeline, GDK_BUTTON_MIDDLE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), timeline);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (click, add_drag (timeline, GDK_BUTTON_PRIMARY));

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), scale);
  g_signal_connect_data (pinch, "scale-changed", G_CALLBACK (on_pinch), scale,
                         (GClosureNotify)(void (*) (void))g_free, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}

static gboolean
key_move (GtkWidget *widget, GVariant *args, gpointer data)
{
  int steps;
  gboolean select;

  g_variant_get (args, "(ib)", &steps, &select);
  tide_timeline_move_cursor (TIDE_TIMELINE (widget), steps, select);
  return TRUE;
}

static gboolean
key_pan (GtkWidget *widget, GVariant *args, gpointer data)
{
  TideTimelineLayout layout;
  int steps;

  g_variant_get (args, "(i)", &steps);
  tide_timeline_get_layout (TIDE_TIMELINE (widget), &layout);
  tide_session_pan (tide_timeline_get_session (TIDE_TIMELINE (widget)),
                    (gint64)((double)(layout.visible.end_ns - layout.visible.begin_ns) * PAN_PART * steps));
  return TRUE;
}

static gboolean
key_zoom (GtkWidget *widget, GVariant *args, gpointer data)
{
  double factor;

  g_variant_get (args, "(d)", &factor);
  tide_timeline_zoom_at (TIDE_TIMELINE (widget), -1, factor);
  return TRUE;
}

static gboolean
key_edge (GtkWidget *widget, GVariant *args, gpointer data)
{
  TideSpan whole = tide_session_get_whole (tide_timeline_get_session (TIDE_TIMELINE (widget)));
  gboolean end;

  g_variant_get (args, "(b)", &end);
  tide_timeline_set_cursor_time (TIDE_TIMELINE (widget), end ? whole.end_ns : whole.begin_ns);
  return TRUE;
}

static gboolean
key_fit (GtkWidget *widget, GVariant *args, gpointer data)
{
  tide_session_fit (tide_timeline_get_session (TIDE_TIMELINE (widget)));
  return TRUE;
}

static gboolean
key_enter (GtkWidget *widget, GVariant *args, gpointer data)
{
  tide_session_zoom_to_selection (tide_timeline_get_session (TIDE_TIMELINE (widget)));
  return TRUE;
}

static gboolean
key_peak (GtkWidget *widget, GVariant *args, gpointer data)
{
  tide_timeline_go_to_peak (TIDE_TIMELINE (widget));
  return TRUE;
}

/* Without a selection Escape is the window's.  */
static gboolean
key_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  TideSession *session = tide_timeline_get_session (TIDE_TIMELINE (widget));

  if (!tide_session_has_selection (session))
    return FALSE;
  tide_session_clear_selection (session);
  return TRUE;
}

void
tide_timeline_input_bind_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    int steps;
  } arrows[] = {
    { GDK_KEY_Left, -1 }, { GDK_KEY_KP_Left, -1 }, { GDK_KEY_Right, 1 }, { GDK_KEY_KP_Right, 1 }
  };
  static const struct
  {
    guint key;
    double factor;
  } zooms[] = {
    { GDK_KEY_plus, KEY_ZOOM },
    { GDK_KEY_equal, KEY_ZOOM },
    { GDK_KEY_KP_Add, KEY_ZOOM },
    { GDK_KEY_minus, 1.0 / KEY_ZOOM },
    { GDK_KEY_KP_Subtract, 1.0 / KEY_ZOOM },
  };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      gtk_widget_class_add_binding (klass, arrows[i].key, 0, key_move, "(ib)", arrows[i].steps, FALSE);
      gtk_widget_class_add_binding (klass, arrows[i].key, GDK_SHIFT_MASK, key_move, "(ib)", arrows[i].steps,
                                    TRUE);
      gtk_widget_class_add_binding (klass, arrows[i].key, GDK_CONTROL_MASK, key_pan, "(i)", arrows[i].steps);
      gtk_widget_class_add_binding (klass, arrows[i].key, GDK_ALT_MASK, key_pan, "(i)", arrows[i].steps);
    }
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    gtk_widget_class_add_binding (klass, zooms[i].key, 0, key_zoom, "(d)", zooms[i].factor);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Up, 0, key_pan, "(i)", -9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Down, 0, key_pan, "(i)", 9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, 0, key_edge, "(b)", FALSE);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, 0, key_edge, "(b)", TRUE);
  gtk_widget_class_add_binding (klass, GDK_KEY_0, 0, key_fit, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_0, 0, key_fit, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, key_enter, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, key_enter, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_p, 0, key_peak, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Escape, 0, key_escape, NULL);
}
