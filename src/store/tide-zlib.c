#include "tide-zlib.h"

/* Frames are delta-coded already: a higher level costs several times the processor and saves a few percent.
 */
#define LEVEL 3

void
tide_zlib_compress (const guint8 *data, gsize length, GByteArray *out)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, LEVEL);
  GConverterResult result;

  do
    {
      guint8 piece[16384];
      gsize n_read, n_written;
      g_autoptr (GError) error = NULL;

      result = g_converter_convert (G_CONVERTER (compressor), data, length, piece, sizeof piece,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, &error);
      /* From memory to memory, with room for at least one byte: only out of memory could make it fail, and
       * there GLib aborts.  */
      g_assert_no_error (error);
      data += n_read;
      length -= n_read;
      g_byte_array_append (out, piece, n_written);
    }
  while (result != G_CONVERTER_FINISHED);
}

guint8 *
tide_zlib_uncompress (const guint8 *data, gsize length, gsize raw_length)
{
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  /* One byte more than it may be, so that a longer one is seen.  */
  g_autofree guint8 *raw = g_try_malloc (raw_length + 1);
  gsize filled = 0;
  GConverterResult result;

  if (raw == NULL)
    return NULL;
  do
    {
      gsize n_read, n_written;

      if (filled > raw_length)
        return NULL;
      result =
          g_converter_convert (G_CONVERTER (decompressor), data, length, raw + filled,
                               raw_length + 1 - filled, G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      if (result == G_CONVERTER_ERROR)
        return NULL;
      data += n_read;
      length -= n_read;
      filled += n_written;
    }
  while (result != G_CONVERTER_FINISHED);
  if (filled != raw_length || length != 0)
    return NULL;
  return g_steal_pointer (&raw);
}
