#include "tide-fault-access.h"

#include <dirent.h>
#include <unistd.h>

static guint
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  guint n = 0;

  g_assert_nonnull (folder);
  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

/* The answer is always the same, and nothing is left open by it.  */
static void
test_look (void)
{
  guint before = count_descriptors ();
  TideFaultAccess access = tide_fault_access_look ();

  for (guint i = 0; i < 50; i++)
    g_assert_cmpint (tide_fault_access_look (), ==, access);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

/* Run again where the system refuses it: PAGETIDE_NO_PERF is a program that sees to it.  */
static void
test_refused (void)
{
  const char *no_perf = g_getenv ("PAGETIDE_NO_PERF");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *const command[] = { no_perf, self, "--answer", NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_nonnull (no_perf);
  g_assert_true (g_spawn_sync (NULL, (char **)command, NULL, 0, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, TIDE_FAULT_ACCESS_REFUSED);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--answer"))
    _exit ((int)tide_fault_access_look ());
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fault-access/look", test_look);
  g_test_add_func ("/fault-access/refused", test_refused);
  return g_test_run ();
}
