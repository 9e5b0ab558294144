#include "tide-options.h"

#include "tide-switch-frames.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
tide_options_print_help (void)
{
  puts ("Usage: pagetide-helper launch [OPTION...] -- PROGRAM [ARGUMENT...]\n"
        "       pagetide-helper join [OPTION...] --pid PID --region FD\n"
        "       pagetide-helper grant\n"
        "\n"
        "Starts PROGRAM, measures its memory, and writes what it finds as frames.  It is a part\n"
        "of Pagetide, which calls it; people call pagetide.  \"grant\", run with more rights, opens\n"
        "page-fault events for whoever asks over its standard input.  \"join\" measures a process\n"
        "that runs and has made the shared memory (FD) itself.\n"
        "\n"
        "  --frames FD          where frames are written (needed)\n"
        "  --control FD         where control frames are read\n"
        "  --agent PATH         the shared object that is loaded into PROGRAM\n"
        "  --instruments BITS   what to measure with (1 sampler, 2 events, 4 faults, 8 calls,\n"
        "                       16 lines, 32 bytes, 64 sampled bytes, 128 collections)\n"
        "  --trigger-bytes N    calls: only those that moved RSS by so much\n"
        "  --sample-bytes N     sampled bytes: the mean distance of two samples\n"
        "  --budget N           thousandths of PROGRAM's time that measuring may take\n"
        "  --interval-us N      how often to look while memory changes (default 1000)\n"
        "  --opener WORD        may be repeated: the command that runs \"grant\" with more rights\n"
        "  --children           measure the processes that PROGRAM starts as well\n"
        "  --capture            give PROGRAM terminals of its own and send its output as frames\n"
        "  --directory DIR      where PROGRAM starts\n"
        "  --set K=V            set a variable of PROGRAM's environment\n"
        "  --unset K            take a variable out of it\n"
        "  --ready FD           of join: where a byte is written once it measures\n"
        "  --help, --version    say this, or the version, and end");
}

