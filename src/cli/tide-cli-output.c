#include "config.h"

#include "tide-cli.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

/* TEXT as the terminal's locale can show it, on one line and without anything that it would obey.  */
static char *
make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *local = NULL;
  const char *charset;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isprint (c) || c == 0x202f)
        g_string_append_unichar (line, c);
      else
        g_string_append_printf (line, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
    }
  if (g_get_charset (&charset))
    return g_string_free (g_steal_pointer (&line), FALSE);
  local = g_convert_with_fallback (line->str, line->len, charset, "UTF-8", "?", NULL, NULL, NULL);
  return local != NULL ? g_steal_pointer (&local) : g_string_free (g_steal_pointer (&line), FALSE);
}

static void
say (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *printable = make_printable (text);

  fprintf (stderr, "pagetide: %s\n", printable);
}

int
tide_cli_fail (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (format, args);
  va_end (args);
  return 1;
}

void
tide_cli_say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (format, args);
  va_end (args);
}

int
tide_cli_print (const char *text)
{
  const char *charset;
  g_autofree char *local = g_get_charset (&charset)
                               ? g_strdup (text)
                               : g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);

  if (fputs (local != NULL ? local : text, stdout) < 0 || fflush (stdout) != 0)
    return tide_cli_fail (_ ("The answer cannot be written: %s."), g_strerror (errno));
  return 0;
}
