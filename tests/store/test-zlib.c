#include "tide-zlib.h"

#include <string.h>

static void
test_round_trip (void)
{
  const gsize lengths[] = { 1, 2, 1000, 16384, 16385, 300000, 4 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint noise = 0; noise < 2; noise++)
      {
        g_autofree guint8 *data = g_malloc (lengths[i]);
        g_autofree guint8 *back = NULL;
        g_autoptr (GByteArray) packed = g_byte_array_new ();
        guint32 state = 1;

        for (gsize k = 0; k < lengths[i]; k++)
          {
            state = state * 1664525u + 1013904223u;
            data[k] = noise ? (guint8)(state >> 24) : (guint8)(k / 100);
          }
        tide_zlib_compress (data, lengths[i], packed);
        back = tide_zlib_uncompress (packed->data, packed->len, lengths[i]);
        g_assert_nonnull (back);
        g_assert_cmpmem (back, lengths[i], data, lengths[i]);
      }
}

/* A length that lies, in either direction, is refused; and so is a cut or a tail.  */
static void
test_lies (void)
{
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  tide_zlib_compress (zeros, 1 << 20, packed);
  g_assert_cmpuint (packed->len, <, 8192);
  g_assert_null (tide_zlib_uncompress (packed->data, packed->len, (1 << 20) - 1));
  g_assert_null (tide_zlib_uncompress (packed->data, packed->len, (1 << 20) + 1));
  g_assert_null (tide_zlib_uncompress (packed->data, packed->len, 1));
  for (gsize cut = 0; cut < packed->len; cut += 13)
    g_assert_null (tide_zlib_uncompress (packed->data, cut, 1 << 20));
  g_byte_array_append (packed, (const guint8 *)"x", 1);
  g_assert_null (tide_zlib_uncompress (packed->data, packed->len, 1 << 20));
}

static void
test_noise (void)
{
  guint8 data[256];
  guint32 state = 7;

  for (guint round = 0; round < 500; round++)
    {
      for (guint i = 0; i < sizeof data; i++)
        {
          state = state * 1664525u + 1013904223u;
          data[i] = (guint8)(state >> 24);
        }
      g_assert_null (tide_zlib_uncompress (data, sizeof data, 1000));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zlib/round-trip", test_round_trip);
  g_test_add_func ("/zlib/lies", test_lies);
  g_test_add_func ("/zlib/noise", test_noise);
  return g_test_run ();
}
