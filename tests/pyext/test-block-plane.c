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

static guint64
note_of (guint64 size, guint site)
{
  return size << TIDE_BLOCK_SITE_BITS | site;
}

/* As the agent does it.  */
static void
put (guintptr address, guint64 size, guint site)
{
  if (tide_block_plane_put_at_once (address, size, site)
      || (size < TIDE_BLOCK_MIN_SHORT && tide_block_plane_put_beside (address, note_of (size, site))))
    return;
  g_assert_cmpuint (tide_block_plane_forget (address, size), ==, 0);
  g_assert_true (tide_block_plane_put (address, note_of (size, site)));
}

static guint64
take (guintptr address)
{
  guint64 size;
  guint32 site;

  return tide_block_plane_take_at_once (address, &size, &site) ? note_of (size, site)
                                                               : tide_block_plane_take (address);
}

static void
test_impossible (void)
{
  static const guintptr addresses[] = { 0x1234567890abc, 4 + 65536, 0xffff800000000000, 0x1000000000000,
                                        0x7f0000000001 };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_assert_false (tide_block_plane_put_at_once (addresses[i], 100, 5));
      g_assert_cmpuint (tide_block_plane_forget (addresses[i], 100), ==, 0);
      g_assert_false (tide_block_plane_put (addresses[i], note_of (100, 5)));
      g_assert_cmpuint (take (addresses[i]), ==, 0);
    }
  g_assert_cmpuint (take (65536), ==, 0);
  g_assert_false (tide_block_plane_put (65536, note_of (TIDE_BLOCK_MAX_SIZE, 5) + note_of (1, 0)));
}

static const guint64 sizes[] = { 0,
                                 1,
                                 8,
                                 16,
                                 17,
                                 24,
                                 32,
                                 33,
                                 512,
                                 8190,
                                 8191,
                                 8192,
                                 8193,
                                 65535,
                                 1 << 20,
                                 1 << 30,
                                 1,
                                 17,
                                 16,
                                 100,
                                 20000,
                                 20000,
                                 TIDE_BLOCK_MAX_SIZE };
static const guint sites[] = { 1, 2, 3, 4, 5, 65535, 65536, 65537, 131071 };

/* Each size and site comes back as it went, wherever the block is: in the midst, at the end of a unit, at the
 * end of a chunk, in a page of its own and 8 bytes off.  */
static void
test_round_trip (void)
{
  static const guintptr addresses[] = { 0x1000,
                                        0x555555550000,
                                        0x7f0000020000 - 16,
                                        0x7f0000020000 - 32,
                                        0x7f0000020000 - 64,
                                        0x7f0000020000,
                                        0x7f0001000000 - 16,
                                        0x7f0001000000 - 32,
                                        0x7f0001000000 - 48,
                                        0x7f0001000000 - 80,
                                        0x7f0001000000 - 96,
                                        0x7ffffffff000,
                                        0x7f0000000008 };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
      for (guint j = 0; j < G_N_ELEMENTS (sites); j++)
        {
          put (addresses[i], sizes[k], sites[j]);
          g_assert_cmpuint (take (addresses[i]), ==, note_of (sizes[k], sites[j]));
          g_assert_cmpuint (take (addresses[i]), ==, 0);
        }
  tide_block_plane_clear ();
}

/* Blocks of many sizes one after the other, which a chunk ends among, beginning at every place of 16 bytes
 * once: none takes another's note.  */
static void
test_neighbours (void)
{
  for (guint start = 0; start < 64; start++)
    {
      guintptr base = 0x7f2000000000 - 4096 + 16 * start;

      for (guint turn = 0; turn < 2; turn++)
        {
          guintptr at = base;

          for (guint i = 0; i < 3000; i++)
            {
              guint64 size = sizes[i % 11], room = MAX ((size + 15) & ~(guint64)15, 16);
              guint site = sites[i % G_N_ELEMENTS (sites)];

              if (turn == 0)
                put (at, size, site);
              else
                g_assert_cmpuint (take (at), ==, note_of (size, site));
              at += room;
            }
        }
      g_assert_cmpuint (take (base), ==, 0);
    }
  tide_block_plane_clear ();
}

/* Blocks that were given back unseen: their notes are given once, and no part of them is taken for another.
 */
