#include "tide-timeline.h"

#include "ui-fixture.h"

#include <math.h>
#include <string.h>

typedef struct
{
  TideRecording *recording;
  TideSession *session;
  TideTimeline *timeline;
  GtkWidget *window;
  TideTimelineLayout layout;
} Fixture;

static gboolean
is_allocated (gpointer data)
{
  return gtk_widget_get_width (data) > 0;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->recording = ui_recording (100);
  self->session = tide_session_new ();
  self->timeline = TIDE_TIMELINE (tide_timeline_new (self->session));
  self->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 300);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->timeline));
  gtk_window_present (GTK_WINDOW (self->window));
  tide_session_set_recording (self->session, self->recording, NULL);
  ui_wait (is_allocated, self->timeline);
  tide_timeline_get_layout (self->timeline, &self->layout);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_object_unref (self->session);
  g_object_unref (self->recording);
}

static double
x_at (Fixture *self, double part)
{
  return self->layout.left + (self->layout.right - self->layout.left) * part;
}

static void
assert_near (gint64 time_ns, gint64 wanted_ns, double tolerance_ns)
{
  g_assert_cmpfloat_with_epsilon ((double)time_ns, (double)wanted_ns, tolerance_ns);
}

static void
test_select (Fixture *self, gconstpointer data)
{
  TideSpan whole = tide_session_get_whole (self->session), selection;
  double px_ns = tide_timeline_px_ns (&self->layout);

  tide_timeline_begin_drag (self->timeline, x_at (self, 0.25), 100, FALSE);
  tide_timeline_update_drag (self->timeline, x_at (self, 0.4));
  tide_timeline_end_drag (self->timeline, x_at (self, 0.5));
  selection = tide_session_get_selection (self->session);
  assert_near (selection.begin_ns, whole.end_ns / 4, 2 * px_ns);
  assert_near (selection.end_ns, whole.end_ns / 2, 2 * px_ns);

  /* A handle moves its edge; zoom stays as it is.  */
  tide_timeline_begin_drag (self->timeline, x_at (self, 0.5), 100, FALSE);
  tide_timeline_end_drag (self->timeline, x_at (self, 0.75));
  selection = tide_session_get_selection (self->session);
  assert_near (selection.begin_ns, whole.end_ns / 4, 2 * px_ns);
  assert_near (selection.end_ns, whole.end_ns / 4 * 3, 2 * px_ns);
  g_assert_cmpint (tide_session_get_visible (self->session).end_ns, ==, whole.end_ns);

  tide_timeline_begin_drag (self->timeline, x_at (self, 0.6), 100, FALSE);
  tide_timeline_end_drag (self->timeline, x_at (self, 0.6));
  g_assert_false (tide_session_has_selection (self->session));
}

/* The first click of two clears; the second brings back what it meant.  */
static void
test_double_click (Fixture *self, gconstpointer data)
{
  TideSpan selection, visible;

  tide_timeline_begin_drag (self->timeline, x_at (self, 0.25), 100, FALSE);
  tide_timeline_end_drag (self->timeline, x_at (self, 0.5));
  selection = tide_session_get_selection (self->session);
  tide_timeline_begin_drag (self->timeline, x_at (self, 0.3), 100, FALSE);
  tide_timeline_end_drag (self->timeline, x_at (self, 0.3));
  tide_timeline_double_click (self->timeline, x_at (self, 0.3));
  visible = tide_session_get_visible (self->session);
  g_assert_cmpint (visible.begin_ns, ==, selection.begin_ns);
  g_assert_cmpint (visible.end_ns, ==, selection.end_ns);
  tide_session_clear_selection (self->session);
  tide_timeline_begin_drag (self->timeline, x_at (self, 0.3), 100, FALSE);
  tide_timeline_end_drag (self->timeline, x_at (self, 0.3));
  tide_timeline_double_click (self->timeline, x_at (self, 0.3));
  g_assert_cmpint (tide_session_get_visible (self->session).end_ns, ==,
                   tide_session_get_whole (self->session).end_ns);
}

