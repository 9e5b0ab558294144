#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* What the window is to be opened with.  */
typedef struct
{
  TideLaunch *launch; /* NULL: none */
  char **files;       /* NULL: none; they can be read, and look like recordings */
} TideCliWindow;

void tide_cli_window_clear (TideCliWindow *self);

/* Reads the command line and carries the command out.  TRUE: that is all, and *STATUS is the exit status.
 * FALSE: the window is wanted, with what WINDOW (zeroed by the caller) says.  Locale and text domain are set
 * up.  */
gboolean tide_cli_run (int argc, char **argv, TideCliWindow *window, int *status);

/* A command of the command line.  ARGV[0] is the command's name ("report"); the arguments follow; "--help"
 * comes to it as to any other. Returns the exit status.  Errors go to stderr, each as one sentence, by
 * tide_cli_fail().  */
int tide_cli_record (int argc, char **argv);
int tide_cli_report (int argc, char **argv); /* tide-cli-report.c */
int tide_cli_render (int argc, char **argv); /* tide-cli-render.c */

/* "pagetide: SENTENCE" on stderr; gives 1, so that a command ends with `return tide_cli_fail (…);`.  Control
 * characters of FORMAT's arguments cannot reach the terminal.  */
int tide_cli_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The same for what is no failure.  */
void tide_cli_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* TEXT (in UTF-8) on stdout; gives 0, or fails when it could not be written.  */
int tide_cli_print (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TideCliWindow, tide_cli_window_clear)

G_END_DECLS