static bool
parse_number (const char *text, long low, long high, long *value)
{
  char *end;

  errno = 0;
  *value = strtol (text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *value >= low && *value <= high;
}

static bool
add_change (TideOptions *self, const char *assignment, bool unset)
{
  const char *equals = strchr (assignment, '=');

  if (assignment[0] == '\0' || equals == assignment || (equals == NULL) != unset)
    {
      fprintf (stderr, "pagetide-helper: \"%s\" is no %s\n", assignment,
               unset ? "name of a variable" : "assignment");
      return false;
    }
  self->changes[self->n_changes++] = (TideEnvironmentChange){ assignment, unset };
  return true;
}

static bool
take_value (TideOptions *self, const char *name, const char *value)
{
  long number;
  bool good = true;

  if (strcmp (name, "--agent") == 0)
    self->agent = value[0] != '\0' ? value : NULL;
  else if (strcmp (name, "--directory") == 0)
    self->directory = value;
  else if (strcmp (name, "--opener") == 0)
    {
      good = self->n_opener < TIDE_OPTIONS_MAX_OPENER;
      if (good)
        self->opener[self->n_opener++] = value;
    }
  else if (strcmp (name, "--set") == 0)
    return add_change (self, value, false);
  else if (strcmp (name, "--unset") == 0)
    return add_change (self, value, true);
  /* The first three are the target's own.  */
  else if (strcmp (name, "--frames") == 0 && (good = parse_number (value, 3, 1 << 20, &number)))
    self->frames_fd = (int)number;
  else if (strcmp (name, "--control") == 0 && (good = parse_number (value, 3, 1 << 20, &number)))
    self->control_fd = (int)number;
  else if (strcmp (name, "--region") == 0 && (good = parse_number (value, 3, 1 << 20, &number)))
    self->region_fd = (int)number;
  else if (strcmp (name, "--ready") == 0 && (good = parse_number (value, 3, 1 << 20, &number)))
    self->ready_fd = (int)number;
  else if (strcmp (name, "--pid") == 0 && (good = parse_number (value, 1, 1 << 30, &number)))
    self->pid = (int)number;
  else if (strcmp (name, "--instruments") == 0 && (good = parse_number (value, 0, 0xffff, &number)))
    self->instruments = (uint32_t)number;
  /* Below 100 us the helper would do nothing else; above a second it would see nothing.  */
  else if (strcmp (name, "--interval-us") == 0 && (good = parse_number (value, 100, 1000000, &number)))
    self->interval_ns = number * 1000;
  else if (strcmp (name, "--trigger-bytes") == 0 && (good = parse_number (value, 0, LONG_MAX, &number)))
    self->trigger_bytes = (uint64_t)number;
  else if (strcmp (name, "--sample-bytes") == 0 && (good = parse_number (value, 0, LONG_MAX, &number)))
    self->sample_bytes = (uint64_t)number;
  else if (strcmp (name, "--budget") == 0 && (good = parse_number (value, 0, TIDE_BUDGET_MAX, &number)))
    self->budget = (uint32_t)number;
  if (!good)
    fprintf (stderr, "pagetide-helper: \"%s\" is no good value for %s\n", value, name);
  return good;
}

static bool
is_valued (const char *name)
{
  static const char *const names[] = { "--agent",       "--frames",        "--control",      "--instruments",
                                       "--interval-us", "--directory",     "--set",          "--unset",
                                       "--opener",      "--trigger-bytes", "--sample-bytes", "--budget",
                                       "--region",      "--ready",         "--pid" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp (name, names[i]) == 0)
      return true;
  return false;
}

TideOptionsResult
tide_options_parse (TideOptions *self, int argc, char **argv)
{
  int i = 2;

  memset (self, 0, sizeof *self);
  self->frames_fd = self->control_fd = self->region_fd = self->ready_fd = -1;
  self->instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS;
  self->interval_ns = 1000000;

  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    return TIDE_OPTIONS_VERSION;
  if (argc >= 2 && (strcmp (argv[1], "--help") == 0 || (argc == 3 && strcmp (argv[2], "--help") == 0)))
    return TIDE_OPTIONS_HELP;
  if (argc == 2 && strcmp (argv[1], "grant") == 0)
    return TIDE_OPTIONS_GRANT;
  self->join = argc >= 2 && strcmp (argv[1], "join") == 0;
  if (argc < 2 || (strcmp (argv[1], "launch") != 0 && !self->join))
    {
      fputs ("pagetide-helper: it can only \"launch\", \"join\" or \"grant\"; --help says how\n", stderr);
      return TIDE_OPTIONS_BAD;
    }
  self->changes = calloc ((size_t)argc, sizeof *self->changes);
  if (self->changes == NULL)
    {
      fputs ("pagetide-helper: out of memory\n", stderr);
      return TIDE_OPTIONS_BAD;
    }
  for (; i < argc && strcmp (argv[i], "--") != 0; i++)
    {
      if (strcmp (argv[i], "--capture") == 0)
        self->capture = true;
      else if (strcmp (argv[i], "--children") == 0)
        self->children = true;
      else if (is_valued (argv[i]) && i + 1 < argc)
        {
          if (!take_value (self, argv[i], argv[i + 1]))
            return TIDE_OPTIONS_BAD;
          i++;
        }
      else
        {
          fprintf (stderr, "pagetide-helper: do not know what \"%s\" means here\n", argv[i]);
          return TIDE_OPTIONS_BAD;
        }
    }
  if (self->join && (self->pid <= 0 || self->region_fd < 0))
    {
      fputs ("pagetide-helper: --pid and --region must name a process and its memory\n", stderr);
      return TIDE_OPTIONS_BAD;
    }
  if (!self->join && i + 1 >= argc)
    {
      fputs ("pagetide-helper: no program was named after \"--\"\n", stderr);
      return TIDE_OPTIONS_BAD;
    }
  self->command = self->join ? argv + argc : argv + i + 1;
  if (self->frames_fd < 0 || fcntl (self->frames_fd, F_GETFD) < 0
      || (self->control_fd >= 0 && fcntl (self->control_fd, F_GETFD) < 0))
    {
      fputs ("pagetide-helper: --frames and --control must name open descriptors\n", stderr);
      return TIDE_OPTIONS_BAD;
    }
  return TIDE_OPTIONS_RUN;
}

void
tide_options_finish (TideOptions *self)
{
  free (self->changes);
  self->changes = NULL;
}
