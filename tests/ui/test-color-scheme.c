#include "tide-color-scheme.h"

static const struct
{
  const char *name;
  const char *value; /* as GVariant text */
  gboolean known, dark;
} cases[] = {
  { "no-preference", "<uint32 0>", TRUE, FALSE },
  { "dark", "<uint32 1>", TRUE, TRUE },
  { "light", "<uint32 2>", TRUE, FALSE },
  { "wrapped-twice", "<<uint32 1>>", TRUE, TRUE },
  { "from-the-future", "<uint32 3>", FALSE, FALSE },
  { "string", "<'dark'>", FALSE, FALSE },
};

static void
test_parse (gconstpointer data)
{
  gsize n = GPOINTER_TO_SIZE (data);
  g_autoptr (GVariant) value = g_variant_parse (NULL, cases[n].value, NULL, NULL, NULL);
  gboolean dark = FALSE;

  g_assert_nonnull (value);
  g_assert_cmpint (tide_color_scheme_parse (value, &dark), ==, cases[n].known);
  if (cases[n].known)
    g_assert_cmpint (dark, ==, cases[n].dark);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autofree char *path = g_strconcat ("/color-scheme/", cases[n].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (n), test_parse);
    }
  return g_test_run ();
}
