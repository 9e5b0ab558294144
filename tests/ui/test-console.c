#include "tide-console.h"

#include <string.h>

/* "|" stands where the line begins again.  */
static void
collect (TideConsoleOp op, const char *text, gsize length, gpointer data)
{
  GString *all = data;

  g_assert_true (g_utf8_validate (text, (gssize)length, NULL));
  if (op == TIDE_CONSOLE_RESTART)
    g_string_append_c (all, '|');
  else
    g_string_append_len (all, text, (gssize)length);
}

static const struct
{
  const char *name;
  const char *bytes;
  const char *text;
} cases[] = {
  { "plain", "one\ntwo", "one\ntwo" },
  { "windows-line-ends", "one\r\ntwo\r\n", "one\ntwo\n" },
  { "progress", "10 %\r20 %\r\r30 %\n", "10 %|20 %|30 %\n" },
  { "return-at-end", "done\r", "done" },
  { "colours", "\033[1;31mred\033[0m\033[K!", "red!" },
  { "title", "\033]0;my title\007after\033]8;;x\033\\link", "afterlink" },
  { "charset", "\033(Btext\033=x", "textx" },
  { "cut-sequence", "\033[12\nnext", "\nnext" },
  { "controls", "a\ab\bc\vd", "abcd" },
  { "tab", "a\tb", "a\tb" },
  { "utf-8", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a" },
  { "not-utf-8",
    "a\xff"
    "b\xc3(",
    "a\xef\xbf\xbd"
    "b\xef\xbf\xbd(" },
  { "overlong", "\xc0\x80\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
  { "bidi-override",
    "a\xe2\x80\xae"
    "b",
    "a\xef\xbf\xbd"
    "b" },
};

static void
test_case (gconstpointer data)
{
  gsize n = GPOINTER_TO_SIZE (data), length = strlen (cases[n].bytes);

  /* In one piece, and byte by byte: chunks are cut anywhere.  */
  for (gsize step = length; step > 0; step = step == length && length > 1 ? 1 : 0)
    {
      g_autoptr (TideConsole) console = tide_console_new ();
      g_autoptr (GString) all = g_string_new (NULL);

      for (gsize i = 0; i < length; i += step)
        tide_console_feed (console, (const guint8 *)cases[n].bytes + i, MIN (step, length - i), collect, all);
      g_assert_cmpstr (all->str, ==, cases[n].text);
    }
}

static void
test_long_line (void)
{
  g_autoptr (TideConsole) console = tide_console_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *line = g_strnfill (3 * TIDE_CONSOLE_MAX_LINE, 'x');
  g_auto (GStrv) lines = NULL;

  tide_console_feed (console, (const guint8 *)line, strlen (line), collect, all);
  lines = g_strsplit (all->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (strlen (lines[i]), ==, TIDE_CONSOLE_MAX_LINE);
}

static void
test_zero (void)
{
  g_autoptr (TideConsole) console = tide_console_new ();
  g_autoptr (GString) all = g_string_new (NULL);

  tide_console_feed (console, (const guint8 *)"a\0b", 3, collect, all);
  g_assert_cmpstr (all->str, ==, "ab");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autofree char *path = g_strconcat ("/console/", cases[n].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (n), test_case);
    }
  g_test_add_func ("/console/long-line", test_long_line);
  g_test_add_func ("/console/zero", test_zero);
  return g_test_run ();
}
