#include "tide-overview.h"

#include "ui-fixture.h"

static gboolean
is_allocated (gpointer data)
{
  return gtk_widget_get_width (data) > 0;
}

static void
test_drag (void)
{
  g_autoptr (TideRecording) recording = ui_recording (100);
  g_autoptr (TideSession) session = tide_session_new ();
  TideOverview *overview = TIDE_OVERVIEW (tide_overview_new (session));
  GtkWidget *window = gtk_window_new ();
  TideSpan whole, before, after;
  double width, x;

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (overview));
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 36);
  gtk_window_present (GTK_WINDOW (window));
  tide_session_set_recording (session, recording, NULL);
  ui_wait (is_allocated, overview);
  width = gtk_widget_get_width (GTK_WIDGET (overview));
  whole = tide_session_get_whole (session);

  /* A press outside of the window centres it, a drag moves it.  */
  tide_session_set_visible (session, (TideSpan){ 0, whole.end_ns / 5 });
  before = tide_session_get_visible (session);
  x = tide_overview_x_at (whole, width, whole.end_ns / 2);
  tide_overview_begin_drag (overview, x);
  after = tide_session_get_visible (session);
  g_assert_cmpint (after.end_ns - after.begin_ns, ==, before.end_ns - before.begin_ns);
  g_assert_cmpfloat_with_epsilon ((double)(after.begin_ns + after.end_ns) / 2, (double)whole.end_ns / 2,
                                  (double)whole.end_ns / 400);
  tide_overview_update_drag (overview, x + 100);
  g_assert_cmpint (tide_session_get_visible (session).begin_ns, >, after.begin_ns);
  tide_overview_end_drag (overview);
  after = tide_session_get_visible (session);
  tide_overview_update_drag (overview, x - 100);
  g_assert_cmpint (tide_session_get_visible (session).begin_ns, ==, after.begin_ns);

  /* An edge resizes.  */
  x = tide_overview_x_at (whole, width, after.end_ns);
  tide_overview_begin_drag (overview, x);
  g_assert_cmpint (tide_session_get_visible (session).end_ns, ==, after.end_ns);
  tide_overview_update_drag (overview, x + 60);
  tide_overview_end_drag (overview);
  g_assert_cmpint (tide_session_get_visible (session).begin_ns, ==, after.begin_ns);
  g_assert_cmpint (tide_session_get_visible (session).end_ns, >, after.end_ns);

  before = tide_session_get_visible (session);
  tide_overview_scroll (overview, -1, -1);
  after = tide_session_get_visible (session);
  g_assert_cmpint (after.end_ns - after.begin_ns, <, before.end_ns - before.begin_ns);

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (overview), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (overview), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Overview of the recording");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/overview/drag", test_drag);
  return g_test_run ();
}
