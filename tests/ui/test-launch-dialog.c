#include "ui-fixture.h"

#include "tide-interpreter-private.h"
#include "tide-launch-dialog.h"
#include "tide-wire.h"

#include <string.h>

typedef struct
{
  GtkWindow *parent;
  UiPrompter *prompter;
  TideRecent *recent;
  TideLaunchDialog *dialog;
  char *folder;
  char *script;
} Fixture;

static void
fixture_open (Fixture *fixture)
{
  fixture->dialog =
      tide_launch_dialog_new (fixture->parent, TIDE_PROMPTER (fixture->prompter), fixture->recent);
  gtk_window_present (GTK_WINDOW (fixture->dialog));
}

static void
fixture_begin (Fixture *fixture)
{
  g_autofree char *launches = NULL;

  fixture->folder = ui_folder_new ();
  fixture->script = g_build_filename (fixture->folder, "a script.py", NULL);
  g_assert_true (g_file_set_contents (fixture->script, "print (1)\n", -1, NULL));
  launches = g_build_filename (fixture->folder, "launches", NULL);
  fixture->parent = GTK_WINDOW (gtk_window_new ());
  fixture->prompter = ui_prompter_new ();
  fixture->recent = tide_recent_new (launches);
  fixture_open (fixture);
}

static void
fixture_end (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  gtk_window_destroy (fixture->parent);
  g_object_unref (fixture->prompter);
  g_object_unref (fixture->recent);
  ui_folder_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->script);
}

static GObject *
child (Fixture *fixture, const char *name)
{
  GObject *object =
      gtk_widget_get_template_child (GTK_WIDGET (fixture->dialog), TIDE_TYPE_LAUNCH_DIALOG, name);

  g_assert_nonnull (object);
  return object;
}

static void
type (Fixture *fixture, const char *entry, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (child (fixture, entry)), text);
}

static gboolean
can_launch (Fixture *fixture)
{
  return gtk_widget_is_sensitive (GTK_WIDGET (child (fixture, "launch_button")));
}

static void
test_fields (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (TideLaunch) launch = NULL;

  fixture_begin (&fixture);
  g_assert_false (can_launch (&fixture));
  g_assert_cmpuint (ui_assert_named (GTK_WIDGET (fixture.dialog)), >, 12);
  /* An empty form is not scolded.  */
  g_assert_null (tide_launch_dialog_get_problem (fixture.dialog));

  type (&fixture, "program", fixture.script);
  type (&fixture, "arguments", "--rows 10 'with blanks' \"\"");
  type (&fixture, "directory", fixture.folder);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (child (&fixture, "faults")), FALSE);
  launch = tide_launch_dialog_build (fixture.dialog, &error);
  g_assert_no_error (error);
  g_assert_true (can_launch (&fixture));
  g_assert_cmpint (launch->kind, ==, TIDE_PROGRAM_SCRIPT);
  g_assert_cmpstr (launch->program, ==, fixture.script);
  g_assert_cmpuint (g_strv_length (launch->args), ==, 4);
  g_assert_cmpstr (launch->args[2], ==, "with blanks");
  g_assert_cmpstr (launch->args[3], ==, "");
  g_assert_cmpstr (launch->directory, ==, fixture.folder);
  g_assert_cmpuint (launch->instruments, ==, TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS);
  g_assert_true (launch->capture_output);
  ui_picture (GTK_WIDGET (fixture.dialog), "launch-dialog");
  fixture_end (&fixture);
}

static void
test_problems (void)
{
  Fixture fixture;

  fixture_begin (&fixture);
  type (&fixture, "program", "/nowhere/at all.py");
  g_assert_nonnull (tide_launch_dialog_get_problem (fixture.dialog));
  g_assert_false (can_launch (&fixture));
  type (&fixture, "program", fixture.script);
  g_assert_null (tide_launch_dialog_get_problem (fixture.dialog));
  type (&fixture, "arguments", "\"not closed");
  g_assert_true (
      g_str_has_prefix (tide_launch_dialog_get_problem (fixture.dialog), "The arguments cannot be read: "));
  g_assert_false (can_launch (&fixture));
  type (&fixture, "arguments", "");
  type (&fixture, "directory", "/nowhere/at all");
  g_assert_nonnull (tide_launch_dialog_get_problem (fixture.dialog));
  g_assert_false (can_launch (&fixture));
  type (&fixture, "directory", "");
  g_assert_true (can_launch (&fixture));
  fixture_end (&fixture);
}

