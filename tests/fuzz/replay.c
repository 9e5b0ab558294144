#include "fuzz.h"

#include <glib.h>

/* Feeds each file, or those of each folder, to the fuzz target: as it is, cut short, and with bytes changed
 * by a generator that begins the same each time, so that a failure can be had again.  */
#define N_CHANGED 200

static guint32
next_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void
feed (const guint8 *data, gsize size)
{
  /* A copy of just that size: reading past it is seen by the sanitizer.  */
  g_autofree guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
}

static void
replay (gconstpointer path)
{
  g_autofree char *data = NULL;
  gsize size;
  guint32 state = 1;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  feed ((guint8 *)data, size);
  for (gsize cut = 0; cut < size; cut += 1 + size / 100)
    feed ((guint8 *)data, cut);
  for (guint round = 0; round < N_CHANGED && size > 0; round++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, size);

      for (guint i = next_random (&state) % 8; i < 8; i++)
        changed[next_random (&state) % size] = (guint8)next_random (&state);
      feed (changed, size);
    }
}

static void
add (GPtrArray *paths, const char *path)
{
  g_autofree char *name = g_path_get_basename (path), *test = g_strconcat ("/fuzz/", name, NULL);

  g_ptr_array_add (paths, g_strdup (path));
  g_test_add_data_func (test, g_ptr_array_index (paths, paths->len - 1), replay);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, NULL);
      const char *name;

      if (folder == NULL)
        add (paths, argv[i]);
      while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);

          add (paths, path);
        }
    }
  g_assert_cmpuint (paths->len, >, 0);
  return g_test_run ();
}
