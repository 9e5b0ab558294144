#include "tide-account.h"
#include "tide-block-map.h"

#include <glib.h>

static gint64 own_pages;

/* The agent's: nobody accounts here.  */
void
tide_account_own (int64_t pages)
{
  own_pages += pages;
}

static void
test_nothing (void)
{
  TideBlockMap map = { 0 };

  g_assert_cmpuint (tide_block_map_take (&map, 16), ==, 0);
  tide_block_map_clear (&map);
  g_assert_cmpint (own_pages, ==, 0);
}

static void
test_replaces (void)
{
  TideBlockMap map = { 0 };
  guint64 old;

  g_assert_true (tide_block_map_put (&map, 4096, 7, &old));
  g_assert_cmpuint (old, ==, 0);
  g_assert_true (tide_block_map_put (&map, 4096, 8, &old));
  g_assert_cmpuint (old, ==, 7);
  g_assert_cmpuint (map.n_used, ==, 1);
  g_assert_cmpuint (tide_block_map_take (&map, 4096), ==, 8);
  g_assert_cmpuint (tide_block_map_take (&map, 4096), ==, 0);
  tide_block_map_clear (&map);
  g_assert_cmpint (own_pages, ==, 0);
}

/* Against a table of GLib's, with addresses so close that they push each other on.  */
static void
test_like_a_table (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  g_autoptr (GHashTable) table = g_hash_table_new (NULL, NULL);
  TideBlockMap map = { 0 };
  guint64 old;

  for (guint i = 1; i < 400000; i++)
    {
      guint n_different = i < 200000 ? 20000 : 500;
      gsize block = 16 * (1 + g_rand_int_range (random, 0, n_different));
      gpointer key = GSIZE_TO_POINTER (block);

      if (g_rand_int_range (random, 0, 2))
        {
          g_assert_true (tide_block_map_put (&map, block, i, &old));
          g_assert_cmpuint (old, ==, GPOINTER_TO_SIZE (g_hash_table_lookup (table, key)));
          g_hash_table_insert (table, key, GSIZE_TO_POINTER (i));
        }
      else
        {
          g_assert_cmpuint (tide_block_map_take (&map, block), ==,
                            GPOINTER_TO_SIZE (g_hash_table_lookup (table, key)));
          g_hash_table_remove (table, key);
        }
      g_assert_cmpuint (map.n_used, ==, g_hash_table_size (table));
    }
  g_assert_cmpint (own_pages, >, 0);
  tide_block_map_clear (&map);
  g_assert_cmpint (own_pages, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-map/nothing", test_nothing);
  g_test_add_func ("/block-map/replaces", test_replaces);
  g_test_add_func ("/block-map/like-a-table", test_like_a_table);
  return g_test_run ();
}
