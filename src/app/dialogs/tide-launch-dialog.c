#include "config.h"

#include "tide-launch-dialog.h"

#include "tide-compat.h"
#include "tide-environment-editor.h"
#include "tide-helper-command.h"
#include "tide-instrument-list.h"
#include "tide-resources.h"
#include "tide-wire.h"

#include <glib/gi18n-lib.h>

struct _TideLaunchDialog
{
  GtkWindow parent;

  TidePrompter *prompter;
  TideRecent *recent;
  gboolean has_problem; /* what is said forbids the launch */
  gboolean filling;     /* fields are set by us: do not check each */

  TideInterpreterChooser *interpreters;
  GtkDropDown *recent_drop_down;
  GtkWidget *recent_row;
  GtkToggleButton *script_button;
  GtkToggleButton *module_button;
  GtkToggleButton *code_button;
  GtkLabel *program_label;
  GtkEntry *program;
  GtkButton *browse;
  GtkEntry *arguments;
  GtkEntry *directory;
  TideEnvironmentEditor *environment;
  GtkCheckButton *events;
  GtkCheckButton *faults;
  GtkCheckButton *ask; /* for the right to follow page faults */
  GtkLabel *ask_note;
  TideFaultAccess fault_access;
  char *may_not_ask; /* why, NULL: it may be asked */
  GtkExpander *more;
  TideInstrumentList *instruments;
  GtkCheckButton *children;
  GtkCheckButton *sampler;
  GtkLabel *problem;
  GtkButton *launch_button;
};

G_DEFINE_FINAL_TYPE (TideLaunchDialog, tide_launch_dialog, GTK_TYPE_WINDOW)

enum
{
  LAUNCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static TideProgramKind
tide_launch_dialog_get_kind (TideLaunchDialog *self)
{
  if (gtk_toggle_button_get_active (self->module_button))
    return TIDE_PROGRAM_MODULE;
  if (gtk_toggle_button_get_active (self->code_button))
    return TIDE_PROGRAM_CODE;
  return TIDE_PROGRAM_SCRIPT;
}

static const char *
tide_launch_dialog_text (GtkEntry *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

static gboolean
tide_launch_dialog_parse_arguments (TideLaunchDialog *self, char ***args, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (tide_launch_dialog_text (self->arguments)));
  g_autoptr (GError) parse_error = NULL;

  *args = NULL;
  if (*stripped == '\0' || g_shell_parse_argv (stripped, NULL, args, &parse_error))
    return TRUE;
  g_set_error (error, parse_error->domain, parse_error->code, _ ("The arguments cannot be read: %s"),
               parse_error->message);
  return FALSE;
}

TideLaunch *
tide_launch_dialog_build (TideLaunchDialog *self, GError **error)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  TideInterpreter *interpreter = tide_interpreter_chooser_get_selected (self->interpreters);
  g_autofree char *wrong_variable = tide_environment_editor_check (self->environment);
  const char *directory = tide_launch_dialog_text (self->directory);
  TideInstrumentOptions options = tide_instrument_list_get_options (self->instruments);

  if (*tide_launch_dialog_text (self->program) == '\0')
    {
      static const char *const wants[] = { N_ ("Choose a script to launch"), N_ ("Name a module to launch"),
                                           N_ ("Type code to run") };

      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _ (wants[tide_launch_dialog_get_kind (self)]));
      return NULL;
    }
  if (wrong_variable != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, wrong_variable);
      return NULL;
    }
  if (interpreter != NULL && tide_interpreter_get_problem (interpreter) != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           tide_interpreter_get_problem (interpreter));
      return NULL;
    }

  g_free (launch->python);
  g_free (launch->program);
  g_free (launch->directory);
  g_strfreev (launch->args);
  g_strfreev (launch->environment);
  launch->python = interpreter != NULL ? g_strdup (tide_interpreter_get_path (interpreter)) : NULL;
  launch->kind = tide_launch_dialog_get_kind (self);
  launch->program = g_strdup (tide_launch_dialog_text (self->program));
  launch->directory = *directory != '\0' ? g_strdup (directory) : NULL;
  launch->environment = tide_environment_editor_dup (self->environment);
  launch->args = NULL;
  launch->instruments = TIDE_INSTRUMENT_SAMPLER;
  if (gtk_check_button_get_active (self->events))
    launch->instruments |= TIDE_INSTRUMENT_EVENTS;
  if (gtk_check_button_get_active (self->faults))
    launch->instruments |= TIDE_INSTRUMENT_FAULTS;
  launch->instruments |= tide_instrument_list_get_chosen (self->instruments);
  /* Where it is not needed or cannot be had, nobody is asked.  */
  launch->ask_permission =
      gtk_check_button_get_active (self->ask) && gtk_widget_get_sensitive (GTK_WIDGET (self->ask));
  launch->trigger_bytes = options.trigger_bytes;
  launch->sample_bytes = options.sample_bytes;
  launch->budget = options.budget;
  launch->children = gtk_check_button_get_active (self->children);
  launch->capture_output = TRUE;
  if (!tide_launch_dialog_parse_arguments (self, &launch->args, error) || !tide_launch_check (launch, error))
    return NULL;
  return g_steal_pointer (&launch);
}

