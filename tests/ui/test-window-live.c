#include "ui-fixture.h"

#include "tide-loader.h"
#include "tide-session-page.h"
#include "tide-wire.h"

#include <string.h>

/* A real program, through the real helper, in a real window.  */

#define PROGRAM                                                                                              \
  "import sys, time\n"                                                                                       \
  "kept = []\n"                                                                                              \
  "def hoard (n):\n"                                                                                         \
  "    for i in range (n):\n"                                                                                \
  "        kept.append (b'x' * (1 << 20))\n"                                                                 \
  "print ('begun', flush=True)\n"                                                                            \
  "hoard (64)\n"                                                                                             \
  "print ('done', file=sys.stderr, flush=True)\n"                                                            \
  "if len (sys.argv) > 2:\n"                                                                                 \
  "    eval (sys.argv[2])\n"                                                                                 \
  "if len (sys.argv) > 1:\n"                                                                                 \
  "    time.sleep (600)\n"

static TideLaunch *
new_launch (gboolean stays)
{
  static const char *const stay[] = { "stay", NULL };
  TideLaunch *launch = tide_launch_new ();

  launch->kind = TIDE_PROGRAM_CODE;
  launch->program = g_strdup (PROGRAM);
  launch->args = stays ? g_strdupv ((char **)stay) : NULL;
  return launch;
}

static gboolean
has_ended (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_ENDED;
}

static gboolean
shows_end (gpointer data)
{
  g_autofree char *text = tide_output_view_dup_text (data);

  return strstr (text, "[The program exited with status 0]") != NULL;
}

static void
test_launch (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  TideFunctionSlots *slots = tide_functions_view_get_slots (tide_window_get_functions_view (window));
  g_autoptr (TideLaunch) launch = new_launch (FALSE);
  g_autofree char *text = NULL;

  tide_window_launch (window, launch);
  if (tide_session_get_state (session) != TIDE_SESSION_LIVE)
    g_error ("not launched: %s", tide_message_bar_get_text (tide_window_get_message_bar (window)));
  g_assert_true (ui_action_enabled (window, "stop"));
  g_assert_true (ui_action_enabled (window, "pause"));
  g_assert_true (ui_action_enabled (window, "save-as"));
  ui_wait (has_ended, session);
  ui_settle (window);
  g_assert_true (tide_session_is_dirty (session));
  g_assert_true (ui_action_enabled (window, "save-as"));
  g_assert_true (ui_action_enabled (window, "run-again"));
  g_assert_false (ui_action_enabled (window, "stop"));

  g_assert_cmpstr (tide_function_slots_get_row (slots, 0)->function, ==, "hoard");
  g_assert_cmpint (tide_function_slots_get_row (slots, 0)->hot_line, ==, 5);
  g_assert_cmpint (TIDE_FUNCTION_ROW_SELF (tide_function_slots_get_row (slots, 0)), >, 60 * UI_MIB);
  g_assert_cmpint (TIDE_FUNCTION_ROW_SELF (tide_function_slots_get_row (slots, 0)), <, 70 * UI_MIB);
  ui_wait (shows_end, tide_window_get_output_view (window));
  text = tide_output_view_dup_text (tide_window_get_output_view (window));
  g_assert_nonnull (strstr (text, "begun\n"));
  g_assert_nonnull (strstr (text, "done\n"));
  ui_picture (GTK_WIDGET (window), "launched");
  ui_window_destroy (window);
}

static gboolean
has_written (gpointer data)
{
  g_autofree char *text = tide_output_view_dup_text (data);

  return strstr (text, "done\n") != NULL;
}

typedef struct
{
  gboolean called, closed;
} Closing;

static void
note_closed (GtkWindow *window, gboolean closed, gpointer data)
{
  *(Closing *)data = (Closing){ TRUE, closed };
}

static gboolean
was_called (gpointer data)
{
  return ((Closing *)data)->called;
}

static void
test_close_while_it_runs (void)
{
  TideWindow *window = ui_window_new ();
  g_autoptr (UiPrompter) prompter = ui_prompter_new ();
  g_autoptr (TideLaunch) launch = new_launch (TRUE);
  g_autofree char *spool = g_strdup (g_object_get_data (G_OBJECT (window), "folder"));
  Closing closing = { FALSE, FALSE };

  tide_window_set_prompter (window, TIDE_PROMPTER (prompter));
  tide_window_launch (window, launch);
  ui_wait (has_written, tide_window_get_output_view (window));

  ui_prompter_will_answer (prompter, TIDE_ANSWER_CANCEL);
  tide_window_close_asking (window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_false (closing.closed);
  g_assert_cmpint (tide_session_get_state (tide_window_get_session (window)), ==, TIDE_SESSION_LIVE);
  g_assert_cmpstr (ui_prompter_get_last (prompter), ==, "“python -c” is still running");

  /* Stopped, then the recording of it is thrown away.  */
  closing.called = FALSE;
  ui_prompter_will_answer (prompter, TIDE_ANSWER_FIRST);
  ui_prompter_will_answer (prompter, TIDE_ANSWER_SECOND);
  tide_window_close_asking (window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_true (closing.closed);
  g_assert_cmpuint (ui_prompter_get_n_asked (prompter), ==, 3);
  ui_folder_remove (spool);
}

static void
test_pause_and_stop (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideLaunch) launch = new_launch (TRUE);

  tide_window_launch (window, launch);
  ui_wait (has_written, tide_window_get_output_view (window));
  ui_activate (window, "pause");
  g_assert_true (tide_session_is_paused (session));
  ui_activate (window, "pause");
  g_assert_false (tide_session_is_paused (session));
  ui_activate (window, "stop");
  ui_wait (has_ended, session);
  g_assert_cmpint (tide_process_get_end (tide_session_get_process (session))->kind, ==, TIDE_END_SIGNALLED);
  ui_window_destroy (window);
}

static const char *
label_of (TideWindow *window, const char *name)
{
  GObject *widget = gtk_widget_get_template_child (GTK_WIDGET (window), TIDE_TYPE_WINDOW, name);

  if (!gtk_widget_get_visible (GTK_WIDGET (widget)))
    return NULL;
  return GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget))
                               : gtk_button_get_label (GTK_BUTTON (widget));
}

