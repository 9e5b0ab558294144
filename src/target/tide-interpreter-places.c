#define _GNU_SOURCE
#include "config.h"

#include "tide-interpreter-places.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PARENTS 16
/* A folder of environments with more entries than this is no folder of environments.  */
#define MAX_CHILDREN 512
#define OLDEST_MINOR 6
#define NEWEST_MINOR 19

typedef struct
{
  GPtrArray *list;
  GHashTable *seen;
} Search;

void
tide_interpreter_place_free (TideInterpreterPlace *self)
{
  g_free (self->path);
  g_free (self->origin);
  g_free (self);
}

static char *
dup_real_path (const char *path)
{
  char *real = realpath (path, NULL);
  char *copy = g_strdup (real);

  free (real);
  return copy;
}

/* The folder of the virtual environment that the program at PATH belongs to, or NULL.  */
static char *
dup_environment (const char *path)
{
  g_autofree char *bin = g_path_get_dirname (path);
  g_autofree char *root = g_path_get_dirname (bin);
  g_autofree char *mark = g_build_filename (root, "pyvenv.cfg", NULL);

  return g_file_test (mark, G_FILE_TEST_IS_REGULAR) ? dup_real_path (root) : NULL;
}

static void
add (Search *search, const char *path, const char *origin)
{
  TideInterpreterPlace *place;
  g_autofree char *real = NULL;
  g_autofree char *environment = NULL;
  g_autofree char *key = NULL;

  if (access (path, X_OK) != 0 || g_file_test (path, G_FILE_TEST_IS_DIR))
    return;
  real = dup_real_path (path);
  if (real == NULL)
    return;
  environment = dup_environment (path);
  key = g_strconcat (real, "\n", environment, NULL);
  if (!g_hash_table_add (search->seen, g_steal_pointer (&key)))
    return;
  place = g_new (TideInterpreterPlace, 1);
  place->path = g_strdup (path);
  if (environment != NULL)
    {
      g_autofree char *name = g_path_get_basename (environment);
      g_autofree char *display = NULL;

      /* ".venv" says nothing: then the project's name does.  */
      if (strcmp (name, ".venv") == 0 || strcmp (name, "venv") == 0 || strcmp (name, "env") == 0)
        {
          g_autofree char *project = g_path_get_dirname (environment);

          g_free (name);
          name = g_path_get_basename (project);
        }
      display = g_filename_display_name (name);
      place->origin = g_strdup_printf (_ ("virtual environment %s"), display);
    }
  else
    place->origin = g_strdup (origin);
  g_ptr_array_add (search->list, place);
}

static void
add_environment (Search *search, const char *root)
{
  g_autofree char *mark = g_build_filename (root, "pyvenv.cfg", NULL);
  g_autofree char *program = g_build_filename (root, "bin", "python3", NULL);

  if (!g_file_test (mark, G_FILE_TEST_IS_REGULAR))
    return;
  if (!g_file_test (program, G_FILE_TEST_EXISTS))
    {
      g_free (program);
      program = g_build_filename (root, "bin", "python", NULL);
    }
  add (search, program, "");
}

static void
add_environments_near (Search *search, const char *directory)
{
  static const char *const children[] = { "", ".venv", "venv", "env" };
  g_autofree char *at = g_canonicalize_filename (directory, NULL);

  for (guint level = 0; level < MAX_PARENTS; level++)
    {
      g_autofree char *parent = g_path_get_dirname (at);

      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        {
          g_autofree char *root = g_build_filename (at, children[i], NULL);

          add_environment (search, root);
        }
      if (strcmp (parent, at) == 0)
        break;
      g_free (at);
      at = g_steal_pointer (&parent);
    }
}

static void
add_programs (Search *search, const char *bin, const char *origin)
{
  static const char *const names[] = { "python3", "python" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (bin, names[i], NULL);

      add (search, path, origin);
    }
  for (guint minor = NEWEST_MINOR; minor >= OLDEST_MINOR; minor--)
    {
      g_autofree char *path = g_strdup_printf ("%s/python3.%u", bin, minor);
      g_autofree char *free_threaded = g_strconcat (path, "t", NULL);

      add (search, path, origin);
      add (search, free_threaded, origin);
    }
}

/* The shims of pyenv are shell scripts that choose one of the versions, which are listed by themselves.  */
static gboolean
is_shims (const char *bin, const char *pyenv_root)
{
  g_autofree char *shims = pyenv_root != NULL ? g_build_filename (pyenv_root, "shims", NULL) : NULL;
  g_autofree char *real_shims = shims != NULL ? dup_real_path (shims) : NULL;
  g_autofree char *real_bin = dup_real_path (bin);
  g_autofree char *parent = g_path_get_dirname (bin);

  if (real_bin != NULL && g_strcmp0 (real_bin, real_shims) == 0)
    return TRUE;
  return g_str_has_suffix (bin, "/shims") && g_str_has_suffix (parent, "pyenv");
}

static int
compare_versions (gconstpointer a, gconstpointer b)
{
  const char *one = *(const char *const *)a, *other = *(const char *const *)b;

  return -strverscmp (one, other);
}

/* ROOT/NAME/bin/python3 for each NAME, newest first.  */
static void
add_children (Search *search, const char *root, const char *origin)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    return;
  while (names->len < MAX_CHILDREN && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_versions);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *program = g_build_filename (root, names->pdata[i], "bin", "python3", NULL);

      add (search, program, origin);
    }
}

static void
add_conda (Search *search, const char *home)
{
  static const char *const roots[] = { "miniconda3", "anaconda3", "miniforge3", "mambaforge" };
  g_autofree char *own = g_build_filename (home, ".conda", "envs", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autofree char *program = g_build_filename (home, roots[i], "bin", "python3", NULL);
      g_autofree char *envs = g_build_filename (home, roots[i], "envs", NULL);

      add (search, program, "conda");
      add_children (search, envs, "conda");
    }
  add_children (search, own, "conda");
}

GPtrArray *
tide_interpreter_places_list (const TideInterpreterPlaces *places)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Search search = { g_ptr_array_new_with_free_func ((GDestroyNotify)tide_interpreter_place_free), seen };
  g_autofree char *pyenv_root = g_strdup (places->pyenv_root);

  if (pyenv_root == NULL && places->home != NULL)
    pyenv_root = g_build_filename (places->home, ".pyenv", NULL);
  if (places->directory != NULL)
    add_environments_near (&search, places->directory);
  if (places->path != NULL)
    {
      g_auto (GStrv) bins = g_strsplit (places->path, G_SEARCHPATH_SEPARATOR_S, -1);

      for (guint i = 0; bins[i] != NULL; i++)
        if (g_path_is_absolute (bins[i]) && !is_shims (bins[i], pyenv_root))
          add_programs (&search, bins[i], "PATH");
    }
  for (guint i = 0; places->bin != NULL && places->bin[i] != NULL; i++)
    add_programs (&search, places->bin[i], places->bin[i]);
  if (pyenv_root != NULL)
    {
      g_autofree char *versions = g_build_filename (pyenv_root, "versions", NULL);

      add_children (&search, versions, "pyenv");
    }
  if (places->home != NULL)
    {
      g_autofree char *uv = g_build_filename (places->home, ".local", "share", "uv", "python", NULL);

      add_conda (&search, places->home);
      add_children (&search, uv, "uv");
    }
  return search.list;
}
