#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The help of COMMAND, or with NULL of the program, on stdout.  Returns the exit status.  */
int tide_cli_print_help (const char *command);

G_END_DECLS