/* A problem forbids the launch; what one has to expect less of does not.  */
static void
tide_launch_dialog_say (TideLaunchDialog *self, const char *problem)
{
  TideInterpreter *interpreter = tide_interpreter_chooser_get_selected (self->interpreters);
  const char *warning = interpreter != NULL ? tide_interpreter_get_warning (interpreter) : NULL;
  const char *text = problem != NULL ? problem : warning != NULL ? warning : "";

  self->has_problem = problem != NULL;
  gtk_label_set_text (self->problem, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->problem), *text != '\0' ? text : NULL);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->problem), "problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->problem), "problem");
}

/* The right can be asked for where it is missing, and where it is wanted.  */
static void
tide_launch_dialog_update_ask (TideLaunchDialog *self)
{
  gboolean wanted = gtk_check_button_get_active (self->faults);
  gboolean refused = self->fault_access == TIDE_FAULT_ACCESS_REFUSED;
  const char *note;

  if (self->fault_access == TIDE_FAULT_ACCESS_GIVEN)
    note = _ ("Not needed: this system lets programs follow their page faults.");
  else if (!refused)
    note = _ ("Page faults cannot be followed here: the kernel is too old, or hides them.");
  else if (self->may_not_ask != NULL)
    note = self->may_not_ask;
  else
    note =
        _ ("This system refuses it to programs. When the program starts, the system’s own dialog asks for an "
           "administrator’s password; the right is for this program and ends with it.");
  gtk_label_set_text (self->ask_note, note);
  gtk_widget_set_sensitive (GTK_WIDGET (self->ask), wanted && refused && self->may_not_ask == NULL);
}

static void
tide_launch_dialog_validate (TideLaunchDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideLaunch) launch = NULL;
  /* An empty form is not a mistake yet: the button says it.  */
  gboolean empty = *tide_launch_dialog_text (self->program) == '\0';

  if (self->filling)
    return;
  tide_launch_dialog_update_ask (self);
  launch = tide_launch_dialog_build (self, &error);
  tide_launch_dialog_say (self, launch == NULL && !empty ? error->message : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.launch", launch != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->launch_button),
                               launch == NULL ? error->message : _ ("Launch (Enter)"));
}

static void
tide_launch_dialog_kind_changed (TideLaunchDialog *self)
{
  static const char *const labels[] = { N_ ("_Script"), N_ ("_Module"), N_ ("_Code") };
  static const char *const hints[] = { N_ ("path/to/program.py"), N_ ("package.module"),
                                       N_ ("print ('hello')") };
  TideProgramKind kind = tide_launch_dialog_get_kind (self);

  gtk_label_set_text_with_mnemonic (self->program_label, _ (labels[kind]));
  gtk_entry_set_placeholder_text (self->program, _ (hints[kind]));
  gtk_widget_set_visible (GTK_WIDGET (self->browse), kind == TIDE_PROGRAM_SCRIPT);
  tide_launch_dialog_validate (self);
}

static void
tide_launch_dialog_script_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideLaunchDialog) self = user_data;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, NULL);

  if (file == NULL || g_file_peek_path (file) == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->program), g_file_peek_path (file));
  /* Beside the script there may be a virtual environment.  */
  {
    g_autofree char *folder = g_path_get_dirname (g_file_peek_path (file));

    if (*tide_launch_dialog_text (self->directory) == '\0')
      gtk_editable_set_text (GTK_EDITABLE (self->directory), folder);
    tide_interpreter_chooser_find (self->interpreters, folder);
  }
}

static void
tide_launch_dialog_browse (GtkButton *button, TideLaunchDialog *self)
{
  TideFileRequest request = {
    .mode = TIDE_FILE_OPEN,
    .title = _ ("Choose a Script"),
    .accept = _ ("_Choose"),
    .filter_name = _ ("Python programs"),
    .filter_globs = "*.py;*.pyw;*.pyz",
  };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request,
                                   tide_launch_dialog_script_chosen, g_object_ref (self));
}

