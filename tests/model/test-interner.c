#include "tide-interner.h"

static void
test_strings (void)
{
  g_autoptr (TideInterner) interner = tide_interner_new ();
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  for (guint32 id = 1; id <= 20000; id++)
    {
      /* Each text twice; lengths on both sides of a multiple of eight bytes.  */
      char *text = g_strdup_printf ("%0*u", (int)(id / 2 % 40 + 6), id / 2);

      g_ptr_array_add (kept, text);
      g_assert_cmpuint (tide_interner_add_string (interner, text, id), ==,
                        id % 2 == 1 && id > 1 ? id - 1 : id);
    }
  g_assert_cmpuint (tide_interner_add_string (interner, "", 50000), ==, 50000);
  g_assert_cmpuint (tide_interner_add_string (interner, "", 50001), ==, 50000);
}

static void
test_functions (void)
{
  g_autoptr (TideInterner) interner = tide_interner_new ();

  g_assert_cmpuint (tide_interner_add_function (interner, 1, 2, 3, 1), ==, 1);
  g_assert_cmpuint (tide_interner_add_function (interner, 2, 1, 3, 2), ==, 2);
  g_assert_cmpuint (tide_interner_add_function (interner, 1, 2, 4, 3), ==, 3);
  g_assert_cmpuint (tide_interner_add_function (interner, 1, 2, 3, 4), ==, 1);
  g_assert_cmpuint (tide_interner_add_function (interner, 0, 0, 0, 5), ==, 5);
  g_assert_cmpuint (tide_interner_add_function (interner, 0, 0, 0, 6), ==, 5);
  for (guint32 i = 7; i < 50000; i++)
    g_assert_cmpuint (tide_interner_add_function (interner, i, i, i, i), ==, i);
  for (guint32 i = 7; i < 50000; i++)
    g_assert_cmpuint (tide_interner_add_function (interner, i, i, i, 60000), ==, i);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interner/strings", test_strings);
  g_test_add_func ("/interner/functions", test_functions);
  return g_test_run ();
}
