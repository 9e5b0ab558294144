#include "tide-cli-options.h"
#include "tide-wire.h"

static gboolean
parse (TideCliOptions *options, const char *line, gboolean record)
{
  g_auto (GStrv) argv = g_strsplit (line, "|", -1);

  return tide_cli_options_parse (options, (int)g_strv_length (argv), argv, record, NULL);
}

static void
test_programs (void)
{
  static const struct
  {
    const char *line;
    TideProgramKind kind;
    const char *program, *arguments;
  } cases[] = {
    { "run|a.py", TIDE_PROGRAM_SCRIPT, "a.py", NULL },
    { "run|a.py|--help|-o|x", TIDE_PROGRAM_SCRIPT, "a.py", "--help|-o|x" },
    { "run|-|x", TIDE_PROGRAM_SCRIPT, "-", "x" },
    { "run|-m|http.server|8000", TIDE_PROGRAM_MODULE, "http.server", "8000" },
    { "run|-mhttp.server", TIDE_PROGRAM_MODULE, "http.server", NULL },
    { "run|-c|pass|-c|pass", TIDE_PROGRAM_CODE, "pass", "-c|pass" },
    { "run|--interval|3|--|-m|x", TIDE_PROGRAM_SCRIPT, "-m", "x" },
    { "run|--|--", TIDE_PROGRAM_SCRIPT, "--", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (TideCliOptions) options = { NULL };
      g_autofree char *arguments = NULL;

      g_assert_true (parse (&options, cases[i].line, FALSE));
      g_assert_cmpint (options.launch->kind, ==, cases[i].kind);
      g_assert_cmpstr (options.launch->program, ==, cases[i].program);
      arguments = options.launch->args != NULL ? g_strjoinv ("|", options.launch->args) : NULL;
      g_assert_cmpstr (arguments, ==, cases[i].arguments);
    }
}

static void
test_options (void)
{
  g_auto (TideCliOptions) options = { NULL };
  g_autofree char *environment = NULL;
  const TideCliSwitch *first;

  g_assert_true (parse (
      &options,
      "record|-oout|--python=py|--cwd|d|--env|A=1=2|--env=B=|--interval|7|--instruments=faults|--max-size|2g|"
      "--output|last|--trigger|8K|--budget|2.5|--switch-at|1.5:+gc|--switch-at=0:-gc,-events|s.py",
      TRUE));
  g_assert_cmpstr (options.output, ==, "last");
  g_assert_cmpstr (options.launch->python, ==, "py");
  g_assert_cmpstr (options.launch->directory, ==, "d");
  environment = g_strjoinv ("|", options.launch->environment);
  g_assert_cmpstr (environment, ==, "A=1=2|B=");
  g_assert_cmpuint (options.launch->interval_ms, ==, 7);
  g_assert_cmpuint (options.launch->instruments, ==, TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_FAULTS);
  g_assert_cmpuint (options.launch->max_bytes, ==, G_GUINT64_CONSTANT (2) << 30);
  g_assert_cmpuint (options.launch->trigger_bytes, ==, 8192);
  g_assert_cmpuint (options.launch->budget, ==, 25);
  g_assert_cmpuint (options.switches->len, ==, 2);
  first = &g_array_index (options.switches, TideCliSwitch, 0);
  g_assert_cmpuint (first->after_ms, ==, 1500);
  g_assert_cmpuint (first->wish.on, ==, TIDE_INSTRUMENT_GC);
  g_assert_cmpuint (first[1].after_ms, ==, 0);
  g_assert_cmpuint (first[1].wish.off, ==, TIDE_INSTRUMENT_GC | TIDE_INSTRUMENT_EVENTS);
}

/* All events, as in Python and in the window; the last one counts.  */
static void
test_no_trigger (void)
{
  g_auto (TideCliOptions) options = { NULL };

  g_assert_true (parse (&options, "record|--trigger|8K|--trigger|0|s.py", TRUE));
  g_assert_cmpuint (options.launch->trigger_bytes, ==, 0);
}

static void
test_refused (void)
{
  static const char *const lines[] = { "record",
                                       "record|--",
                                       "record|-o",
                                       "record|-m",
                                       "record|-c",
                                       "record|--env|A|s",
                                       "record|--env",
                                       "record|-x|s",
                                       "record|--o|s",
                                       "record|--interval|1001|s",
                                       "record|--instruments|x|s" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (TideCliOptions) options = { NULL };

      g_test_message ("%s", lines[i]);
      g_assert_false (parse (&options, lines[i], TRUE));
    }
}

static void
test_size (void)
{
  static const struct
  {
    const char *text;
    guint64 bytes; /* 0: refused */
  } cases[] = {
    { "1", 1 },
    { "1024", 1024 },
    { "1K", 1024 },
    { "3m", 3 << 20 },
    { "1G", 1 << 30 },
    { "1T", G_GUINT64_CONSTANT (1) << 40 },
    { "", 0 },
    { "0", 0 },
    { "K", 0 },
    { "1KB", 0 },
    { "-1", 0 },
    { "1.5M", 0 },
    { " 1", 0 },
    { "1 K", 0 },
    { "0x10", 0 },
    { "99999999999999999999", 0 },
    { "9999999999G", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 bytes = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_true (tide_parse_size (cases[i].text, &bytes) == (cases[i].bytes != 0));
      g_assert_cmpuint (bytes, ==, cases[i].bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-options/programs", test_programs);
  g_test_add_func ("/cli-options/options", test_options);
  g_test_add_func ("/cli-options/no-trigger", test_no_trigger);
  g_test_add_func ("/cli-options/refused", test_refused);
  g_test_add_func ("/cli-options/size", test_size);
  return g_test_run ();
}
