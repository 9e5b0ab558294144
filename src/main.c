#include "config.h"

#include "tide-app.h"
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
  return tide_app_run (argc, argv, window.launch, window.files);
}
