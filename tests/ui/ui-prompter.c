#include "ui-fixture.h"

struct _UiPrompter
{
  TidePrompter parent;

  GQueue answers; /* TideAnswer */
  GQueue files;   /* GFile, or NULL */
  guint n_asked;
  char *last;
};

G_DEFINE_FINAL_TYPE (UiPrompter, ui_prompter, TIDE_TYPE_PROMPTER)

static void
ui_prompter_choose_file (TidePrompter *prompter,
                         GtkWindow *parent,
                         const TideFileRequest *request,
                         GTask *task)
{
  UiPrompter *self = UI_PROMPTER (prompter);
  g_autoptr (GTask) owned G_GNUC_UNUSED = task;
  GFile *file;

  self->n_asked++;
  g_free (self->last);
  self->last = g_strdup (request->title);
  g_assert_false (g_queue_is_empty (&self->files));
  file = g_queue_pop_head (&self->files);
  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
}

static void
ui_prompter_ask (TidePrompter *prompter, GtkWindow *parent, const TideQuestion *question, GTask *task)
{
  UiPrompter *self = UI_PROMPTER (prompter);
  g_autoptr (GTask) owned G_GNUC_UNUSED = task;

  self->n_asked++;
  g_free (self->last);
  self->last = g_strdup (question->heading);
  g_assert_false (g_queue_is_empty (&self->answers));
  g_task_return_int (task, GPOINTER_TO_INT (g_queue_pop_head (&self->answers)));
}

static void
ui_prompter_finalize (GObject *object)
{
  UiPrompter *self = UI_PROMPTER (object);

  g_queue_clear (&self->answers);
  g_queue_clear_full (&self->files, g_object_unref);
  g_free (self->last);
  G_OBJECT_CLASS (ui_prompter_parent_class)->finalize (object);
}

static void
ui_prompter_class_init (UiPrompterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_prompter_finalize;
  TIDE_PROMPTER_CLASS (klass)->choose_file = ui_prompter_choose_file;
  TIDE_PROMPTER_CLASS (klass)->ask = ui_prompter_ask;
}

static void
ui_prompter_init (UiPrompter *self)
{
  g_queue_init (&self->answers);
  g_queue_init (&self->files);
}

UiPrompter *
ui_prompter_new (void)
{
  return g_object_new (UI_TYPE_PROMPTER, NULL);
}

void
ui_prompter_will_answer (UiPrompter *self, TideAnswer answer)
{
  g_queue_push_tail (&self->answers, GINT_TO_POINTER (answer));
}

void
ui_prompter_will_choose (UiPrompter *self, const char *path)
{
  g_queue_push_tail (&self->files, path != NULL ? g_file_new_for_path (path) : NULL);
}

guint
ui_prompter_get_n_asked (UiPrompter *self)
{
  return self->n_asked;
}

const char *
ui_prompter_get_last (UiPrompter *self)
{
  return self->last;
}
