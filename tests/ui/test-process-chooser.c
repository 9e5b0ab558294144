#include "tide-process-chooser.h"
#include "ui-fixture.h"

#include <string.h>

static GtkWidget *
find_of_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_of_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
get_chooser (TideWindow *window)
{
  GtkWidget *chooser = find_of_type (GTK_WIDGET (window), TIDE_TYPE_PROCESS_CHOOSER);

  g_assert_nonnull (chooser);
  return chooser;
}

/* One process is no choice.  */
static void
test_one (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (3);

  ui_window_show (window, recording);
  g_assert_false (gtk_widget_get_visible (get_chooser (window)));
  ui_window_destroy (window);
}

static void
test_family (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideRecording) recording = ui_recording_of_family (3);
  g_autoptr (TideRecording) other = ui_recording (3);
  GtkWidget *chooser = get_chooser (window);
  GtkDropDown *drop_down = GTK_DROP_DOWN (find_of_type (chooser, GTK_TYPE_DROP_DOWN));
  GtkWidget *together = gtk_widget_get_first_child (gtk_widget_get_first_child (chooser));

  ui_window_show (window, recording);
  g_assert_true (gtk_widget_get_visible (chooser));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (together)), ==, "3 of 3 processes run; together 60 MiB");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, "Process");
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 0);

  /* What is chosen here is shown, and what is shown is chosen here.  */
  gtk_drop_down_set_selected (drop_down, 2);
  g_assert_true (tide_session_get_process (session) == tide_recording_get_process (recording, 2));
  tide_session_set_process (session, tide_recording_get_process (recording, 1));
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 1);

  /* Another recording has other processes.  */
  ui_window_show (window, other);
  g_assert_false (gtk_widget_get_visible (chooser));
  ui_window_show (window, recording);
  g_assert_true (gtk_widget_get_visible (chooser));
  g_assert_cmpuint (gtk_drop_down_get_selected (drop_down), ==, 0);
  ui_picture (GTK_WIDGET (window), "processes");
  ui_window_destroy (window);
}

/* The label that is seen: the page without an item has one, too.  */
static const char *
get_chosen (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      const char *text = GTK_IS_POPOVER (child) ? NULL : get_chosen (child);

      if (text != NULL)
        return text;
    }
  return NULL;
}

/* Each is told by number and name, children by the time at which they came.  */
static void
test_words (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording_of_family (2);
  GtkDropDown *drop_down;

  ui_window_show (window, recording);
  drop_down = GTK_DROP_DOWN (find_of_type (get_chooser (window), GTK_TYPE_DROP_DOWN));
  g_assert_cmpstr (get_chosen (GTK_WIDGET (drop_down)), ==, "PID 4242 · child_0.py");
  gtk_drop_down_set_selected (drop_down, 1);
  ui_settle (window);
  g_assert_cmpstr (get_chosen (GTK_WIDGET (drop_down)), ==, "PID 4243 · child_1.py · from 0:00.1");
  ui_window_destroy (window);
}

/* Beside the tabs, or below them: it never takes their room.  */
static void
test_narrow (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording_of_family (3);
  GtkWidget *chooser = get_chooser (window),
            *tabs = find_of_type (GTK_WIDGET (window), GTK_TYPE_STACK_SWITCHER);
  graphene_rect_t place, others;

  ui_window_show (window, recording);
  g_assert_true (gtk_widget_compute_bounds (chooser, GTK_WIDGET (window), &place));
  g_assert_true (gtk_widget_compute_bounds (tabs, GTK_WIDGET (window), &others));
  g_assert_cmpfloat (place.origin.x, >=, others.origin.x + others.size.width);
  g_assert_cmpfloat (place.origin.y, <, others.origin.y + others.size.height);

  gtk_window_set_default_size (GTK_WINDOW (window), 370, 700);
  ui_settle (window);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <, 500);
  g_assert_true (gtk_widget_compute_bounds (chooser, GTK_WIDGET (window), &place));
  g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_parent (gtk_widget_get_parent (tabs)),
                                            GTK_WIDGET (window), &others));
  g_assert_cmpfloat (place.origin.y, >=, others.origin.y + others.size.height);
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/process-chooser/one", test_one);
  g_test_add_func ("/process-chooser/family", test_family);
  g_test_add_func ("/process-chooser/words", test_words);
  g_test_add_func ("/process-chooser/narrow", test_narrow);
  return g_test_run ();
}
