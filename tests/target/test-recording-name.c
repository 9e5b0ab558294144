#include "tide-recording-name.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *scratch;

static char *
reserve (TideProgramKind kind, const char *program)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  g_autoptr (GError) error = NULL;
  char *path;

  launch->kind = kind;
  launch->program = g_strdup (program);
  path = tide_recording_name_reserve (scratch, launch, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_names (void)
{
  g_autofree char *long_name = g_strnfill (3000, 'x');
  const struct
  {
    TideProgramKind kind;
    const char *program, *pattern;
  } cases[] = {
    { TIDE_PROGRAM_SCRIPT, "/some/where/batch.py", "^pagetide-batch-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_SCRIPT, "a b\n\xff*.py", "^pagetide-a_b___-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_SCRIPT, "größe.py", "^pagetide-größe-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_SCRIPT, "-", "^pagetide-program-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_MODULE, "http.server", "^pagetide-http\\.server-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_CODE, "print('../..')", "^pagetide-code-\\d{8}-\\d{6}\\.pagetide$" },
    { TIDE_PROGRAM_SCRIPT, long_name, "^pagetide-x{100,120}-\\d{8}-\\d{6}\\.pagetide$" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = reserve (cases[i].kind, cases[i].program);
      g_autofree char *name = g_path_get_basename (path);
      g_autofree char *folder = g_path_get_dirname (path);
      GStatBuf status;

      g_assert_cmpstr (folder, ==, scratch);
      if (!g_regex_match_simple (cases[i].pattern, name, 0, 0))
        g_error ("%s does not match %s", name, cases[i].pattern);
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
      g_unlink (path);
    }
}

static void
test_unique (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer path;

  for (guint i = 0; i < 50; i++)
    g_assert_true (g_hash_table_add (seen, reserve (TIDE_PROGRAM_CODE, "pass")));
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_nowhere (void)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  g_autoptr (GError) error = NULL;

  launch->program = g_strdup ("a.py");
  g_assert_null (tide_recording_name_reserve ("/nowhere/at/all", launch, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all"));
}

static void
test_program (void)
{
  g_autofree char *path = reserve (TIDE_PROGRAM_MODULE, "http.server");
  g_autofree char *second = reserve (TIDE_PROGRAM_MODULE, "http.server");
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *second_name = g_path_get_basename (second);
  g_autofree char *program = tide_recording_name_dup_program (name);
  g_autofree char *second_program = tide_recording_name_dup_program (second_name);

  g_assert_cmpstr (program, ==, "http.server");
  g_assert_cmpstr (second_program, ==, "http.server");
  g_assert_null (tide_recording_name_dup_program ("mine.pagetide"));
  g_assert_null (tide_recording_name_dup_program ("pagetide--20260102-150405.pagetide"));
  g_assert_null (tide_recording_name_dup_program ("pagetide-\xff-20260102-150405.pagetide"));
  g_unlink (path);
  g_unlink (second);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("tide-name-XXXXXX", NULL);
  g_test_add_func ("/recording-name/names", test_names);
  g_test_add_func ("/recording-name/unique", test_unique);
  g_test_add_func ("/recording-name/nowhere", test_nowhere);
  g_test_add_func ("/recording-name/program", test_program);
  status = g_test_run ();
  g_rmdir (scratch);
  g_free (scratch);
  return status;
}