static gint64
length_of (TideSpan span)
{
  return span.end_ns - span.begin_ns;
}

static void
test_zoom_and_pan (Fixture *self, gconstpointer data)
{
  double x = x_at (self, 0.3);
  gint64 under = tide_timeline_time_at (&self->layout, x), coarse, fine, fast;
  TideSpan before, after;
  TideTimelineLayout layout;

  tide_timeline_point_at (self->timeline, x, 100);
  tide_timeline_scroll (self->timeline, 0, -3, FALSE, 0);
  before = tide_session_get_visible (self->session);
  g_assert_cmpint (length_of (before), <, length_of (self->layout.visible) * 2 / 3);
  /* What was under the pointer still is.  */
  tide_timeline_get_layout (self->timeline, &layout);
  g_assert_cmpfloat_with_epsilon (tide_timeline_x_at (&layout, under), x, 1);

  tide_timeline_scroll (self->timeline, 0, -1, FALSE, 0);
  coarse = length_of (tide_session_get_visible (self->session));
  tide_session_set_visible (self->session, before);
  tide_timeline_scroll (self->timeline, 0, -1, FALSE, GDK_CONTROL_MASK);
  fine = length_of (tide_session_get_visible (self->session));
  tide_session_set_visible (self->session, before);
  tide_timeline_scroll (self->timeline, 0, -1, FALSE, GDK_SHIFT_MASK);
  fast = length_of (tide_session_get_visible (self->session));
  g_assert_cmpint (fast, <, coarse);
  g_assert_cmpint (coarse, <, fine);

  tide_session_set_visible (self->session, before);
  tide_timeline_begin_drag (self->timeline, 500, 100, TRUE);
  tide_timeline_update_drag (self->timeline, 520);
  tide_timeline_end_drag (self->timeline, 520);
  after = tide_session_get_visible (self->session);
  g_assert_cmpint (after.begin_ns, <, before.begin_ns);
  g_assert_cmpint (length_of (after), ==, length_of (before));
  g_assert_false (tide_session_has_selection (self->session));
  tide_timeline_scroll (self->timeline, 1, 0, FALSE, 0);
  g_assert_cmpint (tide_session_get_visible (self->session).begin_ns, >, after.begin_ns);
}

static void
on_readout (GObject *object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

static void
test_readout (Fixture *self, gconstpointer data)
{
  guint count = 0;
  g_autofree char *readout = NULL;

  g_signal_connect (self->timeline, "notify::readout", G_CALLBACK (on_readout), &count);
  g_assert_cmpstr (tide_timeline_get_readout (self->timeline), ==, "");
  tide_timeline_point_at (self->timeline, x_at (self, 0.5), 100);
  g_assert_nonnull (strstr (tide_timeline_get_readout (self->timeline), "RSS"));
  g_assert_cmpuint (count, ==, 1);
  /* The picture moves under a pointer that rests.  */
  readout = g_strdup (tide_timeline_get_readout (self->timeline));
  tide_session_set_visible (self->session, (TideSpan){ 0, 100 * UI_MS });
  g_assert_cmpstr (tide_timeline_get_readout (self->timeline), !=, readout);
  tide_timeline_point_away (self->timeline);
  g_assert_cmpstr (tide_timeline_get_readout (self->timeline), ==, "");
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  TideSpan whole = tide_session_get_whole (self->session), selection;
  g_autofree char *first = NULL;

  tide_timeline_move_cursor (self->timeline, 1, FALSE);
  first = g_strdup (tide_timeline_get_readout (self->timeline));
  g_assert_cmpstr (first, !=, "");
  tide_timeline_move_cursor (self->timeline, 1, FALSE);
  g_assert_cmpstr (tide_timeline_get_readout (self->timeline), !=, first);
  g_assert_false (tide_session_has_selection (self->session));

  tide_timeline_move_cursor (self->timeline, 5, TRUE);
  tide_timeline_move_cursor (self->timeline, 5, TRUE);
  selection = tide_session_get_selection (self->session);
  assert_near (length_of (selection), (gint64)(80 * tide_timeline_px_ns (&self->layout)),
               2 * tide_timeline_px_ns (&self->layout));
  /* Back over the start, the other side is selected.  */
  tide_timeline_move_cursor (self->timeline, -15, TRUE);
  g_assert_cmpint (tide_session_get_selection (self->session).end_ns, ==, selection.begin_ns);

  /* The cursor is brought into view.  */
  tide_session_set_visible (self->session, (TideSpan){ 0, whole.end_ns / 10 });
  tide_timeline_go_to_peak (self->timeline);
  g_assert_cmpint (tide_session_get_visible (self->session).begin_ns, >, 0);
  g_assert_nonnull (strstr (tide_timeline_get_readout (self->timeline), "RSS"));
  /* GTK tells again where a resting pointer is.  */
  tide_timeline_point_at (self->timeline, 400, 100);
  tide_timeline_go_to_peak (self->timeline);
  g_free (g_steal_pointer (&first));
  first = g_strdup (tide_timeline_get_readout (self->timeline));
  tide_timeline_point_at (self->timeline, 400, 100);
  g_assert_cmpstr (tide_timeline_get_readout (self->timeline), ==, first);
}

static gboolean
is_described (gpointer data)
{
  g_autofree char *problem =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (data), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");

  /* The check returns what is there when it differs.  */
  return problem != NULL && strstr (problem, "Memory from") != NULL;
}

static void
test_accessible (Fixture *self, gconstpointer data)
{
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (self->timeline), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (self->timeline), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Memory timeline");
  ui_wait (is_described, self->timeline);
}

/* NULL while a frame is due.  */
static GdkTexture *
take_picture (GtkWidget *widget)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return NULL;
  return gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
}

