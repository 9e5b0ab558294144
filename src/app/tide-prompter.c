#include "config.h"

#include "tide-prompter.h"

#include <glib/gi18n-lib.h>

G_DEFINE_TYPE (TidePrompter, tide_prompter, G_TYPE_OBJECT)

static void
tide_prompter_file_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GFile *file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _ ("No file was chosen"));
  g_object_unref (dialog);
}

static void
tide_prompter_add_filters (GtkFileChooser *chooser, const TideFileRequest *request)
{
  g_autoptr (GtkFileFilter) filter = NULL, all = NULL;
  g_auto (GStrv) globs = NULL;

  if (request->filter_name == NULL || request->filter_globs == NULL)
    return;

  filter = gtk_file_filter_new ();
  globs = g_strsplit (request->filter_globs, ";", -1);
  gtk_file_filter_set_name (filter, request->filter_name);
  for (gsize i = 0; globs[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, globs[i]);
  gtk_file_chooser_add_filter (chooser, filter);

  all = gtk_file_filter_new ();
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);
}

static void
tide_prompter_real_choose_file (TidePrompter *self,
                                GtkWindow *parent,
                                const TideFileRequest *request,
                                GTask *task)
{
  static const GtkFileChooserAction actions[] = {
    [TIDE_FILE_OPEN] = GTK_FILE_CHOOSER_ACTION_OPEN,
    [TIDE_FILE_SAVE] = GTK_FILE_CHOOSER_ACTION_SAVE,
    [TIDE_FILE_FOLDER] = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
  };
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (request->title, parent, actions[request->mode], request->accept, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (request->mode == TIDE_FILE_SAVE && request->name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), request->name);
  tide_prompter_add_filters (GTK_FILE_CHOOSER (dialog), request);
  g_signal_connect (dialog, "response", G_CALLBACK (tide_prompter_file_response), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
tide_prompter_ask_response (GtkDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_int (task, response > TIDE_ANSWER_CANCEL ? response : TIDE_ANSWER_CANCEL);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
tide_prompter_real_ask (TidePrompter *self, GtkWindow *parent, const TideQuestion *question, GTask *task)
{
  GtkWidget *dialog = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL, GTK_MESSAGE_QUESTION,
                                              GTK_BUTTONS_NONE, "%s", question->heading);

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", question->body);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), TIDE_ANSWER_CANCEL);
  if (question->second != NULL)
    {
      GtkWidget *button = gtk_dialog_add_button (GTK_DIALOG (dialog), question->second, TIDE_ANSWER_SECOND);

      gtk_widget_add_css_class (button, "destructive-action");
    }
  gtk_widget_add_css_class (gtk_dialog_add_button (GTK_DIALOG (dialog), question->first, TIDE_ANSWER_FIRST),
                            "suggested-action");
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), TIDE_ANSWER_FIRST);
  g_signal_connect (dialog, "response", G_CALLBACK (tide_prompter_ask_response), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
tide_prompter_class_init (TidePrompterClass *klass)
{
  klass->choose_file = tide_prompter_real_choose_file;
  klass->ask = tide_prompter_real_ask;
}

static void
tide_prompter_init (TidePrompter *self)
{
}

TidePrompter *
tide_prompter_new (void)
{
  return g_object_new (TIDE_TYPE_PROMPTER, NULL);
}

void
tide_prompter_choose_file_async (TidePrompter *self,
                                 GtkWindow *parent,
                                 const TideFileRequest *request,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tide_prompter_choose_file_async);
  TIDE_PROMPTER_GET_CLASS (self)->choose_file (self, parent, request, task);
}

GFile *
tide_prompter_choose_file_finish (TidePrompter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tide_prompter_ask_async (TidePrompter *self,
                         GtkWindow *parent,
                         const TideQuestion *question,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tide_prompter_ask_async);
  TIDE_PROMPTER_GET_CLASS (self)->ask (self, parent, question, task);
}

TideAnswer
tide_prompter_ask_finish (TidePrompter *self, GAsyncResult *result)
{
  gssize answer = g_task_propagate_int (G_TASK (result), NULL);

  return answer == TIDE_ANSWER_FIRST || answer == TIDE_ANSWER_SECOND ? (TideAnswer)answer
                                                                     : TIDE_ANSWER_CANCEL;
}
