#include "config.h"

#ifdef TIDE_HAVE_APP
#include "tide-app.h"
#endif
#include "tide-cli.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_auto (TideCliWindow) window = { NULL };
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PAGETIDE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (tide_cli_run (argc, argv, &window, &status))
    return status;
#ifdef TIDE_HAVE_APP
  return tide_app_run (argc, argv, window.launch, window.files);
#else
  return tide_cli_fail (_ ("The window is not built yet."));
#endif
}