static GtkWidget *
jump_button (TideWindow *window)
{
  GtkWidget *page =
      GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window), TIDE_TYPE_WINDOW, "session_page"));

  return GTK_WIDGET (gtk_widget_get_template_child (page, TIDE_TYPE_SESSION_PAGE, "jump_button"));
}

/* One sees that a program is paused or told to stop, and what the buttons do then.  */
static void
test_live_states (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  g_autoptr (TideLaunch) launch = new_launch (TRUE);

  g_assert_null (label_of (window, "pause_button"));
  g_assert_null (label_of (window, "stop_button"));
  tide_window_launch (window, launch);
  ui_wait (has_written, tide_window_get_output_view (window));
  g_assert_null (label_of (window, "live_state"));
  g_assert_cmpstr (label_of (window, "pause_button"), ==, "_Pause");
  g_assert_cmpstr (label_of (window, "stop_button"), ==, "_Stop");
  ui_activate (window, "pause");
  g_assert_cmpstr (label_of (window, "live_state"), ==, "Paused");
  g_assert_cmpstr (label_of (window, "pause_button"), ==, "_Resume");
  ui_activate (window, "pause");
  g_assert_null (label_of (window, "live_state"));

  /* Whoever looks back finds the way to now beside the chart.  */
  g_assert_false (gtk_widget_get_visible (jump_button (window)));
  tide_session_set_follow (session, FALSE);
  g_assert_true (gtk_widget_get_visible (jump_button (window)));
  g_signal_emit_by_name (jump_button (window), "clicked");
  g_assert_true (tide_session_get_follow (session));
  g_assert_false (gtk_widget_get_visible (jump_button (window)));
  tide_session_set_follow (session, FALSE);

  ui_activate (window, "stop");
  g_assert_cmpstr (label_of (window, "live_state"), ==, "Stopping…");
  g_assert_cmpstr (label_of (window, "stop_button"), ==, "_Kill");
  ui_wait (has_ended, session);
  g_assert_null (label_of (window, "stop_button"));
  g_assert_false (gtk_widget_get_visible (jump_button (window)));
  /* It was stopped by the person: nothing to warn of.  */
  g_assert_cmpint (tide_process_get_end (tide_session_get_process (session))->kind, ==, TIDE_END_SIGNALLED);
  g_assert_null (tide_message_bar_get_text (tide_window_get_message_bar (window)));
  ui_window_destroy (window);
}

static void
test_bad_ends (void)
{
  static const struct
  {
    const char *code, *text;
  } cases[] = {
    { "sys.exit (3)", "The program exited with status 3." },
    { "__import__ ('os').kill (__import__ ('os').getpid (), 9)",
      "The program was ended by signal 9 (Killed)." },
    { "sys.exit (0)", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideWindow *window = ui_window_new ();
      g_autoptr (TideLaunch) launch = new_launch (FALSE);

      launch->args = g_new0 (char *, 3);
      launch->args[0] = g_strdup ("end");
      launch->args[1] = g_strdup (cases[i].code);
      tide_window_launch (window, launch);
      ui_wait (has_ended, tide_window_get_session (window));
      g_assert_cmpstr (tide_message_bar_get_text (tide_window_get_message_bar (window)), ==, cases[i].text);
      ui_window_destroy (window);
    }
}

static gboolean
says_so_far (gpointer data)
{
  const char *text = tide_message_bar_get_text (data);

  return text != NULL && strstr (text, "What was recorded so far is saved as “so far.pagetide”") != NULL;
}

/* While the program runs, what there is can be kept in a file of its own; it answers no question.  */
static void
test_save_so_far (void)
{
  TideWindow *window = ui_window_new ();
  TideSession *session = tide_window_get_session (window);
  UiPrompter *prompter = ui_prompter_new ();
  g_autoptr (TideLaunch) launch = new_launch (TRUE);
  g_autofree char *folder = ui_folder_new ();
  g_autofree char *path = g_build_filename (folder, "so far.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (TideRecording) read = NULL;
  g_autoptr (GError) error = NULL;

  tide_window_set_prompter (window, TIDE_PROMPTER (prompter));
  tide_window_launch (window, launch);
  ui_wait (has_written, tide_window_get_output_view (window));
  ui_prompter_will_choose (prompter, path);
  ui_activate (window, "save-as");
  ui_wait (says_so_far, tide_window_get_message_bar (window));
  g_assert_cmpstr (ui_prompter_get_last (prompter), ==, "Save What Was Recorded So Far");
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_LIVE);
  g_assert_true (tide_session_is_dirty (session));
  read = tide_load (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (read), ==, 0);
  ui_activate (window, "stop");
  ui_wait (has_ended, session);
  g_assert_true (tide_session_is_dirty (session));
  ui_window_destroy (window);
  g_object_unref (prompter);
  ui_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/window-live/launch", test_launch);
  g_test_add_func ("/window-live/close-while-it-runs", test_close_while_it_runs);
  g_test_add_func ("/window-live/pause-and-stop", test_pause_and_stop);
  g_test_add_func ("/window-live/live-states", test_live_states);
  g_test_add_func ("/window-live/bad-ends", test_bad_ends);
  g_test_add_func ("/window-live/save-so-far", test_save_so_far);
  return g_test_run ();
}
