#include "config.h"

#include "tide-app.h"

#include "tide-application.h"

#include <glib/gi18n-lib.h>

int
tide_app_run (int argc, char **argv, const TideLaunch *launch, char **files)
{
  g_autoptr (TideApplication) application = NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);

  if (!gtk_init_check ())
    {
      g_printerr (
          "pagetide: %s\n",
          _ ("There is no display for the window; “pagetide record” and “pagetide report” need none."));
      return 1;
    }
  application = tide_application_new (launch);

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
