#include "ui-fixture.h"

#include "tide-color-scheme.h"

#include <glib/gstdio.h>

static void
test_empty (void)
{
  static const char *const on[] = { "launch", "open", "sample" };
  static const char *const off[] = {
    "attach",    "pause",  "stop",     "save-as",       "export-png",        "export-csv",
    "find",      "follow", "fit",      "zoom-in",       "zoom-to-selection", "clear-selection",
    "run-again", "tab",    "copy-row", "cancel-loading"
  };
  TideWindow *window = ui_window_new ();

  g_assert_cmpint (tide_session_get_state (tide_window_get_session (window)), ==, TIDE_SESSION_EMPTY);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Pagetide");
  for (guint i = 0; i < G_N_ELEMENTS (on); i++)
    g_assert_true (ui_action_enabled (window, on[i]));
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    g_assert_false (ui_action_enabled (window, off[i]));
  ui_picture (GTK_WIDGET (window), "empty");
  ui_window_destroy (window);
}

static void
test_recording (void)
{
  static const char *const on[] = { "launch",     "open", "save-as",    "export-png",
                                    "export-csv", "find", "fit",        "zoom-in",
                                    "zoom-out",   "tab",  "copy-table", "close-recording" };
  static const char *const off[] = { "attach", "pause", "stop", "follow", "jump-to-now", "clear-selection" };
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideRecording) recording = ui_recording (20);
  TideSpan before, after;

  ui_window_show (window, recording);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "nightly.py");
  for (guint i = 0; i < G_N_ELEMENTS (on); i++)
    g_assert_true (ui_action_enabled (window, on[i]));
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    g_assert_false (ui_action_enabled (window, off[i]));
  ui_picture (GTK_WIDGET (window), "recording");

  before = tide_session_get_visible (session);
  ui_activate (window, "zoom-in");
  after = tide_session_get_visible (session);
  g_assert_cmpint (after.end_ns - after.begin_ns, <, before.end_ns - before.begin_ns);
  ui_activate (window, "fit");
  after = tide_session_get_visible (session);
  g_assert_cmpint (after.begin_ns, ==, before.begin_ns);
  g_assert_cmpint (after.end_ns, ==, before.end_ns);
  ui_activate (window, "close-recording");
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_EMPTY);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Pagetide");
  ui_window_destroy (window);
}

static void
test_names (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (3);

  g_assert_cmpuint (ui_assert_named (GTK_WIDGET (window)), >, 7);
  ui_window_show (window, recording);
  tide_session_set_filter (tide_window_get_session (window), "function");
  tide_session_set_selection (tide_window_get_session (window), (TideSpan){ 10 * UI_MS, 20 * UI_MS });
  g_assert_cmpuint (ui_assert_named (GTK_WIDGET (window)), >, 12);
  ui_window_destroy (window);
}

static void
test_tabs (void)
{
  static const char *const names[] = { "lines", "events", "output", "details", "functions" };
  TideWindow *window = ui_window_new ();
  g_autoptr (TideRecording) recording = ui_recording (3);

  ui_window_show (window, recording);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) state = NULL;

      g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string (names[i]));
      state = g_action_group_get_action_state (G_ACTION_GROUP (window), "tab");
      g_assert_cmpstr (g_variant_get_string (state, NULL), ==, names[i]);
      ui_settle (window);
      ui_picture (GTK_WIDGET (window), names[i]);
    }
  /* One that is not there changes nothing.  */
  g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string ("nowhere"));
  ui_window_destroy (window);
}

static gboolean
has_ended (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_ENDED;
}

static gboolean
shows_message (gpointer data)
{
  return tide_message_bar_get_text (tide_window_get_message_bar (data)) != NULL;
}

static void
test_open (void)
{
  TideWindow *window = ui_window_new ();
  g_autofree char *folder = ui_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.pagetide", NULL);
  g_autofree char *junk = g_build_filename (folder, "junk.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) junk_file = g_file_new_for_path (junk);

  ui_write_recording (path, 20);
  g_assert_true (g_file_set_contents (junk, "not a recording", -1, NULL));
  tide_window_open (window, file);
  ui_wait (has_ended, tide_window_get_session (window));
  ui_settle (window);
  g_assert_cmpstr (tide_session_get_path (tide_window_get_session (window)), ==, path);
  g_assert_null (tide_message_bar_get_text (tide_window_get_message_bar (window)));

  tide_window_open (window, junk_file);
  ui_wait (shows_message, window);
  g_assert_cmpint (tide_session_get_state (tide_window_get_session (window)), ==, TIDE_SESSION_EMPTY);
  ui_window_destroy (window);
  ui_folder_remove (folder);
}

/* A file that was cut is shown, with a sentence that says so.  */
static void
test_open_cut (void)
{
  TideWindow *window = ui_window_new ();
  g_autofree char *folder = ui_folder_new ();
  g_autofree char *path = g_build_filename (folder, "cut.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *text = NULL;
  gsize length;

  ui_write_recording (path, 20);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize)length - 20, NULL));
  tide_window_open (window, file);
  ui_wait (shows_message, window);
  ui_wait (has_ended, tide_window_get_session (window));
  ui_window_destroy (window);
  ui_folder_remove (folder);
}

