#include "config.h"

#include "tide-cli-options.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  TideCliOptions *options;
  GStrvBuilder *environment;
  gboolean has_environment;
} Parse;

typedef gboolean (*Take) (Parse *parse, const char *value, GError **error);

void
tide_cli_options_clear (TideCliOptions *self)
{
  g_clear_pointer (&self->launch, tide_launch_free);
  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->switches, g_array_unref);
}

static gboolean
fail (GError **error, const char *format, const char *value)
{
  g_autofree char *display = g_filename_display_name (value);
  g_autofree char *text = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  text = g_strdup_printf (format, display);
#pragma GCC diagnostic pop
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gboolean
take_output (Parse *parse, const char *value, GError **error)
{
  if (*value == '\0')
    return fail (error, _ ("-o needs the name of a file."), value);
  g_free (parse->options->output);
  parse->options->output = g_strdup (value);
  return TRUE;
}

static gboolean
take_python (Parse *parse, const char *value, GError **error)
{
  g_free (parse->options->launch->python);
  parse->options->launch->python = g_strdup (value);
  return TRUE;
}

static gboolean
take_directory (Parse *parse, const char *value, GError **error)
{
  g_free (parse->options->launch->directory);
  parse->options->launch->directory = g_strdup (value);
  return TRUE;
}

static gboolean
take_environment (Parse *parse, const char *value, GError **error)
{
  const char *equals = strchr (value, '=');

  if (equals == NULL || equals == value)
    return fail (error, _ ("--env %s sets no variable: write --env NAME=VALUE."), value);
  g_strv_builder_add (parse->environment, value);
  parse->has_environment = TRUE;
  return TRUE;
}

static gboolean
take_interval (Parse *parse, const char *value, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 1, TIDE_LAUNCH_MAX_INTERVAL_MS, &number, NULL))
    return fail (error, _ ("--interval %s is no whole number of milliseconds from 1 to 1000."), value);
  parse->options->launch->interval_ms = (guint)number;
  return TRUE;
}

static gboolean
take_instruments (Parse *parse, const char *value, GError **error)
{
  TideLaunch *launch = parse->options->launch;

  return tide_instruments_parse (value, &launch->instruments, &launch->sample_bytes, error);
}

static gboolean
take_trigger (Parse *parse, const char *value, GError **error)
{
  /* As in Python and in the window: all of them.  */
  if (strcmp (value, "0") == 0)
    parse->options->launch->trigger_bytes = 0;
  else if (!tide_parse_size (value, &parse->options->launch->trigger_bytes))
    return fail (error, _ ("--trigger %s is no size: write a number of bytes, or one with K, M or G."),
                 value);
  return TRUE;
}

static gboolean
take_budget (Parse *parse, const char *value, GError **error)
{
  char *end;
  double percent = g_ascii_strtod (value, &end);

  if (end == value || *end != '\0' || !(percent >= 0.1 && percent <= 100))
    return fail (error, _ ("--budget %s is no share: write a number of percent from 0.1 to 100."), value);
  parse->options->launch->budget = (guint)(percent * 10 + 0.5);
  return TRUE;
}

/* "2.5:+bytes,-faults".  */
static gboolean
take_switch_at (Parse *parse, const char *value, GError **error)
{
  char *end;
  double seconds = g_ascii_strtod (value, &end);
  TideCliSwitch item;

  /* More than 24 days are more than a timer's milliseconds can count.  */
  if (end == value || *end != ':' || !(seconds >= 0 && seconds <= 2e6))
    return fail (error, _ ("--switch-at %s is no moment: write SECONDS:+INSTRUMENT,-INSTRUMENT."), value);
  item.after_ms = (guint)(seconds * 1000 + 0.5);
  if (!tide_instruments_parse_switch (end + 1, &item.wish, error))
    return FALSE;
  g_array_append_val (parse->options->switches, item);
  return TRUE;
}

static gboolean
take_max_size (Parse *parse, const char *value, GError **error)
{
  if (!tide_parse_size (value, &parse->options->launch->max_bytes))
    return fail (error, _ ("--max-size %s is no size: write a number of bytes, or one with K, M or G."),
                 value);
  return TRUE;
}

static gboolean
take_children (Parse *parse, const char *value, GError **error)
{
  parse->options->launch->children = TRUE;
  return TRUE;
}

static gboolean
take_ask_permission (Parse *parse, const char *value, GError **error)
{
  parse->options->launch->ask_permission = TRUE;
  return TRUE;
}

/* What the Python package says of a process that records itself: PID and three descriptors.  */
static gboolean
take_join (Parse *parse, const char *value, GError **error)
{
  TideJoin *join = &parse->options->launch->join;
  int end = 0;

  if (sscanf (value, "%d,%d,%d,%d%n", &join->region_fd, &join->pid, &join->ready_fd, &join->life_fd, &end)
          == 4
      && value[end] == '\0' && join->pid > 0 && join->region_fd > 2 && join->ready_fd > 2
      && join->life_fd > 2)
    return TRUE;
  join->pid = 0;
  return fail (error, _ ("--join %s is for Pagetide's Python package: import pagetide in the program."),
               value);
}

