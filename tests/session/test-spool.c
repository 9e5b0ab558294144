#include "session-fixture.h"

#include "tide-spool.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

static void
test_ensure (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *spool = g_build_filename (folder, "a", "b", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "c", NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_true (tide_spool_ensure (spool, &error));
  g_assert_true (tide_spool_ensure (spool, &error));
  g_assert_cmpint (g_stat (spool, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (tide_spool_ensure (below, &error));
  g_assert_nonnull (error);
  fixture_remove (folder);
}

static void
test_has (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *inside = g_build_filename (folder, "x.pagetide", NULL);
  g_autofree char *winding = g_build_filename (folder, "..", strrchr (folder, '/') + 1, "x.pagetide", NULL);

  g_assert_true (tide_spool_has (folder, inside));
  g_assert_true (tide_spool_has (folder, winding));
  g_assert_false (tide_spool_has (folder, "/x.pagetide"));
  g_assert_false (tide_spool_has ("/nowhere", "/nowhere/x.pagetide"));
  g_assert_false (tide_spool_has (folder, NULL));
  fixture_remove (folder);
}

static void
put (const char *folder, const char *name, guint age_s)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct utimbuf times = { 1000000000 - age_s, 1000000000 - age_s };

  fixture_write (path, 10);
  g_assert_cmpint (utime (path, &times), ==, 0);
}

static void
test_recoverable (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *held = g_build_filename (folder, "held.pagetide", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty.pagetide", NULL);
  g_autofree char *link = g_build_filename (folder, "link.pagetide", NULL);
  g_autofree char *other = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo.pagetide", NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) nothing = tide_spool_find_recoverable ("/nowhere/at/all");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  int lock;

  put (folder, "old.pagetide", 100);
  put (folder, "new\xff\n.pagetide", 10);
  put (folder, "held.pagetide", 50);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (g_file_set_contents (other, "no recording, but long enough to be one", -1, NULL));
  g_assert_cmpint (symlink (held, link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  lock = tide_spool_lock (held);
  g_assert_cmpint (lock, >=, 0);
  g_assert_cmpint (tide_spool_lock (held), ==, -1);

  found = tide_spool_find_recoverable (folder);
  g_assert_cmpuint (found->len, ==, 2);
  first = g_file_get_basename (found->pdata[0]);
  second = g_file_get_basename (found->pdata[1]);
  g_assert_cmpstr (first, ==, "new\xff\n.pagetide");
  g_assert_cmpstr (second, ==, "old.pagetide");
  close (lock);
  g_ptr_array_unref (found);
  found = tide_spool_find_recoverable (folder);
  g_assert_cmpuint (found->len, ==, 3);
  g_assert_cmpuint (nothing->len, ==, 0);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spool/ensure", test_ensure);
  g_test_add_func ("/spool/has", test_has);
  g_test_add_func ("/spool/recoverable", test_recoverable);
  return g_test_run ();
}