/* How many pixels differ between two pictures of one size.  */
static guint
count_changes (GdkTexture *a, GdkTexture *b)
{
  int width = gdk_texture_get_width (a), height = gdk_texture_get_height (a);
  gsize stride = (gsize)width * 4;
  g_autofree guchar *pixels_a = g_malloc (stride * (gsize)height);
  g_autofree guchar *pixels_b = g_malloc (stride * (gsize)height);
  guint n = 0;

  g_assert_cmpint (gdk_texture_get_width (b), ==, width);
  g_assert_cmpint (gdk_texture_get_height (b), ==, height);
  gdk_texture_download (a, pixels_a, stride);
  gdk_texture_download (b, pixels_b, stride);
  for (gsize i = 0; i < (gsize)width * (gsize)height; i++)
    n += memcmp (pixels_a + 4 * i, pixels_b + 4 * i, 4) != 0;
  return n;
}

static gboolean
has_picture (gpointer data)
{
  g_autoptr (GdkTexture) picture = take_picture (data);

  return picture != NULL;
}

static gboolean
has_changed (gpointer data)
{
  gpointer *pair = data;
  g_autoptr (GdkTexture) now = take_picture (pair[0]);

  return now != NULL && count_changes (pair[1], now) > 200;
}

/* What is seen follows the session: the selection, the cursor, another recording.  */
static void
test_picture (Fixture *self, gconstpointer data)
{
  gpointer pair[] = { self->timeline, NULL };

  ui_wait (has_picture, self->timeline);
  for (guint step = 0; step < 4; step++)
    {
      g_autoptr (GdkTexture) before = take_picture (GTK_WIDGET (self->timeline));

      pair[1] = before;
      if (step == 0)
        tide_session_set_selection (self->session, (TideSpan){ 200 * UI_MS, 600 * UI_MS });
      else if (step == 1)
        tide_timeline_point_at (self->timeline, x_at (self, 0.5), 100);
      else if (step == 2)
        tide_session_zoom (self->session, 300 * UI_MS, 0.5);
      else
        tide_session_close (self->session);
      ui_wait (has_changed, pair);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/timeline/select", test_select },
    { "/timeline/double-click", test_double_click },
    { "/timeline/zoom-pan", test_zoom_and_pan },
    { "/timeline/readout", test_readout },
    { "/timeline/keys", test_keys },
    { "/timeline/accessible", test_accessible },
    { "/timeline/picture", test_picture },
  };

  ui_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
