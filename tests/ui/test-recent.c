#include "tide-recent.h"

#include <glib/gstdio.h>

static void
add (TideRecent *recent, const char *program)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  g_autoptr (GError) error = NULL;

  launch->program = g_strdup (program);
  g_assert_true (tide_recent_add_launch (recent, launch, &error));
  g_assert_no_error (error);
}

static void
test_order (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tide-recent-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "new", NULL);
  g_autofree char *path = g_build_filename (inner, "launches", NULL);
  g_autoptr (TideRecent) recent = tide_recent_new (path);
  g_autoptr (TideRecent) again = NULL;
  GStatBuf info;

  g_assert_cmpuint (tide_recent_get_n_launches (recent), ==, 0);
  g_assert_null (tide_recent_get_launch (recent, 0));
  for (guint i = 0; i < TIDE_RECENT_MAX + 3; i++)
    {
      g_autofree char *program = g_strdup_printf ("p%u \xff'\n.py", i);

      add (recent, program);
    }
  /* The same again comes first, and is there once.  */
  add (recent, "p8 \xff'\n.py");
  again = tide_recent_new (path);
  g_assert_cmpuint (tide_recent_get_n_launches (again), ==, TIDE_RECENT_MAX);
  g_assert_cmpstr (tide_recent_get_launch (again, 0)->program, ==, "p8 \xff'\n.py");
  g_assert_cmpstr (tide_recent_get_launch (again, 1)->program, ==, "p12 \xff'\n.py");
  g_assert_cmpstr (tide_recent_get_launch (again, TIDE_RECENT_MAX - 1)->program, ==, "p3 \xff'\n.py");
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_unlink (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

/* Whatever lies in the file, it is read as "none".  */
static void
test_damaged (void)
{
  static const char *const texts[] = {
    "", "rubbish", "[<1>, <'x'>]", "[<{'kind': <uint32 99>}>]", "[<{'program': <b'x'>}>", "\xff\xff"
  };
  g_autofree char *folder = g_dir_make_tmp ("tide-recent-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "launches", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TideRecent) recent = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      recent = tide_recent_new (path);
      g_assert_cmpuint (tide_recent_get_n_launches (recent), ==, 0);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recent/order", test_order);
  g_test_add_func ("/recent/damaged", test_damaged);
  return g_test_run ();
}
