#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks the person: which file, which answer.  A window has one; tests derive their own, which answers at
 * once.  The default one uses the dialogs that GTK 4.8 has (portal aware).  Main thread.  */
#define TIDE_TYPE_PROMPTER (tide_prompter_get_type ())
G_DECLARE_DERIVABLE_TYPE (TidePrompter, tide_prompter, TIDE, PROMPTER, GObject)

typedef enum
{
  TIDE_FILE_OPEN,
  TIDE_FILE_SAVE,
  TIDE_FILE_FOLDER,
} TideFileMode;

typedef struct
{
  TideFileMode mode;
  const char *title;
  const char *accept;       /* NULL: what GTK says                        */
  const char *name;         /* suggested, for saving; NULL: none          */
  const char *filter_name;  /* NULL: all files                            */
  const char *filter_globs; /* "*.png;*.svg", used when there is a name   */
} TideFileRequest;

typedef enum
{
  TIDE_ANSWER_CANCEL, /* also Escape and closing */
  TIDE_ANSWER_SECOND,
  TIDE_ANSWER_FIRST,
} TideAnswer;

typedef struct
{
  const char *heading;
  const char *body;
  const char *first;  /* label of the suggested button */
  const char *second; /* label of the other, NULL: none; it may lose data */
} TideQuestion;

struct _TidePrompterClass
{
  GObjectClass parent_class;

  /* Both answer by completing TASK: with a GFile (g_object_unref), or with a TideAnswer as integer.  Consume
   * TASK.  */
  void (*choose_file) (TidePrompter *self, GtkWindow *parent, const TideFileRequest *request, GTask *task);
  void (*ask) (TidePrompter *self, GtkWindow *parent, const TideQuestion *question, GTask *task);
};

TidePrompter *tide_prompter_new (void);

void tide_prompter_choose_file_async (TidePrompter *self,
                                      GtkWindow *parent,
                                      const TideFileRequest *request,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* NULL and G_IO_ERROR_CANCELLED when no file was chosen.  Transfer full.  */
GFile *tide_prompter_choose_file_finish (TidePrompter *self, GAsyncResult *result, GError **error);

void tide_prompter_ask_async (TidePrompter *self,
                              GtkWindow *parent,
                              const TideQuestion *question,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
TideAnswer tide_prompter_ask_finish (TidePrompter *self, GAsyncResult *result);

G_END_DECLS
