#include "config.h"

#include "tide-sample.h"

#include <glib/gi18n-lib.h>

TideLaunch *
tide_sample_new_launch (GError **error)
{
  const char *folder = g_getenv ("PAGETIDE_EXAMPLES");
  g_autofree char *path = g_build_filename (
      folder != NULL ? folder : PAGETIDE_PKGDATADIR G_DIR_SEPARATOR_S "examples", "batch_job.py", NULL);
  TideLaunch *launch;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("“%s” is not there"), path);
      return NULL;
    }
  launch = tide_launch_new ();
  launch->kind = TIDE_PROGRAM_SCRIPT;
  launch->program = g_steal_pointer (&path);
  launch->capture_output = TRUE;
  return launch;
}