static void
test_kinds (void)
{
  Fixture fixture;
  g_autoptr (TideLaunch) module = NULL;
  g_autoptr (TideLaunch) code = NULL;

  fixture_begin (&fixture);
  type (&fixture, "program", "http.server");
  g_assert_false (can_launch (&fixture));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child (&fixture, "module_button")), TRUE);
  g_assert_true (can_launch (&fixture));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (child (&fixture, "browse"))));
  module = tide_launch_dialog_build (fixture.dialog, NULL);
  g_assert_cmpint (module->kind, ==, TIDE_PROGRAM_MODULE);
  g_assert_cmpstr (module->program, ==, "http.server");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child (&fixture, "code_button")), TRUE);
  type (&fixture, "program", "print ('x')");
  code = tide_launch_dialog_build (fixture.dialog, NULL);
  g_assert_cmpint (code->kind, ==, TIDE_PROGRAM_CODE);
  g_assert_cmpstr (code->program, ==, "print ('x')");
  fixture_end (&fixture);
}

static void
test_browse (void)
{
  Fixture fixture;

  fixture_begin (&fixture);
  ui_prompter_will_choose (fixture.prompter, fixture.script);
  g_signal_emit_by_name (child (&fixture, "browse"), "clicked");
  while (!can_launch (&fixture))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (&fixture, "program"))), ==, fixture.script);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (&fixture, "directory"))), ==, fixture.folder);
  fixture_end (&fixture);
}

static void
keep_launch (TideLaunchDialog *dialog, const TideLaunch *launch, gpointer data)
{
  *(TideLaunch **)data = tide_launch_copy (launch);
}

/* What was launched before comes back whole, through the file.  */
static void
test_recent (void)
{
  static const char *const arguments[] = { "--all", "it's \"quoted\" $HOME", "", NULL };
  static const char *const environment[] = { "A=1 2", "EMPTY=", "GONE", NULL };
  Fixture fixture;
  g_autoptr (TideLaunch) before = tide_launch_new ();
  g_autoptr (TideLaunch) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *launches = NULL;

  fixture_begin (&fixture);
  gtk_window_destroy (GTK_WINDOW (fixture.dialog));
  before->program = g_strdup (fixture.script);
  before->args = g_strdupv ((char **)arguments);
  before->environment = g_strdupv ((char **)environment);
  before->instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_FAULTS;
  g_assert_true (tide_recent_add_launch (fixture.recent, before, &error));
  g_assert_no_error (error);
  g_object_unref (fixture.recent);
  launches = g_build_filename (fixture.folder, "launches", NULL);
  fixture.recent = tide_recent_new (launches);
  g_assert_cmpuint (tide_recent_get_n_launches (fixture.recent), ==, 1);

  fixture_open (&fixture);
  g_assert_true (can_launch (&fixture));
  g_signal_connect (fixture.dialog, "launch", G_CALLBACK (keep_launch), &after);
  g_object_ref (fixture.dialog);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture.dialog), "dialog.launch", NULL));
  g_assert_nonnull (after);
  g_assert_cmpstr (after->program, ==, fixture.script);
  g_assert_true (g_strv_equal ((const char *const *)after->args, arguments));
  g_assert_true (g_strv_equal ((const char *const *)after->environment, environment));
  g_assert_cmpuint (after->instruments, ==, before->instruments);
  g_object_unref (fixture.dialog);
  fixture_open (&fixture);
  fixture_end (&fixture);
}

static gboolean
has_interpreter (gpointer data)
{
  return tide_interpreter_chooser_get_selected (data) != NULL;
}

static void
test_interpreters (void)
{
  Fixture fixture;
  TideInterpreterChooser *chooser;
  g_autoptr (TideLaunch) launch = NULL;

  fixture_begin (&fixture);
  chooser = tide_launch_dialog_get_interpreters (fixture.dialog);
  ui_wait (has_interpreter, chooser);
  g_assert_null (tide_interpreter_get_problem (tide_interpreter_chooser_get_selected (chooser)));
  type (&fixture, "program", fixture.script);
  launch = tide_launch_dialog_build (fixture.dialog, NULL);
  g_assert_cmpstr (launch->python, ==,
                   tide_interpreter_get_path (tide_interpreter_chooser_get_selected (chooser)));
  fixture_end (&fixture);
}

