#pragma once

#include "tide-launch.h"

G_BEGIN_DECLS

/* What is to be switched while the program runs.  */
typedef struct
{
  guint after_ms; /* since its start */
  TideSwitch wish;
} TideCliSwitch;

/* What `run` and `record` are asked for.  */
typedef struct
{
  TideLaunch *launch;
  char *output;     /* NULL: not named */
  GArray *switches; /* TideCliSwitch, as they were given; NULL before the options are read */
  gboolean help;
} TideCliOptions;

void tide_cli_options_clear (TideCliOptions *self);

/* Reads ARGV, after the command's name in ARGV[0].  Options end at SCRIPT, -m or -c: what follows is the
 * program's.  RECORD: those of `record` are taken as well.  FALSE and a sentence when they cannot be obeyed.
 */
gboolean
tide_cli_options_parse (TideCliOptions *self, int argc, char **argv, gboolean record, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TideCliOptions, tide_cli_options_clear)

G_END_DECLS
