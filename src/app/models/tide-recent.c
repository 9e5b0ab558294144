#include "config.h"

#include "tide-recent.h"

/* A file that somebody else filled must not fill our memory.  */
#define MAX_FILE_BYTES (1024 * 1024)

struct _TideRecent
{
  GObject parent;

  char *path;
  GPtrArray *launches; /* TideLaunch */
};

G_DEFINE_FINAL_TYPE (TideRecent, tide_recent, G_TYPE_OBJECT)

static void
tide_recent_read (TideRecent *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GVariant) list = NULL;
  gsize length;
  GVariantIter iter;
  GVariant *child;

  if (!g_file_get_contents (self->path, &text, &length, NULL) || length > MAX_FILE_BYTES)
    return;
  list = g_variant_parse (G_VARIANT_TYPE ("av"), text, text + length, NULL, NULL);
  if (list == NULL)
    return;

  g_variant_iter_init (&iter, list);
  while (self->launches->len < TIDE_RECENT_MAX && g_variant_iter_next (&iter, "v", &child))
    {
      TideLaunch *launch = tide_launch_from_variant (child);

      if (launch != NULL)
        g_ptr_array_add (self->launches, launch);
      g_variant_unref (child);
    }
}

static void
tide_recent_finalize (GObject *object)
{
  TideRecent *self = TIDE_RECENT (object);

  g_clear_pointer (&self->launches, g_ptr_array_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (tide_recent_parent_class)->finalize (object);
}

static void
tide_recent_class_init (TideRecentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_recent_finalize;
}

static void
tide_recent_init (TideRecent *self)
{
  self->launches = g_ptr_array_new_with_free_func ((GDestroyNotify)tide_launch_free);
}

TideRecent *
tide_recent_new (const char *path)
{
  TideRecent *self = g_object_new (TIDE_TYPE_RECENT, NULL);

  self->path = path != NULL ? g_strdup (path)
                            : g_build_filename (g_get_user_state_dir (), "pagetide", "launches", NULL);
  tide_recent_read (self);
  return self;
}

guint
tide_recent_get_n_launches (TideRecent *self)
{
  return self->launches->len;
}

const TideLaunch *
tide_recent_get_launch (TideRecent *self, guint index)
{
  return index < self->launches->len ? g_ptr_array_index (self->launches, index) : NULL;
}

gboolean
tide_recent_add_launch (TideRecent *self, const TideLaunch *launch, GError **error)
{
  g_autofree char *command = tide_launch_describe (launch);
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  g_autoptr (GVariant) list = NULL;
  GVariantBuilder builder;

  for (guint i = self->launches->len; i > 0; i--)
    {
      g_autofree char *other = tide_launch_describe (g_ptr_array_index (self->launches, i - 1));

      if (g_str_equal (command, other))
        g_ptr_array_remove_index (self->launches, i - 1);
    }
  g_ptr_array_insert (self->launches, 0, tide_launch_copy (launch));
  if (self->launches->len > TIDE_RECENT_MAX)
    g_ptr_array_set_size (self->launches, TIDE_RECENT_MAX);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < self->launches->len; i++)
    {
      g_autoptr (GVariant) one =
          g_variant_take_ref (tide_launch_to_variant (g_ptr_array_index (self->launches, i)));

      g_variant_builder_add (&builder, "v", one);
    }
  list = g_variant_ref_sink (g_variant_builder_end (&builder));
  text = g_variant_print (list, TRUE);

  /* Arguments and environment may be private.  */
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
