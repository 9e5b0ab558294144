#include "tide-helper-command.h"
#include "tide-wire.h"

#include <glib/gstdio.h>

static char *
describe (const TideLaunch *launch)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = tide_helper_command (launch, 7, 8, &error);

  g_assert_no_error (error);
  return g_strjoinv ("|", argv);
}

static TideLaunch *
launch_of (TideProgramKind kind, const char *program)
{
  TideLaunch *launch = tide_launch_new ();

  launch->kind = kind;
  launch->program = g_strdup (program);
  launch->python = g_strdup ("/bin/sh");
  return launch;
}

static void
test_plain (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_SCRIPT, "-odd.py");
  g_autofree char *text = describe (launch);

  g_assert_cmpstr (
      text, ==,
      "/bin/true|launch|--agent|/bin/false|--frames|7|--control|8|--instruments|7|--|/bin/sh|--|-odd.py");
}

static void
test_full (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_MODULE, "m");
  g_autofree char *text = NULL;

  launch->args = g_strsplit ("--frames|9", "|", -1);
  launch->directory = g_strdup ("/a b");
  launch->environment = g_strsplit ("A=1 2|B|C=", "|", -1);
  launch->instruments = TIDE_INSTRUMENT_FAULTS;
  launch->interval_ms = 20;
  launch->capture_output = TRUE;
  text = describe (launch);
  g_assert_cmpstr (text, ==,
                   "/bin/true|launch|--agent|/bin/"
                   "false|--frames|7|--control|8|--instruments|5|--interval-us|20000|--capture|"
                   "--directory|/a b|--set|A=1 2|--unset|B|--set|C=|--|/bin/sh|-m|m|--frames|9");
}

static void
test_missing (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_CODE, "pass");
  g_autoptr (GError) error = NULL;

  g_setenv ("PAGETIDE_AGENT", "/nowhere/agent.so", TRUE);
  g_assert_null (tide_helper_command (launch, 7, 8, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_setenv ("PAGETIDE_AGENT", "/bin/false", TRUE);
}

/* Nobody may have root run a program that others can change: that of a build, say.  */
static void
test_ask (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_CODE, "pass");
  g_autofree char *folder = g_dir_make_tmp ("tide-ask-XXXXXX", NULL);
  g_autofree char *pkexec = g_build_filename (folder, "pkexec", NULL);
  g_autofree char *helper = g_build_filename (folder, "helper", NULL);
  g_autofree char *path = g_strdup (g_getenv ("PATH")), *text = NULL;
  g_autofree char *search = g_strdup_printf ("%s:%s", folder, path);
  g_autoptr (GError) error = NULL;

  launch->ask_permission = TRUE;
  g_assert_true (g_file_set_contents (helper, "", 0, NULL));
  g_assert_cmpint (g_chmod (helper, 0755), ==, 0);
  g_setenv ("PATH", folder, TRUE);
  g_assert_null (tide_helper_command (launch, 7, 8, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (pkexec, "", 0, NULL));
  g_assert_cmpint (g_chmod (pkexec, 0755), ==, 0);
  g_setenv ("PATH", search, TRUE);
  g_setenv ("PAGETIDE_HELPER", helper, TRUE);
  g_assert_null (tide_helper_command (launch, 7, 8, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);

  g_setenv ("PAGETIDE_HELPER", "/usr/bin/env", TRUE);
  text = describe (launch);
  g_assert_nonnull (strstr (text, "|--opener|pkexec|--opener|/usr/bin/env|--opener|grant|--|"));
  /* Nothing is asked for that nobody wants.  */
  launch->instruments = TIDE_INSTRUMENT_EVENTS;
  g_free (text);
  text = describe (launch);
  g_assert_null (strstr (text, "--opener"));

  g_setenv ("PAGETIDE_HELPER", "/bin/true", TRUE);
  g_setenv ("PATH", path, TRUE);
  g_unlink (pkexec);
  g_unlink (helper);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("PAGETIDE_HELPER", "/bin/true", TRUE);
  g_setenv ("PAGETIDE_AGENT", "/bin/false", TRUE);
  g_test_add_func ("/helper-command/plain", test_plain);
  g_test_add_func ("/helper-command/full", test_full);
  g_test_add_func ("/helper-command/missing", test_missing);
  g_test_add_func ("/helper-command/ask", test_ask);
  return g_test_run ();
}