static void
test_export (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (UiPrompter) prompter = ui_prompter_new ();
  g_autoptr (TideRecording) recording = ui_recording (5);
  g_autofree char *folder = ui_folder_new ();
  g_autofree char *csv = g_build_filename (folder, "f.csv", NULL);
  g_autofree char *png = g_build_filename (folder, "chart.png", NULL);
  g_autofree char *odd = g_build_filename (folder, "chart.doc", NULL);
  g_autofree char *text = NULL;
  gsize length;

  tide_window_set_prompter (window, TIDE_PROMPTER (prompter));
  ui_window_show (window, recording);
  ui_prompter_will_choose (prompter, csv);
  ui_activate (window, "export-csv");
  ui_wait (shows_message, window);
  g_assert_true (g_file_get_contents (csv, &text, &length, NULL));
  g_assert_true (g_str_has_prefix (text, "function,file,line,"));
  tide_message_bar_dismiss (tide_window_get_message_bar (window));

  ui_prompter_will_choose (prompter, png);
  ui_activate (window, "export-png");
  ui_wait (shows_message, window);
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (png, &text, &length, NULL));
  g_assert_cmpmem (text, 4, "\x89PNG", 4);
  tide_message_bar_dismiss (tide_window_get_message_bar (window));

  ui_prompter_will_choose (prompter, odd);
  ui_activate (window, "export-png");
  ui_wait (shows_message, window);
  g_assert_false (g_file_test (odd, G_FILE_TEST_EXISTS));
  ui_window_destroy (window);
  ui_folder_remove (folder);
}

static void
test_accessible (void)
{
  TideWindow *window = ui_window_new ();
  TideMessageBar *bar = tide_window_get_message_bar (window);

  tide_message_bar_show (bar, TIDE_MESSAGE_ERROR, "It went wrong", NULL, NULL);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_ROLE_ALERT);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, "It went wrong");
  ui_window_destroy (window);
}

/* Whatever the property's name is in this version of GTK.  */
static void
test_dark (void)
{
  static const char *const schemes[] = { "dark", "light", "dark", "light" };
  TideWindow *window = ui_window_new ();
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (window));

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      gboolean dark = g_str_equal (schemes[i], "dark");
      g_autoptr (TideColorScheme) scheme = NULL;

      g_setenv ("PAGETIDE_COLOR_SCHEME", schemes[i], TRUE);
      scheme = tide_color_scheme_new (settings);
      g_assert_cmpint (tide_color_scheme_is_dark (settings), ==, dark);
      g_assert_cmpint (gtk_widget_has_css_class (GTK_WIDGET (window), "dark"), ==, dark);
    }
  g_unsetenv ("PAGETIDE_COLOR_SCHEME");
  ui_window_destroy (window);
}

/* How small the window can be, pixels.  HEIGHT: at that width.  */
static void
assert_fits (TideWindow *window, int width, int height, const char *what)
{
  int minimum_width, minimum_height;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum_width, NULL, NULL, NULL);
  g_test_message ("%s: at least %d wide", what, minimum_width);
  g_assert_cmpint (minimum_width, <=, width);
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_VERTICAL, width, &minimum_height, NULL, NULL,
                      NULL);
  g_test_message ("%s: at least %d high where it is %d wide", what, minimum_height, width);
  g_assert_cmpint (minimum_height, <=, height);
}

/* On a telephone, in half a screen, and as a strip: whatever is shown.  */
static void
test_small (void)
{
  static const char *const tabs[] = { "functions", "lines", "events", "output", "details" };
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideRecording) recording = ui_recording_of_bytes (300, 0);
  TideMessageBar *bar = tide_window_get_message_bar (window);

  assert_fits (window, 360, 500, "start page");
  assert_fits (window, 800, 300, "start page");
  ui_window_show (window, recording);
  tide_session_set_selection (session, (TideSpan){ 10 * UI_MS, 2000 * UI_MS });
  tide_session_set_filter (session, "function");
  tide_message_bar_show (bar, TIDE_MESSAGE_WARNING,
                         "A long sentence of a message that says what has happened, and what one can do now",
                         "Do It", "win.fit");
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string (tabs[i]));
      ui_settle (window);
      assert_fits (window, 360, 500, tabs[i]);
    }
  tide_message_bar_dismiss (bar);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), "tab", g_variant_new_string (tabs[i]));
      ui_settle (window);
      assert_fits (window, 800, 300, tabs[i]);
    }
  ui_window_destroy (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/window/empty", test_empty);
  g_test_add_func ("/window/recording", test_recording);
  g_test_add_func ("/window/names", test_names);
  g_test_add_func ("/window/tabs", test_tabs);
  g_test_add_func ("/window/open", test_open);
  g_test_add_func ("/window/open-cut", test_open_cut);
  g_test_add_func ("/window/export", test_export);
  g_test_add_func ("/window/accessible", test_accessible);
  g_test_add_func ("/window/dark", test_dark);
  g_test_add_func ("/window/small", test_small);
  return g_test_run ();
}
