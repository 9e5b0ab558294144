#include "tide-buffer.h"

#include <glib.h>
#include <string.h>

static void
assert_bytes (const TideBuffer *buffer, const char *bytes, gsize length)
{
  g_assert_cmpmem (buffer->data, buffer->length, bytes, length);
}

static void
test_varint (void)
{
  static const struct
  {
    guint64 value;
    const char *bytes;
    gsize length;
  } cases[] = {
    { 0, "\x00", 1 },
    { 1, "\x01", 1 },
    { 127, "\x7f", 1 },
    { 128, "\x80\x01", 2 },
    { 16383, "\xff\x7f", 2 },
    { 16384, "\x80\x80\x01", 3 },
    { G_MAXUINT32, "\xff\xff\xff\xff\x0f", 5 },
    { G_MAXUINT64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideBuffer buffer;

      tide_buffer_init (&buffer);
      tide_buffer_put_varint (&buffer, cases[i].value);
      assert_bytes (&buffer, cases[i].bytes, cases[i].length);
      tide_buffer_finish (&buffer);
    }
}

static void
test_zigzag (void)
{
  static const struct
  {
    gint64 value;
    const char *bytes;
    gsize length;
  } cases[] = {
    { 0, "\x00", 1 },
    { -1, "\x01", 1 },
    { 1, "\x02", 1 },
    { -64, "\x7f", 1 },
    { 64, "\x80\x01", 2 },
    { G_MAXINT64, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
    { G_MININT64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideBuffer buffer;

      tide_buffer_init (&buffer);
      tide_buffer_put_zigzag (&buffer, cases[i].value);
      assert_bytes (&buffer, cases[i].bytes, cases[i].length);
      tide_buffer_finish (&buffer);
    }
}

static void
test_frame (void)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_buffer_begin (&buffer, TIDE_FRAME_STRING, 0x0102);
  tide_buffer_put_string (&buffer, "a\0b", 3);
  tide_buffer_end (&buffer);
  tide_buffer_begin (&buffer, TIDE_FRAME_DETACH, 0);
  tide_buffer_end (&buffer);
  g_assert_true (tide_buffer_ok (&buffer));
  assert_bytes (&buffer,
                "\x04\0\0\0\x03\0\x02\x01\x03"
                "a\0b\0\0\0\0\x42\0\0\0",
                20);
  tide_buffer_finish (&buffer);
}

static void
test_consume (void)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_buffer_put_bytes (&buffer, "abcdef", 6);
  tide_buffer_consume (&buffer, 2);
  assert_bytes (&buffer, "cdef", 4);
  tide_buffer_consume (&buffer, 0);
  assert_bytes (&buffer, "cdef", 4);
  tide_buffer_consume (&buffer, 100);
  g_assert_cmpuint (buffer.length, ==, 0);
  tide_buffer_put_bytes (&buffer, "g", 1);
  assert_bytes (&buffer, "g", 1);
  tide_buffer_finish (&buffer);
}

static void
test_grows (void)
{
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  for (guint i = 0; i < 300000; i++)
    tide_buffer_put_varint (&buffer, i % 128);
  g_assert_true (tide_buffer_ok (&buffer));
  g_assert_cmpuint (buffer.length, ==, 300000);
  for (guint i = 0; i < 300000; i++)
    g_assert_cmpuint (buffer.data[i], ==, i % 128);
  tide_buffer_finish (&buffer);
}

/* A frame that no reader would take is never half written.  */
static void
test_too_long (void)
{
  g_autofree char *bytes = g_malloc0 (TIDE_WIRE_MAX_PAYLOAD + 1);
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  tide_buffer_begin (&buffer, TIDE_FRAME_STRING, 0);
  tide_buffer_put_bytes (&buffer, bytes, TIDE_WIRE_MAX_PAYLOAD);
  tide_buffer_end (&buffer);
  g_assert_true (tide_buffer_ok (&buffer));
  g_assert_cmpuint (buffer.length, ==, TIDE_WIRE_MAX_PAYLOAD + TIDE_WIRE_HEADER_SIZE);

  tide_buffer_begin (&buffer, TIDE_FRAME_STRING, 0);
  tide_buffer_put_bytes (&buffer, bytes, TIDE_WIRE_MAX_PAYLOAD + 1);
  tide_buffer_end (&buffer);
  g_assert_false (tide_buffer_ok (&buffer));
  g_assert_cmpuint (buffer.length, ==, TIDE_WIRE_MAX_PAYLOAD + TIDE_WIRE_HEADER_SIZE);

  /* It stays so until somebody looks.  */
  tide_buffer_put_varint (&buffer, 1);
  g_assert_cmpuint (buffer.length, ==, TIDE_WIRE_MAX_PAYLOAD + TIDE_WIRE_HEADER_SIZE);
  tide_buffer_clear (&buffer);
  g_assert_true (tide_buffer_ok (&buffer));
  g_assert_cmpuint (buffer.length, ==, 0);
  tide_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/buffer/varint", test_varint);
  g_test_add_func ("/wire/buffer/zigzag", test_zigzag);
  g_test_add_func ("/wire/buffer/frame", test_frame);
  g_test_add_func ("/wire/buffer/consume", test_consume);
  g_test_add_func ("/wire/buffer/grows", test_grows);
  g_test_add_func ("/wire/buffer/too-long", test_too_long);
  return g_test_run ();
}
