#include "tide-account.h"
#include "tide-block-plane.h"

#include <glib.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic gint64 own_pages;

void
tide_account_own (int64_t pages)
{
  atomic_fetch_add (&own_pages, pages);
}

static void
note (guintptr address, guint64 value)
{
  TideBlockWord *word = tide_block_plane_make (address);

  g_assert_nonnull (word);
  *word = value;
}

static void
test_impossible (void)
{
  g_assert_null (tide_block_plane_make (0x1234567890abc));
  g_assert_null (tide_block_plane_make (4 + 65536));
  g_assert_null (tide_block_plane_find (0xffff800000000000));
  g_assert_null (tide_block_plane_find (65536));
}

/* All addresses that differ have words that differ: in one page, far apart (two of them so that only one can
 * be known at once), and 8 bytes from each other.  */
static void
test_apart (void)
{
  static const guintptr bases[] = { 0x1000,         0x555555550000, 0x7f0000000000,
                                    0x7f0000400000, 0x7f0010000000, 0x7ffffffff000 };

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k++)
      note (bases[i] + 8 * k, 1000 * i + k + 1);
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k++)
      g_assert_cmpuint (*tide_block_plane_find (bases[i] + 8 * k), ==, 1000 * i + k + 1);
  tide_block_plane_clear ();
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k++)
      {
        TideBlockWord *word = tide_block_plane_find (bases[i] + 8 * k);

        g_assert_true (word == NULL || *word == 0);
      }
  note (bases[1], 5);
  g_assert_cmpuint (*tide_block_plane_find (bases[1]), ==, 5);
  tide_block_plane_clear ();
}

/* What blocks of 16 MiB take here is at most half of it, and gone afterwards but for the roots.  */
static void
test_accounted (void)
{
  gint64 before, page = (gint64)sysconf (_SC_PAGESIZE);

  note (0x600000000000, 1);
  tide_block_plane_clear ();
  before = own_pages;
  for (guintptr at = 0; at < 16 << 20; at += 32)
    note (0x600000000000 + at, at + 1);
  g_assert_cmpint ((own_pages - before) * page, >=, 8 << 20);
  g_assert_cmpint ((own_pages - before) * page, <=, (8 << 20) + 5 * page);
  tide_block_plane_clear ();
  g_assert_cmpint (own_pages - before, <=, 3);
}

static gpointer
count (gpointer data)
{
  guintptr base = 0x610000000000 + 16 * GPOINTER_TO_SIZE (data);

  for (guintptr at = 0; at < 32 << 20; at += 4096)
    note (base + at, base + at);
  for (guintptr at = 0; at < 32 << 20; at += 4096)
    g_assert_cmpuint (*tide_block_plane_find (base + at), ==, base + at);
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, count, GSIZE_TO_POINTER (i));
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  tide_block_plane_drop ();
  g_assert_null (tide_block_plane_find (0x610000000000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-plane/impossible", test_impossible);
  g_test_add_func ("/block-plane/apart", test_apart);
  g_test_add_func ("/block-plane/accounted", test_accounted);
  g_test_add_func ("/block-plane/threads", test_threads);
  return g_test_run ();
}