static const struct
{
  const char *name;
  Take take;       /* NULL: named by the design, not built yet */
  gboolean record; /* of `record` alone                        */
  gboolean no_value;
} options_by_name[] = {
  { "-o", take_output, TRUE, FALSE },
  { "--output", take_output, TRUE, FALSE },
  { "--python", take_python, FALSE, FALSE },
  { "--cwd", take_directory, FALSE, FALSE },
  { "--env", take_environment, FALSE, FALSE },
  { "--interval", take_interval, FALSE, FALSE },
  { "--instruments", take_instruments, FALSE, FALSE },
  { "--max-size", take_max_size, FALSE, FALSE },
  { "--trigger", take_trigger, FALSE, FALSE },
  { "--budget", take_budget, FALSE, FALSE },
  { "--switch-at", take_switch_at, TRUE, FALSE },
  { "--children", take_children, FALSE, TRUE },
  { "--ask-permission", take_ask_permission, FALSE, TRUE },
  { "--pid", NULL, TRUE, FALSE },
  { "--duration", NULL, TRUE, FALSE },
  { "--join", take_join, TRUE, FALSE },
};

/* Takes the option at ARGV[*AT] with its value ("--name value", "--name=value", "-ovalue") and steps over it.
 */
static gboolean
take_option (Parse *parse, char **argv, int *at, gboolean record, GError **error)
{
  const char *argument = argv[*at];
  gboolean is_long = g_str_has_prefix (argument, "--");
  g_autofree char *name = is_long ? g_strndup (argument, strcspn (argument, "=")) : g_strndup (argument, 2);
  const char *attached = argument + strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (options_by_name); i++)
    {
      const char *value;

      if (strcmp (options_by_name[i].name, name) != 0 || (options_by_name[i].record && !record))
        continue;
      if (options_by_name[i].take == NULL)
        return fail (error, _ ("The option %s is not built yet."), name);
      if (options_by_name[i].no_value)
        {
          if (*attached != '\0')
            return fail (error, _ ("The option %s takes no value."), name);
          ++*at;
          return options_by_name[i].take (parse, NULL, error);
        }
      if (*attached == '\0')
        value = argv[++*at];
      else
        value = is_long ? attached + 1 : attached;
      if (value == NULL)
        return fail (error, _ ("The option %s needs a value."), name);
      ++*at;
      return options_by_name[i].take (parse, value, error);
    }
  return fail (error, _ ("There is no option %s here: --help lists those there are."), argument);
}

/* ARGV[0] is SCRIPT, -m or -c.  */
static gboolean
take_program (TideLaunch *launch, char **argv, GError **error)
{
  const char *word = argv[0];

  if (g_str_has_prefix (word, "-m") || g_str_has_prefix (word, "-c"))
    {
      launch->kind = word[1] == 'm' ? TIDE_PROGRAM_MODULE : TIDE_PROGRAM_CODE;
      word = word[2] != '\0' ? word + 2 : *++argv;
      if (word == NULL)
        return fail (error,
                     launch->kind == TIDE_PROGRAM_MODULE ? _ ("-m needs the name of a module.")
                                                         : _ ("-c needs a program."),
                     "");
    }
  launch->program = g_strdup (word);
  if (argv[1] != NULL)
    launch->args = g_strdupv (argv + 1);
  return TRUE;
}

static gboolean
is_program (const char *argument)
{
  return argument[0] != '-' || argument[1] == '\0' || g_str_has_prefix (argument, "-m")
         || g_str_has_prefix (argument, "-c");
}

gboolean
tide_cli_options_parse (TideCliOptions *self, int argc, char **argv, gboolean record, GError **error)
{
  g_autoptr (GStrvBuilder) environment = g_strv_builder_new ();
  Parse parse = { self, environment, FALSE };
  int at = 1;
  gboolean only_script = FALSE;

  self->launch = tide_launch_new ();
  self->switches = g_array_new (FALSE, FALSE, sizeof (TideCliSwitch));
  while (at < argc && !only_script && !is_program (argv[at]))
    {
      if (strcmp (argv[at], "--help") == 0 || strcmp (argv[at], "-h") == 0)
        {
          self->help = TRUE;
          return TRUE;
        }
      only_script = strcmp (argv[at], "--") == 0;
      if (only_script)
        at++;
      else if (!take_option (&parse, argv, &at, record, error))
        return FALSE;
    }
  if (parse.has_environment)
    self->launch->environment = g_strv_builder_end (environment);
  if (self->launch->join.pid > 0 && self->output != NULL && at >= argc)
    return TRUE;
  if (at >= argc)
    return fail (error, _ ("Name the program: a script, -m MODULE or -c CODE."), "");
  if (!only_script)
    return take_program (self->launch, argv + at, error);
  self->launch->program = g_strdup (argv[at]);
  if (argv[at + 1] != NULL)
    self->launch->args = g_strdupv (argv + at + 1);
  return TRUE;
}