static void
test_unseen (void)
{
  static const guint64 own[] = { 8, 24, 100, 9000 };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    for (guint k = 0; k < G_N_ELEMENTS (own); k++)
      for (gintptr off = -64; off <= 64; off += 16)
        {
          guintptr old = 0x7f3000010000, new = old + (guintptr)off;
          guint n = 0;
          guint64 note;

          put (old, own[i], 7);
          if (!tide_block_plane_put_at_once (new, own[k], 9))
            {
              while ((note = tide_block_plane_forget (new, own[k])) != 0)
                {
                  g_assert_cmpuint (note, ==, note_of (own[i], 7));
                  n++;
                }
              g_assert_true (tide_block_plane_put (new, note_of (own[k], 9)));
            }
          g_assert_cmpuint (n, <=, 1);
          if (off == 0)
            g_assert_cmpuint (n, ==, 1);
          g_assert_cmpuint (take (new), ==, note_of (own[k], 9));
          if (n == 0)
            g_assert_cmpuint (take (old), ==, note_of (own[i], 7));
          for (guintptr at = old - 256; at < old + 256; at += 8)
            g_assert_cmpuint (take (at), ==, 0);
        }
  tide_block_plane_clear ();
}

/* All addresses that differ have notes that differ: in one page, far apart (two of them so that only one can
 * be known at once), and 8 bytes from each other.  */
static void
test_apart (void)
{
  static const guintptr bases[] = { 0x1000,         0x555555550000, 0x7f0000000000,
                                    0x7f0001000000, 0x7f0200000000, 0x7ffffffff000 };

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k++)
      put (bases[i] + 8 * k, 10, 1000 * i + k + 1);
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k += 2)
      g_assert_cmpuint (take (bases[i] + 8 * k), ==, note_of (10, 1000 * i + k + 1));
  tide_block_plane_clear ();
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    for (guint k = 0; k < 64; k++)
      g_assert_cmpuint (take (bases[i] + 8 * k), ==, 0);
  put (bases[1], 30, 5);
  g_assert_cmpuint (take (bases[1]), ==, note_of (30, 5));
  tide_block_plane_clear ();
}

/* What blocks of 16 MiB take here is an eighth of it, and gone afterwards but for the roots and the table. */
static void
test_accounted (void)
{
  gint64 before, page = (gint64)sysconf (_SC_PAGESIZE);

  put (0x600000000000, 40, 1);
  tide_block_plane_clear ();
  before = own_pages;
  for (guintptr at = 0; at < 16 << 20; at += 32)
    put (0x600000000000 + at, 32, 1);
  g_assert_cmpint ((own_pages - before) * page, >=, 2 << 20);
  g_assert_cmpint ((own_pages - before) * page, <=, (2 << 20) + 5 * page);
  tide_block_plane_clear ();
  g_assert_cmpint (own_pages - before, <=, 3);
  /* And small ones half of it more.  */
  for (guintptr at = 0; at < 1 << 20; at += 16)
    put (0x600000000000 + at, 16, 1);
  g_assert_cmpint ((own_pages - before) * page, <=, (5 << 17) + 5 * page);
  tide_block_plane_clear ();
  g_assert_cmpint (own_pages - before, <=, 3);
}

static gpointer
count (gpointer data)
{
  guint64 i = (guint64)GPOINTER_TO_SIZE (data);
  guintptr base = 0x610000000000 + 1024 * i;

  for (guintptr at = 0; at < 32 << 20; at += 4096)
    put (base + at, sizes[at / 4096 % 9], (guint)i + 1);
  for (guintptr at = 0; at < 32 << 20; at += 4096)
    g_assert_cmpuint (take (base + at), ==, note_of (sizes[at / 4096 % 9], (guint)i + 1));
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
  put (0x610000000000, 40, 3);
  tide_block_plane_drop ();
  g_assert_cmpuint (take (0x610000000000), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-plane/impossible", test_impossible);
  g_test_add_func ("/block-plane/round-trip", test_round_trip);
  g_test_add_func ("/block-plane/neighbours", test_neighbours);
  g_test_add_func ("/block-plane/unseen", test_unseen);
  g_test_add_func ("/block-plane/apart", test_apart);
  g_test_add_func ("/block-plane/accounted", test_accounted);
  g_test_add_func ("/block-plane/threads", test_threads);
  return g_test_run ();
}
