#include "config.h"

#include "tide-session-private.h"

#include "tide-loader.h"
#include "tide-snapshot.h"
#include "tide-spool.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* The part of the session that has to do with files.  */

void
tide_session_set_spool_directory (TideSession *self, const char *path)
{
  g_free (self->spool_directory);
  self->spool_directory = g_strdup (path);
}

GPtrArray *
tide_session_find_recoverable (const char *spool_directory)
{
  g_autofree char *directory =
      spool_directory != NULL ? g_strdup (spool_directory) : tide_spool_dup_default ();

  return tide_spool_find_recoverable (directory);
}

void
tide_session_release_file (TideSession *self)
{
  if (self->spool_lock >= 0)
    close (self->spool_lock);
  self->spool_lock = -1;
}

void
tide_session_adopt_file (TideSession *self, const char *path)
{
  tide_session_release_file (self);
  if (tide_spool_has (self->spool_directory, path))
    self->spool_lock = tide_spool_lock (path);
  tide_session_change_path (self, path);
}

static gboolean
is_spooled (TideSession *self)
{
  return self->path != NULL && tide_spool_has (self->spool_directory, self->path);
}

void
tide_session_close (TideSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  tide_session_drop_target (self);
  if (self->dirty && is_spooled (self))
    unlink (self->path);
  tide_session_release_file (self);
  g_clear_pointer (&self->launch, tide_launch_free);
  tide_session_change_path (self, NULL);
  tide_session_show (self, NULL, FALSE);
  tide_session_change_error (self, NULL);
  tide_session_change_dirty (self, FALSE);
  if (self->paused)
    {
      self->paused = FALSE;
      tide_session_notify (self, PROP_PAUSED);
    }
  tide_session_change_state (self, TIDE_SESSION_EMPTY);
  g_object_thaw_notify (G_OBJECT (self));
}

void
tide_session_set_recording (TideSession *self, TideRecording *recording, const char *path)
{
  g_object_freeze_notify (G_OBJECT (self));
  tide_session_close (self);
  if (path != NULL)
    tide_session_adopt_file (self, path);
  tide_session_show (self, recording, FALSE);
  tide_session_change_state (self, TIDE_SESSION_ENDED);
  /* One that was recovered is still nobody's.  */
  tide_session_change_dirty (self, is_spooled (self));
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TideSession *self = g_task_get_source_object (task);
  GFile *file = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (TideRecording) recording = tide_load_finish (result, &error);
  g_autofree char *path = g_file_get_path (file);

  if (self->state != TIDE_SESSION_LOADING)
    {
      /* Somebody closed the session, or launched something in it.  */
      g_clear_error (&error);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Opening was given up."));
    }
  else if (recording == NULL)
    {
      tide_session_change_state (self, TIDE_SESSION_EMPTY);
      g_task_return_error (task, error);
    }
  else
    {
      tide_session_set_recording (self, recording, path);
      g_task_return_boolean (task, TRUE);
    }
}

void
tide_session_load_async (TideSession *self,
                         GFile *file,
                         GFileProgressCallback progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tide_session_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  tide_session_close (self);
  tide_session_change_state (self, TIDE_SESSION_LOADING);
  tide_load_async (file, progress, progress_data, cancellable, on_loaded, task);
}

gboolean
tide_session_load_finish (TideSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef enum
{
  SAVE_MOVE,
  SAVE_COPY,
  SAVE_SO_FAR, /* a copy of what goes on */
} SaveWay;

typedef struct
{
  GFile *from, *to;
  SaveWay way;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->from);
  g_object_unref (save->to);
  g_free (save);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *save = data;
  GError *error = NULL;
  gboolean done;

  if (save->way == SAVE_SO_FAR)
    done = tide_snapshot_copy (save->from, save->to, cancellable, &error);
  else if (save->way == SAVE_MOVE)
    done = g_file_move (save->from, save->to, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &error);
  else
    done = g_file_copy (save->from, save->to, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &error);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TideSession *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* Unless something else is shown by now.  */
  if (self->path != NULL && save->way != SAVE_SO_FAR)
    {
      g_autofree char *from = g_file_get_path (save->from);
      g_autofree char *to = g_file_get_path (save->to);

      if (g_strcmp0 (self->path, from) == 0)
        {
          tide_session_adopt_file (self, to);
          tide_session_change_dirty (self, is_spooled (self));
        }
    }
  g_task_return_boolean (task, TRUE);
}

void
tide_session_save_async (TideSession *self,
                         GFile *file,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) worker = NULL;
  g_autoptr (GFile) from = self->path != NULL ? g_file_new_for_path (self->path) : NULL;
  Save *save;

  g_task_set_source_tag (task, tide_session_save_async);
  if ((self->state != TIDE_SESSION_ENDED && self->state != TIDE_SESSION_LIVE) || from == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("There is no recording to be saved."));
      return;
    }
  if (g_file_equal (from, file))
    {
      if (self->state == TIDE_SESSION_LIVE)
        {
          g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY,
                                   _ ("This file is being recorded into; choose another."));
          return;
        }
      g_task_return_boolean (task, TRUE);
      return;
    }
  save = g_new (Save, 1);
  save->from = g_steal_pointer (&from);
  save->to = g_object_ref (file);
  save->way = self->state == TIDE_SESSION_LIVE ? SAVE_SO_FAR : is_spooled (self) ? SAVE_MOVE : SAVE_COPY;
  worker = g_task_new (NULL, cancellable, on_saved, g_steal_pointer (&task));
  g_task_set_task_data (worker, save, save_free);
  g_task_run_in_thread (worker, save_in_thread);
}

gboolean
tide_session_save_finish (TideSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