static void
tide_launch_dialog_directory_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideLaunchDialog) self = user_data;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, NULL);

  if (file != NULL && g_file_peek_path (file) != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->directory), g_file_peek_path (file));
}

static void
tide_launch_dialog_browse_directory (GtkButton *button, TideLaunchDialog *self)
{
  TideFileRequest request = { .mode = TIDE_FILE_FOLDER,
                              .title = _ ("Choose a Directory"),
                              .accept = _ ("_Choose") };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request,
                                   tide_launch_dialog_directory_chosen, g_object_ref (self));
}

void
tide_launch_dialog_fill (TideLaunchDialog *self, const TideLaunch *launch)
{
  GtkToggleButton *const kinds[] = { self->script_button, self->module_button, self->code_button };
  TideInstrumentOptions options = { launch->trigger_bytes, launch->sample_bytes, launch->budget };
  g_autoptr (GString) arguments = g_string_new (NULL);

  g_return_if_fail (TIDE_IS_LAUNCH_DIALOG (self));
  g_return_if_fail (launch != NULL && launch->kind <= TIDE_PROGRAM_CODE);

  for (gsize i = 0; launch->args != NULL && launch->args[i] != NULL; i++)
    {
      g_autofree char *quoted = g_shell_quote (launch->args[i]);
      gboolean plain =
          *launch->args[i] != '\0' && strpbrk (launch->args[i], " \t\n\"'\\$`*?;&|<>()#~!{}[]") == NULL;

      g_string_append_printf (arguments, "%s%s", i > 0 ? " " : "", plain ? launch->args[i] : quoted);
    }
  self->filling = TRUE;
  gtk_toggle_button_set_active (kinds[launch->kind], TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->program), launch->program != NULL ? launch->program : "");
  gtk_editable_set_text (GTK_EDITABLE (self->arguments), arguments->str);
  gtk_editable_set_text (GTK_EDITABLE (self->directory), launch->directory != NULL ? launch->directory : "");
  tide_environment_editor_set (self->environment, (const char *const *)launch->environment);
  gtk_check_button_set_active (self->events, (launch->instruments & TIDE_INSTRUMENT_EVENTS) != 0);
  gtk_check_button_set_active (self->faults, (launch->instruments & TIDE_INSTRUMENT_FAULTS) != 0);
  gtk_check_button_set_active (self->ask, launch->ask_permission);
  tide_instrument_list_set_chosen (self->instruments, launch->instruments);
  tide_instrument_list_set_options (self->instruments, &options);
  /* What was chosen is not hidden.  */
  gtk_expander_set_expanded (self->more,
                             tide_instrument_list_get_chosen (self->instruments) != 0 || launch->budget > 0);
  gtk_check_button_set_active (self->children, launch->children);
  tide_interpreter_chooser_select_path (self->interpreters, launch->python);
  self->filling = FALSE;
  tide_launch_dialog_kind_changed (self);
}

static void
tide_launch_dialog_recent_chosen (GtkDropDown *drop_down, GParamSpec *pspec, TideLaunchDialog *self)
{
  const TideLaunch *launch = tide_recent_get_launch (self->recent, gtk_drop_down_get_selected (drop_down));

  if (launch != NULL)
    tide_launch_dialog_fill (self, launch);
}

static void
tide_launch_dialog_list_recent (TideLaunchDialog *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  guint n = tide_recent_get_n_launches (self->recent);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = tide_launch_describe (tide_recent_get_launch (self->recent, i));
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      gtk_string_list_append (list, g_strdelimit (valid, "\n\r", ' '));
    }
  gtk_widget_set_visible (self->recent_row, n > 0);
  gtk_drop_down_set_model (self->recent_drop_down, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->recent_drop_down, n > 0 ? 0 : GTK_INVALID_LIST_POSITION);
  g_signal_connect (self->recent_drop_down, "notify::selected", G_CALLBACK (tide_launch_dialog_recent_chosen),
                    self);
  if (n > 0)
    tide_launch_dialog_fill (self, tide_recent_get_launch (self->recent, 0));
}

