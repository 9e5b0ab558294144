#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A command of the command line.  ARGV[0] is the command's name ("report"); the arguments follow.  Returns the exit status.  Errors go to
 * stderr, each as one sentence, by tide_cli_fail().  Locale and text domain are set up.  */
int tide_cli_record (int argc, char **argv);
int tide_cli_report (int argc, char **argv); /* tide-cli-report.c */
int tide_cli_render (int argc, char **argv); /* tide-cli-render.c */

/* "pagetide: SENTENCE" on stderr; gives 1, so that a command ends with `return tide_cli_fail (…);`.  Control characters of FORMAT's
 * arguments cannot reach the terminal.  */
int tide_cli_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
