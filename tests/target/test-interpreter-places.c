#include "tide-interpreter-places.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

static char *scratch;

/* A program (or, with NULL, a plain file) below the scratch folder, with the folders above it.  */
static void
put (const char *name, gboolean program)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, name, -1, NULL));
  g_assert_cmpint (g_chmod (path, program ? 0755 : 0644), ==, 0);
}

static void
put_link (const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
assert_places (GPtrArray *places, const char *const *expected)
{
  guint n = g_strv_length ((char **)expected) / 2;

  for (guint i = 0; i < MIN (n, places->len); i++)
    {
      const TideInterpreterPlace *place = places->pdata[i];
      g_autofree char *path = g_build_filename (scratch, expected[2 * i], NULL);

      g_assert_cmpstr (place->path, ==, path);
      g_assert_cmpstr (place->origin, ==, expected[2 * i + 1]);
    }
  g_assert_cmpuint (places->len, ==, n);
}

static void
test_all (void)
{
  static const char *const expected[] = {
    /* clang-format off */
    "home/work/train/.venv/bin/python3", "virtual environment train",
    "home/work/shared-env/bin/python3", "virtual environment shared-env",
    "bin/python3", "PATH",
    "bin/python3.13t", "PATH",
    "home/.pyenv/versions/3.13.0/bin/python3", "pyenv",
    "home/.pyenv/versions/3.9.18/bin/python3", "pyenv",
    "home/miniconda3/bin/python3", "conda",
    "home/miniconda3/envs/ml/bin/python3", "conda",
    "home/.local/share/uv/python/cpython-3.12/bin/python3", "uv",
    NULL
    /* clang-format on */
  };
  g_autofree char *bin = g_build_filename (scratch, "bin", NULL);
  g_autofree char *shims = g_build_filename (scratch, "home/.pyenv/shims", NULL);
  g_autofree char *active = g_build_filename (scratch, "home/work/shared-env/bin", NULL);
  g_autofree char *home = g_build_filename (scratch, "home", NULL);
  g_autofree char *directory = g_build_filename (scratch, "home/work/train/src/", NULL);
  g_autofree char *path = g_strjoin (":", shims, "relative", "", active, bin, "/nowhere", NULL);
  const char *bins[] = { bin, NULL };
  TideInterpreterPlaces places = { .directory = directory, .path = path, .bin = bins, .home = home };
  g_autoptr (GPtrArray) found = NULL;

  put ("bin/python3.11", TRUE);
  put_link ("bin/python3", "python3.11");
  put_link ("bin/python", "python3");
  put ("bin/python3.13t", TRUE);
  put ("bin/python3.8", FALSE);
  put ("home/work/train/src/a.py", FALSE);
  put ("home/work/train/.venv/pyvenv.cfg", FALSE);
  put_link ("home/work/train/.venv/bin/python3", "../../../../../bin/python3.11");
  /* No pyvenv.cfg: not one.  */
  put ("home/work/train/venv/bin/python3", TRUE);
  /* An active one is in PATH as well.  */
  put ("home/work/shared-env/pyvenv.cfg", FALSE);
  put_link ("home/work/shared-env/bin/python3", "../../../../bin/python3.11");
  put ("home/.pyenv/shims/python3", TRUE);
  put ("home/.pyenv/versions/3.9.18/bin/python3", TRUE);
  put ("home/.pyenv/versions/3.13.0/bin/python3", TRUE);
  put_link ("home/.pyenv/versions/3.13", "3.13.0");
  put ("home/miniconda3/bin/python3", TRUE);
  put ("home/miniconda3/envs/ml/bin/python3", TRUE);
  put ("home/.local/share/uv/python/cpython-3.12/bin/python3", TRUE);
  put_link ("home/.conda/envs/broken/bin/python3", "/nowhere/at/all");

  found = tide_interpreter_places_list (&places);
  assert_places (found, expected);
}

static void
test_nothing (void)
{
  TideInterpreterPlaces places = { .directory = "/nowhere/at/all", .path = "", .home = "/nowhere" };
  TideInterpreterPlaces none = { NULL };
  g_autoptr (GPtrArray) found = tide_interpreter_places_list (&places);
  g_autoptr (GPtrArray) nothing = tide_interpreter_places_list (&none);

  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (nothing->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *command = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("tide-places-XXXXXX", NULL);
  g_test_add_func ("/interpreter-places/all", test_all);
  g_test_add_func ("/interpreter-places/nothing", test_nothing);
  status = g_test_run ();
  command = g_strdup_printf ("rm -rf '%s'", scratch);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (scratch);
  return status;
}
