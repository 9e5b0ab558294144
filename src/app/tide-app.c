#include "config.h"

#include "tide-app.h"

#include "tide-application.h"

int
tide_app_run (int argc, char **argv, const TideLaunch *launch, char **files)
{
  g_autoptr (TideApplication) application = tide_application_new (launch);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);

  /* Only files go to GApplication, and as URIs: a file may well be called "--help".  */
  g_ptr_array_add (arguments, g_strdup (argc > 0 ? argv[0] : "pagetide"));
  for (gsize i = 0; files != NULL && files[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (files[i]);

      g_ptr_array_add (arguments, g_file_get_uri (file));
    }
  g_ptr_array_add (arguments, NULL);

  return g_application_run (G_APPLICATION (application), (int)arguments->len - 1, (char **)arguments->pdata);
}