/* A warning is said where problems are, and forbids nothing; a problem is said in its place.  */
static void
test_warning (void)
{
  static const char answer[] = "\n--pagetide--\n"
                               "cpython\0"
                               "3.99.0\0"
                               "56819952\0"
                               "/nowhere/python3.99\0"
                               "/nowhere\0"
                               "0\0";
  Fixture fixture;
  TideInterpreterChooser *chooser;
  g_autoptr (GError) error = NULL;
  g_autoptr (TideInterpreter) interpreter = NULL;
  g_autofree char *python = g_find_program_in_path ("true");
  GtkLabel *label;

  fixture_begin (&fixture);
  chooser = tide_launch_dialog_get_interpreters (fixture.dialog);
  label = GTK_LABEL (child (&fixture, "problem"));
  interpreter =
      tide_interpreter_new_from_answer (python, "test", (const guint8 *)answer, sizeof answer - 1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (tide_interpreter_get_warning (interpreter));
  type (&fixture, "program", fixture.script);
  g_list_store_remove_all (tide_interpreter_chooser_get_store (chooser));
  g_list_store_append (tide_interpreter_chooser_get_store (chooser), interpreter);
  g_assert_true (tide_interpreter_chooser_get_selected (chooser) == interpreter);
  g_assert_cmpstr (gtk_label_get_text (label), ==, tide_interpreter_get_warning (interpreter));
  g_assert_null (tide_launch_dialog_get_problem (fixture.dialog));
  g_assert_true (can_launch (&fixture));
  type (&fixture, "directory", "/nowhere/at all");
  g_assert_cmpstr (gtk_label_get_text (label), ==, tide_launch_dialog_get_problem (fixture.dialog));
  g_assert_false (can_launch (&fixture));
  fixture_end (&fixture);
}

/* The right to follow page faults is asked for where it is missing and wanted, and nowhere else.  */
static void
test_ask_permission (void)
{
  static const struct
  {
    TideFaultAccess access;
    const char *may_not_ask;
    gboolean faults, sensitive;
    const char *note;
  } cases[] = {
    { TIDE_FAULT_ACCESS_GIVEN, NULL, TRUE, FALSE, "Not needed" },
    { TIDE_FAULT_ACCESS_IMPOSSIBLE, NULL, TRUE, FALSE, "cannot be followed" },
    { TIDE_FAULT_ACCESS_REFUSED, NULL, TRUE, TRUE, "password" },
    { TIDE_FAULT_ACCESS_REFUSED, NULL, FALSE, FALSE, "password" },
    { TIDE_FAULT_ACCESS_REFUSED, "There is no polkit.", TRUE, FALSE, "There is no polkit." },
  };
  Fixture fixture;
  GtkCheckButton *ask, *faults;

  fixture_begin (&fixture);
  ask = GTK_CHECK_BUTTON (child (&fixture, "ask"));
  faults = GTK_CHECK_BUTTON (child (&fixture, "faults"));
  type (&fixture, "program", fixture.script);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TideLaunch) without = NULL;
      g_autoptr (TideLaunch) with = NULL;

      tide_launch_dialog_set_fault_access (fixture.dialog, cases[i].access, cases[i].may_not_ask);
      gtk_check_button_set_active (faults, cases[i].faults);
      g_assert_cmpint (gtk_widget_get_sensitive (GTK_WIDGET (ask)), ==, cases[i].sensitive);
      g_assert_nonnull (
          strstr (gtk_label_get_text (GTK_LABEL (child (&fixture, "ask_note"))), cases[i].note));
      gtk_check_button_set_active (ask, FALSE);
      without = tide_launch_dialog_build (fixture.dialog, &error);
      g_assert_no_error (error);
      g_assert_false (without->ask_permission);
      gtk_check_button_set_active (ask, TRUE);
      with = tide_launch_dialog_build (fixture.dialog, &error);
      g_assert_no_error (error);
      g_assert_cmpint (with->ask_permission, ==, cases[i].sensitive);
    }
  /* What was launched so is shown so.  */
  {
    g_autoptr (TideLaunch) launch = tide_launch_new ();

    launch->program = g_strdup (fixture.script);
    tide_launch_dialog_set_fault_access (fixture.dialog, TIDE_FAULT_ACCESS_REFUSED, NULL);
    tide_launch_dialog_fill (fixture.dialog, launch);
    g_assert_false (gtk_check_button_get_active (ask));
    launch->ask_permission = TRUE;
    tide_launch_dialog_fill (fixture.dialog, launch);
    g_assert_true (gtk_check_button_get_active (ask));
    ui_picture (GTK_WIDGET (fixture.dialog), "launch-dialog-ask");
  }
  fixture_end (&fixture);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/launch-dialog/fields", test_fields);
  g_test_add_func ("/launch-dialog/problems", test_problems);
  g_test_add_func ("/launch-dialog/kinds", test_kinds);
  g_test_add_func ("/launch-dialog/browse", test_browse);
  g_test_add_func ("/launch-dialog/recent", test_recent);
  g_test_add_func ("/launch-dialog/interpreters", test_interpreters);
  g_test_add_func ("/launch-dialog/warning", test_warning);
  g_test_add_func ("/launch-dialog/ask-permission", test_ask_permission);
  return g_test_run ();
}
