#include "tide-crc32.h"

/* One entry for each half of a byte: two look-ups a byte are fast enough, since only compressed bytes are
 * checked.  */
static const guint32 table[16] = {
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

guint32
tide_crc32 (const void *data, gsize length)
{
  const guint8 *bytes = data;
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc = table[(crc ^ bytes[i]) & 15] ^ (crc >> 4);
      crc = table[(crc ^ (bytes[i] >> 4)) & 15] ^ (crc >> 4);
    }
  return ~crc;
}
