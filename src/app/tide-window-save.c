#include "config.h"

#include "tide-window-private.h"

#include <glib/gi18n-lib.h>

static void tide_window_leave_step (TideWindow *self);

static void
tide_window_left (TideWindow *self, gboolean left)
{
  TideWindowLeaveFunc func = g_steal_pointer (&self->leave_func);
  gpointer data = g_steal_pointer (&self->leave_data);

  self->leave_waits = FALSE;
  if (func != NULL)
    func (self, left, data);
}

char *
tide_window_suggest_name (TideWindow *self, const char *suffix)
{
  g_autofree char *title = tide_session_dup_title (self->session);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M");
  g_autofree char *stem = NULL;
  char *dot;

  if (title == NULL || *title == '\0')
    return g_strconcat (stamp, suffix, NULL);
  dot = strrchr (title, '.');
  if (dot != NULL && dot != title)
    *dot = '\0';
  g_strdelimit (title, "/\n\r\t", '_');
  /* File systems take 255 bytes.  */
  stem = g_utf8_substring (title, 0, MIN (g_utf8_strlen (title, -1), 40));
  return g_strconcat (stem, "-", stamp, suffix, NULL);
}

typedef struct
{
  TideWindow *window; /* owned */
  GFile *file;        /* owned */
  gboolean so_far;    /* of a program that ran on while it was saved */
} TideSaving;

static void
tide_window_say_saved (TideSaving *saving)
{
  g_autofree char *name = g_file_get_basename (saving->file);
  g_autofree char *display = g_filename_display_name (name);
  g_autofree char *uri = g_file_get_uri (saving->file);
  g_autofree char *text =
      g_strdup_printf (saving->so_far ? _ ("What was recorded so far is saved as “%s”; recording goes on")
                                      : _ ("Saved as “%s”"),
                       display);

  tide_message_bar_show (saving->window->message_bar, TIDE_MESSAGE_NOTE, text, NULL, NULL);
  gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
}

static void
tide_window_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TideSaving *saving = user_data;
  g_autoptr (TideWindow) self = saving->window;
  g_autoptr (GError) error = NULL;
  gboolean saved = tide_session_save_finish (TIDE_SESSION (source), result, &error);

  if (saved)
    tide_window_say_saved (saving);
  else
    tide_window_show_error (self, _ ("The recording could not be saved"), error);
  /* A part of it is no answer to the question what becomes of the whole.  */
  if (!saving->so_far)
    tide_window_left (self, saved);
  g_object_unref (saving->file);
  g_free (saving);
}

static void
tide_window_save_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, &error);
  TideSaving *saving;

  if (file == NULL)
    {
      tide_window_show_error (self, _ ("The recording could not be saved"), error);
      tide_window_left (self, FALSE);
      return;
    }
  saving = g_new0 (TideSaving, 1);
  saving->window = g_object_ref (self);
  saving->file = g_object_ref (file);
  saving->so_far = tide_session_get_state (self->session) == TIDE_SESSION_LIVE;
  tide_session_save_async (self->session, file, NULL, tide_window_saved, saving);
}

void
tide_window_save_as (TideWindow *self)
{
  g_autofree char *name = tide_window_suggest_name (self, ".pagetide");
  TideFileRequest request = {
    .mode = TIDE_FILE_SAVE,
    .title = tide_session_get_state (self->session) == TIDE_SESSION_LIVE ? _ ("Save What Was Recorded So Far")
                                                                         : _ ("Save Recording"),
    .accept = _ ("_Save"),
    .name = name,
    .filter_name = _ ("Pagetide recordings"),
    .filter_globs = "*.pagetide",
  };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request, tide_window_save_chosen,
                                   g_object_ref (self));
}

static void
tide_window_unsaved_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;

  switch (tide_prompter_ask_finish (TIDE_PROMPTER (source), result))
    {
    case TIDE_ANSWER_FIRST:
      tide_window_save_as (self);
      break;
    case TIDE_ANSWER_SECOND:
      tide_window_left (self, TRUE);
      break;
    case TIDE_ANSWER_CANCEL:
    default:
      tide_window_left (self, FALSE);
      break;
    }
}

static void
tide_window_running_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  TideAnswer answer = tide_prompter_ask_finish (TIDE_PROMPTER (source), result);
  TideTarget *target = tide_session_get_target (self->session);

  if (answer == TIDE_ANSWER_CANCEL)
    {
      tide_window_left (self, FALSE);
      return;
    }
  /* It may have ended while the question stood there.  */
  if (tide_session_get_state (self->session) != TIDE_SESSION_LIVE)
    {
      tide_window_leave_step (self);
      return;
    }

  self->leave_waits = TRUE;
  if (answer == TIDE_ANSWER_FIRST)
    {
      tide_session_stop (self->session);
      tide_message_bar_show (self->message_bar, TIDE_MESSAGE_NOTE,
                             _ ("The program was asked to stop; waiting for its end"), _ ("Kill"),
                             "win.stop");
    }
  else if (target != NULL)
    tide_target_detach (target);
}

static void
tide_window_leave_step (TideWindow *self)
{
  g_autofree char *title = tide_session_dup_title (self->session);
  g_autofree char *heading = NULL;

  if (tide_session_get_state (self->session) == TIDE_SESSION_LIVE)
    {
      TideQuestion question = {
        .body = _ ("It can be stopped, or go on without being measured."),
        .first = _ ("_Stop Program"),
        .second = _ ("_Keep It Running"),
      };

      heading = g_strdup_printf (_ ("“%s” is still running"), title);
      question.heading = heading;
      tide_prompter_ask_async (self->prompter, GTK_WINDOW (self), &question, tide_window_running_answered,
                               g_object_ref (self));
    }
  else if (tide_session_is_dirty (self->session))
    {
      TideQuestion question = {
        .body = _ ("Without saving, it is lost."),
        .first = _ ("_Save…"),
        .second = _ ("_Discard"),
      };

      heading = g_strdup_printf (_ ("Save the recording of “%s”?"), title);
      question.heading = heading;
      tide_prompter_ask_async (self->prompter, GTK_WINDOW (self), &question, tide_window_unsaved_answered,
                               g_object_ref (self));
    }
  else
    tide_window_left (self, TRUE);
}

void
tide_window_leave (TideWindow *self, TideWindowLeaveFunc func, gpointer user_data)
{
  /* A round of questions is already on the screen; nobody is asked twice at once.  */
  if (self->leave_func != NULL)
    {
      func (self, FALSE, user_data);
      return;
    }
  self->leave_func = func;
  self->leave_data = user_data;
  tide_window_leave_step (self);
}

void
tide_window_leave_state_changed (TideWindow *self)
{
  if (!self->leave_waits || tide_session_get_state (self->session) == TIDE_SESSION_LIVE)
    return;
  self->leave_waits = FALSE;
  tide_message_bar_dismiss (self->message_bar);
  tide_window_leave_step (self);
}
