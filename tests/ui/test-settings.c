#include "config.h"

#include "tide-settings.h"
#include "ui-fixture.h"

#include <glib/gstdio.h>

/* GIO looks for schemas once in the life of a program: each place they may lie is tried in one of its own,
 * which finds what XDG_DATA_DIRS and GSETTINGS_SCHEMA_DIR have.  */
static void
run_with (const char *schemas, const char *folder, const char *test)
{
  g_setenv ("XDG_DATA_DIRS", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  if (schemas != NULL)
    g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, TRUE);
  else
    g_unsetenv ("GSETTINGS_SCHEMA_DIR");
  g_test_trap_subprocess (test, 0, 0);
  g_test_trap_assert_passed ();
}

/* A folder with a compiled schema of that XML.  */
static char *
make_schemas (const char *xml)
{
  char *folder = ui_folder_new ();
  g_autofree char *path = g_build_filename (folder, PAGETIDE_APP_ID ".gschema.xml", NULL);
  const char *const argv[] = { "glib-compile-schemas", "--strict", folder, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  return folder;
}

static void
test_ours_inside (void)
{
  g_autoptr (GSettings) settings = tide_settings_new ();
  g_autoptr (GSettings) again = tide_settings_new ();
  g_autoptr (GVariant) tables = NULL;

  g_assert_nonnull (settings);
  g_assert_nonnull (again);
  tables = g_settings_get_value (settings, "tables");
  g_assert_cmpuint (g_variant_n_children (tables), ==, 0);
  g_assert_cmpint (g_settings_get_int (settings, "window-width"), ==, 1280);
  g_assert_false (g_settings_get_boolean (settings, "window-maximized"));
  /* The next window knows what the one before wrote.  */
  g_assert_true (g_settings_set_int (settings, "window-width", 900));
  g_assert_cmpint (g_settings_get_int (again, "window-width"), ==, 900);
}

static void
test_ours (void)
{
  g_autofree char *schemas = g_strdup (g_getenv ("GSETTINGS_SCHEMA_DIR"));
  g_autofree char *empty = ui_folder_new ();

  g_assert_nonnull (schemas);
  run_with (schemas, empty, "/settings/ours/subprocess/inside");
  g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, TRUE);
  ui_folder_remove (empty);
}

static void
test_none_inside (void)
{
  g_assert_null (tide_settings_new ());
}

static void
test_no_schemas (void)
{
  g_autofree char *empty = ui_folder_new ();

  run_with (NULL, empty, "/settings/none/subprocess/inside");
  ui_folder_remove (empty);
}

static void
test_others_alone (void)
{
  g_autofree char *empty = ui_folder_new ();
  g_autofree char *schemas =
      make_schemas ("<schemalist><schema id='org.example.Other' path='/org/example/Other/'>"
                    "<key name='tables' type='i'><default>0</default></key></schema></schemalist>");

  run_with (schemas, empty, "/settings/none/subprocess/inside");
  ui_folder_remove (schemas);
  ui_folder_remove (empty);
}

/* An installed Pagetide of before may lie where one from a build directory looks.  */
static void
test_older_version (void)
{
  g_autofree char *empty = ui_folder_new ();
  g_autofree char *schemas =
      make_schemas ("<schemalist><schema id='" PAGETIDE_APP_ID "' path='/io/github/pagetide/Pagetide/'>"
                    "<key name='window-width' type='i'><default>1000</default></key></schema></schemalist>");

  run_with (schemas, empty, "/settings/none/subprocess/inside");
  ui_folder_remove (schemas);
  ui_folder_remove (empty);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/ours", test_ours);
  g_test_add_func ("/settings/ours/subprocess/inside", test_ours_inside);
  g_test_add_func ("/settings/none/subprocess/inside", test_none_inside);
  g_test_add_func ("/settings/no-schemas", test_no_schemas);
  g_test_add_func ("/settings/others-alone", test_others_alone);
  g_test_add_func ("/settings/older-version", test_older_version);
  return g_test_run ();
}
