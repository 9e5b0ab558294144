#include "fuzz.h"

#include <glib.h>

/* Feeds each file of the corpus to the fuzz target: as it is, cut short, and with bytes changed by a
 * generator that begins the same each time, so that a failure can be had again.  */
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

int
main (int argc, char **argv)
{
  g_autoptr (GDir) corpus = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  corpus = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (corpus);
  while ((name = g_dir_read_name (corpus)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/fuzz/", name, NULL);

      g_ptr_array_add (paths, g_build_filename (argv[1], name, NULL));
      g_test_add_data_func (test, g_ptr_array_index (paths, paths->len - 1), replay);
    }
  g_assert_cmpuint (paths->len, >, 0);
  return g_test_run ();
}
