#include "config.h"

#include "tide-window-private.h"

#include "tide-format.h"
#include "tide-sample.h"

#include <glib/gi18n-lib.h>

/* As many as a menu shows without scrolling.  */
#define MAX_RECENT 10

typedef struct
{
  GFile *file;        /* to open … */
  TideLaunch *launch; /* … or to launch */
} TideNext;

static void
tide_next_free (TideNext *next)
{
  g_clear_object (&next->file);
  g_clear_pointer (&next->launch, tide_launch_free);
  g_free (next);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideNext, tide_next_free)

static void
tide_window_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tide_session_load_finish (TIDE_SESSION (source), result, &error))
    tide_window_show_error (self, _ ("The file could not be opened"), error);
  /* What is only in the spool is offered there, until it is saved or discarded.  */
  else if (tide_session_get_path (self->session) != NULL && !tide_session_is_dirty (self->session))
    {
      g_autoptr (GFile) file = g_file_new_for_path (tide_session_get_path (self->session));
      g_autofree char *uri = g_file_get_uri (file);

      gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
    }
  g_clear_object (&self->loading);
  tide_window_actions_update (self);
}

static void
tide_window_load_progress (goffset done, goffset total, gpointer user_data)
{
  TideWindow *self = user_data;
  g_autofree char *done_text = tide_format_bytes ((guint64)MAX (done, 0));
  g_autofree char *total_text = tide_format_bytes ((guint64)MAX (total, 0));
  g_autofree char *text = NULL;

  if (total <= 0)
    {
      gtk_progress_bar_pulse (self->progress);
      return;
    }
  gtk_progress_bar_set_fraction (self->progress, CLAMP ((double)done / (double)total, 0.0, 1.0));
  /* Translators: how much of a file was read, "12 MiB of 40 MiB".  */
  text = g_strdup_printf (_ ("%s of %s"), done_text, total_text);
  gtk_label_set_text (self->progress_label, text);
}

void
tide_window_start (TideWindow *self, const TideLaunch *launch)
{
  g_autoptr (TideLaunch) copy = tide_launch_copy (launch);
  g_autoptr (GError) error = NULL;

  copy->capture_output = TRUE;
  if (tide_session_get_state (self->session) != TIDE_SESSION_EMPTY)
    tide_session_close (self->session);
  tide_message_bar_dismiss (self->message_bar);
  if (!tide_session_launch (self->session, copy, &error))
    tide_window_show_error (self, _ ("The program could not be launched"), error);
  else if (!tide_recent_add_launch (self->recent, copy, &error))
    g_warning ("Launches cannot be remembered: %s", error->message);
  tide_window_actions_update (self);
}

static void
tide_window_free_for_next (TideWindow *self, gboolean left, gpointer user_data)
{
  g_autoptr (TideNext) next = user_data;

  if (!left)
    return;
  if (next->launch != NULL)
    {
      tide_window_start (self, next->launch);
      return;
    }

  if (tide_session_get_state (self->session) != TIDE_SESSION_EMPTY)
    tide_session_close (self->session);
  tide_message_bar_dismiss (self->message_bar);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_label_set_text (self->progress_label, "");
  self->loading = g_cancellable_new ();
  tide_session_load_async (self->session, next->file, tide_window_load_progress, self, self->loading,
                           tide_window_loaded, g_object_ref (self));
  tide_window_actions_update (self);
}

void
tide_window_open (TideWindow *self, GFile *file)
{
  TideNext *next;

  g_return_if_fail (TIDE_IS_WINDOW (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->loading != NULL)
    {
      tide_window_show_error (self, _ ("Another file is still being opened"), NULL);
      return;
    }
  next = g_new0 (TideNext, 1);
  next->file = g_object_ref (file);
  tide_window_leave (self, tide_window_free_for_next, next);
}

void
tide_window_launch (TideWindow *self, const TideLaunch *launch)
{
  TideNext *next;

  g_return_if_fail (TIDE_IS_WINDOW (self));
  g_return_if_fail (launch != NULL);

  next = g_new0 (TideNext, 1);
  next->launch = tide_launch_copy (launch);
  tide_window_leave (self, tide_window_free_for_next, next);
}

static void
tide_window_open_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TideWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = tide_prompter_choose_file_finish (TIDE_PROMPTER (source), result, &error);

  if (file != NULL)
    tide_window_open (self, file);
  else
    tide_window_show_error (self, _ ("No file could be chosen"), error);
}

void
tide_window_choose_and_open (TideWindow *self)
{
  TideFileRequest request = {
    .mode = TIDE_FILE_OPEN,
    .title = _ ("Open Recording"),
    .accept = _ ("_Open"),
    .filter_name = _ ("Pagetide recordings"),
    .filter_globs = "*.pagetide",
  };

  tide_prompter_choose_file_async (self->prompter, GTK_WINDOW (self), &request, tide_window_open_chosen,
                                   g_object_ref (self));
}

void
tide_window_watch_sample (TideWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideLaunch) launch = tide_sample_new_launch (&error);

  if (launch != NULL)
    tide_window_launch (self, launch);
  else
    tide_window_show_error (self, _ ("The sample program could not be launched"), error);
}

void
tide_window_update_recent_menu (TideWindow *self)
{
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  guint n = 0;

  g_menu_remove_all (self->recent_menu);
  for (GList *l = items; l != NULL && n < MAX_RECENT; l = l->next)
    {
      const char *uri = gtk_recent_info_get_uri (l->data);

      if (g_str_has_suffix (uri, ".pagetide"))
        {
          g_autoptr (GMenuItem) item = g_menu_item_new (gtk_recent_info_get_display_name (l->data), NULL);

          g_menu_item_set_action_and_target (item, "win.open-recent", "s", uri);
          g_menu_append_item (self->recent_menu, item);
          n++;
        }
    }
  g_list_free_full (items, (GDestroyNotify)gtk_recent_info_unref);
}

void
tide_window_open_init (TideWindow *self)
{
  tide_window_update_recent_menu (self);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (tide_window_update_recent_menu), self, G_CONNECT_SWAPPED);
}
