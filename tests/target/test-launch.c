#include "tide-launch.h"
#include "tide-wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *scratch;

static char *
in_scratch (const char *name)
{
  return g_build_filename (scratch, name, NULL);
}

static TideLaunch *
launch_of (TideProgramKind kind, const char *program, const char *argument)
{
  TideLaunch *launch = tide_launch_new ();

  launch->kind = kind;
  launch->program = g_strdup (program);
  if (argument != NULL)
    {
      launch->args = g_new0 (char *, 2);
      launch->args[0] = g_strdup (argument);
    }
  return launch;
}

static void
test_describe (void)
{
  static const struct
  {
    const char *python;
    TideProgramKind kind;
    const char *program, *argument, *expected;
  } cases[] = {
    { NULL, TIDE_PROGRAM_SCRIPT, "a.py", NULL, "python3 a.py" },
    { "/opt/my python", TIDE_PROGRAM_SCRIPT, "a.py", "--n=3", "'/opt/my python' a.py --n=3" },
    { NULL, TIDE_PROGRAM_MODULE, "http.server", "", "python3 -m http.server ''" },
    { NULL, TIDE_PROGRAM_CODE, "print('x')", NULL, "python3 -c 'print('\\''x'\\'')'" },
    { NULL, TIDE_PROGRAM_SCRIPT, "-odd.py", "a\nb", "python3 -- -odd.py 'a\nb'" },
    { NULL, TIDE_PROGRAM_SCRIPT, "-", NULL, "python3 -" },
    { NULL, TIDE_PROGRAM_SCRIPT, "\xff.py", NULL, "python3 '\357\277\275.py'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TideLaunch) launch = launch_of (cases[i].kind, cases[i].program, cases[i].argument);
      g_autofree char *text = NULL;

      launch->python = g_strdup (cases[i].python);
      text = tide_launch_describe (launch);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_name (void)
{
  g_autoptr (TideLaunch) script = launch_of (TIDE_PROGRAM_SCRIPT, "/some/where/batch.py", NULL);
  g_autoptr (TideLaunch) module = launch_of (TIDE_PROGRAM_MODULE, "http.server", NULL);
  g_autoptr (TideLaunch) code = launch_of (TIDE_PROGRAM_CODE, "pass", NULL);
  g_autofree char *one = tide_launch_dup_name (script);
  g_autofree char *two = tide_launch_dup_name (module);
  g_autofree char *three = tide_launch_dup_name (code);

  g_assert_cmpstr (one, ==, "batch.py");
  g_assert_cmpstr (two, ==, "http.server");
  g_assert_cmpstr (three, ==, "-c");
}

static void
assert_problem (const TideLaunch *launch, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tide_launch_check (launch, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_check (void)
{
  g_autofree char *folder = in_scratch ("folder");
  g_autofree char *script = in_scratch ("folder/a b\n.py");
  g_autofree char *plain = in_scratch ("plain");
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_SCRIPT, "a b\n.py", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (script, "pass\n", -1, NULL));
  g_assert_true (g_file_set_contents (plain, "", -1, NULL));
  launch->python = g_strdup ("/bin/sh");

  /* The script is meant as the program's own folder sees it.  */
  assert_problem (launch, "There is no script");
  launch->directory = g_strdup (folder);
  g_assert_true (tide_launch_check (launch, &error));
  g_assert_no_error (error);

  g_free (launch->directory);
  launch->directory = in_scratch ("nowhere\xff");
  assert_problem (launch, "There is no folder");
  g_free (launch->directory);
  launch->directory = g_strdup (plain);
  assert_problem (launch, "There is no folder");
  g_free (launch->directory);
  launch->directory = NULL;

  g_free (launch->program);
  launch->program = g_strdup (folder);
  assert_problem (launch, "__main__.py");
  g_free (launch->program);
  launch->program = g_strdup ("");
  assert_problem (launch, "Choose the script");
  launch->kind = TIDE_PROGRAM_MODULE;
  assert_problem (launch, "module");
  launch->kind = TIDE_PROGRAM_CODE;
  g_assert_true (tide_launch_check (launch, &error));

  g_free (launch->python);
  launch->python = g_strdup ("no-such-python-anywhere");
  assert_problem (launch, "no-such-python-anywhere");
  g_free (launch->python);
  launch->python = g_strdup (plain);
  assert_problem (launch, "cannot be run");
  g_free (launch->python);
  launch->python = g_strdup (folder);
  assert_problem (launch, "cannot be run");
  g_free (launch->python);
  launch->python = in_scratch ("nothing");
  assert_problem (launch, "There is no Python interpreter");
  g_free (launch->python);
  launch->python = g_strdup ("/bin/sh");

  launch->environment = g_strsplit ("A=1|B|=x", "|", -1);
  assert_problem (launch, "NAME=VALUE");
}

static void
test_python (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_CODE, "pass", NULL);
  g_autofree char *old = g_get_current_dir ();
  g_autofree char *link = in_scratch ("python-link");
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  /* A link is kept: it is what makes a virtual environment.  */
  g_assert_cmpint (symlink ("/bin/sh", link), ==, 0);
  launch->python = g_strdup ("./python-link");
  g_assert_cmpint (g_chdir (scratch), ==, 0);
  found = tide_launch_find_python (launch, &error);
  g_assert_cmpint (g_chdir (old), ==, 0);
  g_assert_no_error (error);
  g_assert_true (g_path_is_absolute (found));
  g_assert_true (g_str_has_suffix (found, "python-link"));
}

static void
test_variant (void)
{
  g_autoptr (TideLaunch) launch = launch_of (TIDE_PROGRAM_MODULE, "m\xff", "an \xfe argument");
  g_autoptr (TideLaunch) back = NULL;
  g_autoptr (TideLaunch) copy = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) foreign = g_variant_ref_sink (g_variant_new_string ("?"));
  g_autoptr (GVariant) wrong = g_variant_ref_sink (
      g_variant_new_parsed ("{'program': <b'x'>, 'kind': <uint32 77>, 'python': <1>, 'args': <'a'>,"
                            " 'instruments': <uint32 4294967295>, 'interval-ms': <uint32 4294967295>}"));

  launch->python = g_strdup ("python3.12");
  launch->directory = g_strdup ("/tmp/\xf0");
  launch->environment = g_strsplit ("A=1 2|B", "|", -1);
  launch->instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_FAULTS;
  launch->interval_ms = 7;
  launch->ask_permission = TRUE;
  launch->capture_output = TRUE;
  variant = tide_launch_to_variant (launch);
  back = tide_launch_from_variant (variant);
  g_assert_cmpint (back->kind, ==, TIDE_PROGRAM_MODULE);
  g_assert_cmpstr (back->program, ==, "m\xff");
  g_assert_cmpstr (back->python, ==, "python3.12");
  g_assert_cmpstr (back->directory, ==, "/tmp/\xf0");
  g_assert_cmpstrv (back->args, launch->args);
  g_assert_cmpstrv (back->environment, launch->environment);
  g_assert_cmpuint (back->instruments, ==, launch->instruments);
  g_assert_cmpuint (back->interval_ms, ==, 7);
  g_assert_true (back->ask_permission);
  g_assert_true (back->capture_output);
  copy = tide_launch_copy (back);
  g_assert_cmpstr (copy->program, ==, back->program);
  g_assert_true (copy->program != back->program);

  g_assert_null (tide_launch_from_variant (NULL));
  g_assert_null (tide_launch_from_variant (foreign));
  tide_launch_free (back);
  back = tide_launch_from_variant (wrong);
  g_assert_cmpint (back->kind, ==, TIDE_PROGRAM_SCRIPT);
  g_assert_null (back->python);
  g_assert_null (back->args);
  /* None that there is not.  */
  g_assert_cmpuint (back->instruments & ~((1u << TIDE_N_INSTRUMENTS) - 1), ==, 0);
  g_assert_cmpuint (back->instruments & TIDE_INSTRUMENT_EVENTS, !=, 0);
  g_assert_cmpuint (back->interval_ms, ==, TIDE_LAUNCH_MAX_INTERVAL_MS);
}

static void
test_instruments (void)
{
  static const struct
  {
    const char *text;
    guint expected; /* 0: an error */
    const char *part;
  } cases[] = {
    { "", TIDE_INSTRUMENT_SAMPLER, "" },
    { "events", TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS, "events" },
    { " faults , events ", TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS | TIDE_INSTRUMENT_FAULTS,
      "events,faults" },
    { "sampler", TIDE_INSTRUMENT_SAMPLER, "" },
    { "gc,bytes-sampled=64K,bytes,lines,calls",
      TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_LINES | TIDE_INSTRUMENT_BYTES
          | TIDE_INSTRUMENT_BYTES_SAMPLED | TIDE_INSTRUMENT_GC,
      "calls,lines,bytes,bytes-sampled,gc" },
    { "bytes-sampled=", 0, "no distance" },
    { "bytes=1", 0, "takes no value" },
    { "tracemalloc=16", 0, "“tracemalloc” is not built yet" },
    { "mallocstats=1", 0, "“mallocstats” is not built yet" },
    { "events=2", 0, "takes no value" },
    { "Events", 0, "no instrument “Events”" },
    { "\xff", 0, "no instrument" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      guint bits = 0;
      guint64 sample_bytes = 0;
      gboolean good = tide_instruments_parse (cases[i].text, &bits, &sample_bytes, &error);

      g_assert_true (good == (cases[i].expected != 0));
      g_assert_cmpuint (bits, ==, cases[i].expected);
      if (good)
        {
          text = tide_instruments_format (bits);
          g_assert_cmpstr (text, ==, cases[i].part);
          g_assert_cmpuint (sample_bytes, ==, strchr (cases[i].text, '=') != NULL ? 65536 : 0);
        }
      else
        g_assert_nonnull (strstr (error->message, cases[i].part));
    }
}

static void
test_switch (void)
{
  static const struct
  {
    const char *text;
    guint on, off, parts;
    const char *part; /* of the sentence when it is none */
  } cases[] = {
    { "+gc", TIDE_INSTRUMENT_GC, 0, 0, NULL },
    { "+bytes-sampled=1K, -faults,-gc", TIDE_INSTRUMENT_BYTES_SAMPLED,
      TIDE_INSTRUMENT_FAULTS | TIDE_INSTRUMENT_GC, TIDE_SWITCH_SAMPLE, NULL },
    /* The last word counts.  */
    { "+gc,-gc", 0, TIDE_INSTRUMENT_GC, 0, NULL },
    { "gc", 0, 0, 0, "“gc” switches nothing" },
    { "", 0, 0, 0, "switches nothing" },
    { "+gc,", 0, 0, 0, "switches nothing" },
    { "-heap", 0, 0, 0, "not built yet" },
    { "+\xff", 0, 0, 0, "no instrument" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TideSwitch wish;

      g_assert_true (tide_instruments_parse_switch (cases[i].text, &wish, &error) == (cases[i].part == NULL));
      if (cases[i].part != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].part));
      else
        {
          g_assert_cmpuint (wish.on, ==, cases[i].on);
          g_assert_cmpuint (wish.off, ==, cases[i].off);
          g_assert_cmpuint (wish.parts, ==, cases[i].parts);
          g_assert_cmpuint (wish.sample_bytes, ==, cases[i].parts != 0 ? 1024 : 0);
        }
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *command = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("tide-launch-XXXXXX", NULL);
  g_test_add_func ("/launch/describe", test_describe);
  g_test_add_func ("/launch/name", test_name);
  g_test_add_func ("/launch/check", test_check);
  g_test_add_func ("/launch/python", test_python);
  g_test_add_func ("/launch/variant", test_variant);
  g_test_add_func ("/launch/instruments", test_instruments);
  g_test_add_func ("/launch/switch", test_switch);
  status = g_test_run ();
  command = g_strdup_printf ("rm -rf '%s'", scratch);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (scratch);
  return status;
}
