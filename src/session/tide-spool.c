#include "config.h"

#include "tide-spool.h"

#include "tide-recording-format.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

char *
tide_spool_dup_default (void)
{
  return g_build_filename (g_get_user_data_dir (), "pagetide", "recordings", NULL);
}

gboolean
tide_spool_ensure (const char *directory, GError **error)
{
  g_autofree char *display = NULL;

  if (g_mkdir_with_parents (directory, 0700) == 0)
    return TRUE;
  display = g_filename_display_name (directory);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               _ ("The folder for recordings %s cannot be made: %s."), display, g_strerror (errno));
  return FALSE;
}

gboolean
tide_spool_has (const char *directory, const char *path)
{
  g_autofree char *parent = path != NULL ? g_path_get_dirname (path) : NULL;
  GStatBuf one, other;

  return parent != NULL && g_stat (directory, &one) == 0 && g_stat (parent, &other) == 0
         && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

int
tide_spool_lock (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

typedef struct
{
  char *path;
  gint64 modified;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->path);
  g_free (found);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const Found *one = *(const Found *const *)a, *other = *(const Found *const *)b;

  return one->modified > other->modified ? -1 : one->modified < other->modified;
}

/* Worth recovering: a regular file with more than a header, and nobody's.  */
static gboolean
is_recoverable (const char *path, gint64 *modified)
{
  GStatBuf status;
  int fd;

  if (!g_str_has_suffix (path, ".pagetide") || g_lstat (path, &status) != 0 || !S_ISREG (status.st_mode)
      || status.st_size <= TIDE_FORMAT_HEADER_SIZE)
    return FALSE;
  fd = tide_spool_lock (path);
  if (fd < 0)
    return FALSE;
  close (fd);
  *modified = (gint64)status.st_mtime;
  return TRUE;
}

GPtrArray *
tide_spool_find_recoverable (const char *directory)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      gint64 modified;

      if (is_recoverable (path, &modified))
        {
          Found *found = g_new (Found, 1);

          found->path = g_steal_pointer (&path);
          found->modified = modified;
          g_ptr_array_add (all, found);
        }
    }
  g_ptr_array_sort (all, compare_newest_first);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (files, g_file_new_for_path (((Found *)all->pdata[i])->path));
  return files;
}