static void
tide_launch_dialog_accept (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (TideLaunchDialog) self = g_object_ref (TIDE_LAUNCH_DIALOG (widget));
  g_autoptr (GError) error = NULL;
  g_autoptr (TideLaunch) launch = tide_launch_dialog_build (self, &error);

  if (launch == NULL)
    {
      /* A file may have gone since the last key.  */
      tide_launch_dialog_say (self, error->message);
      return;
    }
  g_signal_emit (self, signals[LAUNCH], 0, launch);
  gtk_window_destroy (GTK_WINDOW (self));
}

void
tide_launch_dialog_set_fault_access (TideLaunchDialog *self, TideFaultAccess access, const char *may_not_ask)
{
  g_return_if_fail (TIDE_IS_LAUNCH_DIALOG (self));

  self->fault_access = access;
  g_free (self->may_not_ask);
  self->may_not_ask = g_strdup (may_not_ask);
  tide_launch_dialog_validate (self);
}

static void
tide_launch_dialog_look_at_faults (TideLaunchDialog *self)
{
  TideFaultAccess access = tide_fault_access_look ();
  g_autoptr (GError) error = NULL;

  if (access == TIDE_FAULT_ACCESS_REFUSED && !tide_helper_may_ask (&error))
    tide_launch_dialog_set_fault_access (self, access, error->message);
  else
    tide_launch_dialog_set_fault_access (self, access, NULL);
}

const char *
tide_launch_dialog_get_problem (TideLaunchDialog *self)
{
  return self->has_problem ? gtk_label_get_text (self->problem) : NULL;
}

TideInterpreterChooser *
tide_launch_dialog_get_interpreters (TideLaunchDialog *self)
{
  return self->interpreters;
}

static void
tide_launch_dialog_dispose (GObject *object)
{
  TideLaunchDialog *self = TIDE_LAUNCH_DIALOG (object);

  g_clear_object (&self->prompter);
  g_clear_object (&self->recent);
  g_clear_pointer (&self->may_not_ask, g_free);
  G_OBJECT_CLASS (tide_launch_dialog_parent_class)->dispose (object);
}

static void
tide_launch_dialog_class_init (TideLaunchDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  tide_resources_ensure ();
  g_type_ensure (TIDE_TYPE_INTERPRETER_CHOOSER);
  g_type_ensure (TIDE_TYPE_ENVIRONMENT_EDITOR);
  g_type_ensure (TIDE_TYPE_INSTRUMENT_LIST);
  G_OBJECT_CLASS (klass)->dispose = tide_launch_dialog_dispose;
  signals[LAUNCH] = g_signal_new ("launch", TIDE_TYPE_LAUNCH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_install_action (widget_class, "dialog.launch", NULL, tide_launch_dialog_accept);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, TIDE_RESOURCE_PATH "/tide-launch-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, interpreters);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, recent_drop_down);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, recent_row);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, script_button);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, module_button);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, code_button);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, program_label);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, program);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, browse);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, arguments);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, directory);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, environment);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, events);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, faults);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, ask);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, ask_note);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, more);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, instruments);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, children);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, sampler);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, TideLaunchDialog, launch_button);
  gtk_widget_class_bind_template_callback (widget_class, tide_launch_dialog_validate);
  gtk_widget_class_bind_template_callback (widget_class, tide_launch_dialog_kind_changed);
  gtk_widget_class_bind_template_callback (widget_class, tide_launch_dialog_browse);
  gtk_widget_class_bind_template_callback (widget_class, tide_launch_dialog_browse_directory);
}

static void
tide_launch_dialog_init (TideLaunchDialog *self)
{
  GtkCheckButton **const long_ones[] = { &self->events, &self->faults, &self->ask, &self->children,
                                         &self->sampler };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (long_ones); i++)
    tide_compat_wrap_label (GTK_WIDGET (*long_ones[i]));
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->launch_button));
}

TideLaunchDialog *
tide_launch_dialog_new (GtkWindow *parent, TidePrompter *prompter, TideRecent *recent)
{
  TideLaunchDialog *self = g_object_new (TIDE_TYPE_LAUNCH_DIALOG, "transient-for", parent, NULL);
  g_autofree char *here = g_get_current_dir ();

  self->prompter = g_object_ref (prompter);
  self->recent = g_object_ref (recent);
  tide_interpreter_chooser_set_prompter (self->interpreters, prompter);
  tide_launch_dialog_list_recent (self);
  tide_launch_dialog_kind_changed (self);
  tide_launch_dialog_look_at_faults (self);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->ask), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->ask_note, NULL, -1);
  tide_interpreter_chooser_find (self->interpreters, here);
  gtk_widget_grab_focus (GTK_WIDGET (self->program));
  return self;
}
