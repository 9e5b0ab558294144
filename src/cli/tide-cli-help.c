#include "config.h"

#include "tide-cli-help.h"
#include "tide-cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char help_program[] =
    N_ ("Usage: pagetide [FILE…]\n"
        "       pagetide COMMAND …\n"
        "\n"
        "Shows where a Python program’s memory goes, live.\n"
        "\n"
        "Without a command the window opens, with the recordings that FILE names.\n"
        "\n"
        "Commands:\n"
        "  run       open the window and launch a Python program in it\n"
        "  attach    open the window on a program that runs already (not built yet)\n"
        "  record    launch a Python program and write a recording, without a window\n"
        "  report    print what a recording says\n"
        "  diff      compare two recordings or two moments of one (not built yet)\n"
        "  convert   write a recording in another format (not built yet)\n"
        "  render    draw the picture that the window would show\n"
        "  doctor    say what can be measured here (not built yet)\n"
        "\n"
        "Options:\n"
        "  --help     show this, or after COMMAND what the command takes\n"
        "  --version  show the version\n");

/* What run and record take both: a string of its own, so that it is translated once.  */
static const char launch_options[] = N_ (
    "  --python PATH       the interpreter (default: python3 of PATH)\n"
    "  --cwd DIR           run the program in DIR; a relative SCRIPT is looked for there\n"
    "  --env NAME=VALUE    set a variable of its environment; may be repeated\n"
    "  --interval MS       look at its memory each so many milliseconds while it moves (1 to 1000, default "
    "1)\n"
    "  --instruments LIST  what measures beside the sampler: events, faults (default: both), calls, lines, "
    "bytes,\n"
    "                      bytes-sampled or bytes-sampled=BYTES, gc; separated by commas\n"
    "  --trigger BYTES     of calls and lines only those that moved RSS by so much (default 0: all)\n"
    "  --budget PERCENT    the share of the program’s time that measuring may take\n"
    "  --children          measure the processes that the program starts as well, each by itself\n"
    "  --ask-permission    where the system lets no program follow page faults, have polkit ask for it\n"
    "  --max-size BYTES    let the recording grow to so many bytes at most; K, M and G may follow the "
    "number\n");

static const char help_run[] =
    N_ ("Usage: pagetide run [OPTION…] SCRIPT|-m MODULE|-c CODE [ARGUMENT…]\n"
        "\n"
        "Opens the window and launches a Python program in it.  Options end at SCRIPT, -m or -c; all that\n"
        "follows is the program’s.  After -- comes SCRIPT, whatever its name begins with.\n"
        "\n"
        "Options:\n");

static const char help_record[] =
    N_ ("Usage: pagetide record [OPTION…] SCRIPT|-m MODULE|-c CODE [ARGUMENT…]\n"
        "\n"
        "Launches a Python program and writes a recording of its memory.  The program has our input and "
        "output and gets\n"
        "our signals; the exit status is its own, or 128 and the signal’s number when a signal ended it.  "
        "Options end\n"
        "at SCRIPT, -m or -c; all that follows is the program’s.  After -- comes SCRIPT, whatever its name "
        "begins with.\n"
        "\n"
        "Options:\n"
        "  -o, --output FILE   write the recording to FILE, replacing it\n"
        "                      (default: pagetide-NAME-DATE-TIME.pagetide in this folder)\n"
        "  --switch-at S:LIST  after S seconds start and stop instruments, as in 2.5:+bytes,-faults; may be "
        "repeated\n");

static const struct
{
  const char *command;
  const char *text;
  const char *more; /* printed after it; may be NULL */
} helps[] = {
  { "run", help_run, launch_options },
  { "record", help_record, launch_options },
  { "attach", N_ ("Usage: pagetide attach PID\n"
                  "\n"
                  "Opens the window on the Python program with that process number.  Not built yet.\n") },
  { "diff", N_ ("Usage: pagetide diff A B [--view VIEW] [--group-by line|file|function|traceback] [--format "
                "text|json|csv]\n"
                "\n"
                "Compares two recordings, or two moments of one (FILE@SECONDS).  Not built yet.\n") },
  { "convert", N_ ("Usage: pagetide convert FILE -o OUT\n"
                   "\n"
                   "Writes a recording in the format that the suffix of OUT names.  Not built yet.\n") },
  { "doctor", N_ ("Usage: pagetide doctor [PID]\n"
                  "\n"
                  "Says what can be measured here and in that process, and what would bring the rest.  Not "
                  "built yet.\n") },
};

int
tide_cli_print_help (const char *command)
{
  if (command == NULL)
    return tide_cli_print (_ (help_program));
  for (guint i = 0; i < G_N_ELEMENTS (helps); i++)
    if (strcmp (helps[i].command, command) == 0)
      {
        int status = tide_cli_print (_ (helps[i].text));

        return status == 0 && helps[i].more != NULL ? tide_cli_print (_ (helps[i].more)) : status;
      }
  g_assert_not_reached ();
}
