#include "tide-crc32.h"

#include <string.h>

/* Figures of the CRC catalogue (CRC-32/ISO-HDLC) and of Python's zlib.crc32().  */
static const struct
{
  const char *data;
  guint32 crc;
} cases[] = {
  { "", 0x00000000 },
  { "a", 0xe8b7be43 },
  { "123456789", 0xcbf43926 },
  { "The quick brown fox jumps over the lazy dog", 0x414fa339 },
};

static void
test_figures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (tide_crc32 (cases[i].data, strlen (cases[i].data)), ==, cases[i].crc);
}

static void
test_every_bit_counts (void)
{
  guint8 data[64] = { 0 };
  guint32 crc = tide_crc32 (data, sizeof data);

  for (guint bit = 0; bit < 8 * sizeof data; bit++)
    {
      data[bit / 8] ^= (guint8)(1u << bit % 8);
      g_assert_cmphex (tide_crc32 (data, sizeof data), !=, crc);
      data[bit / 8] ^= (guint8)(1u << bit % 8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc32/figures", test_figures);
  g_test_add_func ("/crc32/every-bit-counts", test_every_bit_counts);
  return g_test_run ();
}
