#include "tide-told.h"

#include <string.h>

#define ASKED "Pagetide's helper is asked to do it instead."

static const char *domain;

/* Stands in for GLib's: a language that writes English in brackets, on every machine.  */
const gchar *
g_dgettext (const gchar *of, const gchar *text)
{
  g_autofree char *translated = g_strdup_printf ("<%s>", text);

  domain = of;
  return g_intern_string (translated);
}

static void
test_known (void)
{
  static const char *const sentences[] = {
    "A debugger is attached.",
    "To stay under the budget, calls are no longer told.",
    "What the agent wrote makes no sense; its memory was damaged by the program.",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autofree char *copy = g_strdup (sentences[i]);
      g_autofree char *expected = g_strdup_printf ("<%s>", sentences[i]);

      domain = NULL;
      g_assert_cmpstr (tide_told (copy), ==, expected);
      g_assert_cmpstr (domain, ==, "pagetide");
    }
}

/* Each half in its own words, and the same text each time.  */
static void
test_asked (void)
{
  static const char text[] = "The program blocks SIGTRAP. " ASKED;
  const char *told = tide_told (text);

  g_assert_cmpstr (told, ==, "<The program blocks SIGTRAP.> <" ASKED ">");
  g_assert_true (tide_told (text) == told);
}

/* What others say is theirs, however much it looks like ours.  */
static void
test_others (void)
{
  g_autofree char *longest = g_strnfill (10 << 20, 'A');
  const char *const texts[] = {
    "",
    " ",
    "A",
    "A debugger is attached",
    "A debugger is attached. ",
    " A debugger is attached.",
    "a debugger is attached.",
    "A debugger is attached.\n",
    "A debugger is attached. A debugger is attached.",
    "\xff\xfe",
    "100 %s %n",
    ASKED,
    " " ASKED,
    "A debugger is attached." ASKED,
    "A debugger is attached.  " ASKED,
    "A debugger is attached. " ASKED " ",
    "A debugger is attached. " ASKED " " ASKED,
    "Nobody knows. " ASKED,
    longest,
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (tide_told (texts[i]) == texts[i]);
  g_assert_null (tide_told (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/told/known", test_known);
  g_test_add_func ("/told/asked", test_asked);
  g_test_add_func ("/told/others", test_others);
  return g_test_run ();
}
