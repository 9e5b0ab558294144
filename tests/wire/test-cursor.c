#include "tide-buffer.h"
#include "tide-cursor.h"

#include <glib.h>
#include <string.h>

static void
test_round_trip (void)
{
  static const guint64 unsigned_values[] = { 0, 1, 127, 128, 1u << 21, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 };
  static const gint64 signed_values[] = { 0, -1, 1, 63, -64, 64, G_MININT32, G_MAXINT64, G_MININT64 };
  TideBuffer buffer;
  TideCursor cursor;

  tide_buffer_init (&buffer);
  for (gsize i = 0; i < G_N_ELEMENTS (unsigned_values); i++)
    tide_buffer_put_varint (&buffer, unsigned_values[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (signed_values); i++)
    tide_buffer_put_zigzag (&buffer, signed_values[i]);
  tide_cursor_init (&cursor, buffer.data, buffer.length);
  for (gsize i = 0; i < G_N_ELEMENTS (unsigned_values); i++)
    g_assert_cmpuint (tide_cursor_varint (&cursor), ==, unsigned_values[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (signed_values); i++)
    g_assert_cmpint (tide_cursor_zigzag (&cursor), ==, signed_values[i]);
  g_assert_true (tide_cursor_ok (&cursor));
  g_assert_cmpuint (tide_cursor_left (&cursor), ==, 0);
  tide_buffer_finish (&buffer);
}

/* Each of them ends in an error that stays, and gives noughts from there on.  */
static void
test_bad_varints (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } cases[] = {
    { "", 0 },
    { "\x80", 1 },
    { "\xff\xff\xff", 3 },
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10 },
    { "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TideCursor cursor;

      tide_cursor_init (&cursor, cases[i].bytes, cases[i].length);
      g_assert_cmpuint (tide_cursor_varint (&cursor), ==, 0);
      g_assert_false (tide_cursor_ok (&cursor));
      g_assert_cmpuint (tide_cursor_left (&cursor), ==, 0);
      g_assert_cmpuint (tide_cursor_varint (&cursor), ==, 0);
      g_assert_cmpint (tide_cursor_zigzag (&cursor), ==, 0);
      g_assert_cmpuint (tide_cursor_string (&cursor).length, ==, 0);
      g_assert_cmpuint (tide_cursor_rest (&cursor).length, ==, 0);
    }
}

static void
test_u32 (void)
{
  TideCursor cursor;

  tide_cursor_init (&cursor, "\xff\xff\xff\xff\x0f\x80\x80\x80\x80\x10", 10);
  g_assert_cmpuint (tide_cursor_u32 (&cursor), ==, G_MAXUINT32);
  g_assert_cmpuint (tide_cursor_u32 (&cursor), ==, 0);
  g_assert_false (tide_cursor_ok (&cursor));
}

static void
test_strings (void)
{
  TideCursor cursor;
  TideSlice slice;

  tide_cursor_init (&cursor, "\x03xyz\x00\x02r", 7);
  slice = tide_cursor_string (&cursor);
  g_assert_cmpmem (slice.data, slice.length, "xyz", 3);
  g_assert_cmpuint (tide_cursor_string (&cursor).length, ==, 0);
  g_assert_true (tide_cursor_ok (&cursor));
  /* Two bytes are promised, one is there.  */
  g_assert_cmpuint (tide_cursor_string (&cursor).length, ==, 0);
  g_assert_false (tide_cursor_ok (&cursor));

  /* A length that would wrap around an address.  */
  tide_cursor_init (&cursor, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01z", 11);
  g_assert_cmpuint (tide_cursor_string (&cursor).length, ==, 0);
  g_assert_false (tide_cursor_ok (&cursor));

  tide_cursor_init (&cursor,
                    "\x01"
                    "ab",
                    3);
  tide_cursor_varint (&cursor);
  slice = tide_cursor_rest (&cursor);
  g_assert_cmpmem (slice.data, slice.length, "ab", 2);
  g_assert_cmpuint (tide_cursor_rest (&cursor).length, ==, 0);
  g_assert_true (tide_cursor_ok (&cursor));
}

static void
test_peek (void)
{
  static const guint8 frame[] = { 3, 0, 0, 0, 0x41, 0x01, 0x34, 0x12, 'a', 'b', 'c' };
  static const guint8 longest[] = { 0, 0, 0x10, 0, 1, 0, 0, 0 }, longer[] = { 1, 0, 0x10, 0, 1, 0, 0, 0 };
  TideFrameHeader header;

  for (gsize n = 0; n < sizeof frame; n++)
    g_assert_cmpint (tide_frame_peek (frame, n, &header), ==, TIDE_PEEK_SHORT);
  g_assert_cmpint (tide_frame_peek (frame, sizeof frame, &header), ==, TIDE_PEEK_FRAME);
  g_assert_cmpuint (header.length, ==, 3);
  g_assert_cmpuint (header.type, ==, 0x141);
  g_assert_cmpuint (header.stream, ==, 0x1234);
  g_assert_cmpint (tide_frame_peek (longest, sizeof longest, &header), ==, TIDE_PEEK_SHORT);
  g_assert_cmpint (tide_frame_peek (longer, sizeof longer, &header), ==, TIDE_PEEK_BAD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/cursor/round-trip", test_round_trip);
  g_test_add_func ("/wire/cursor/bad-varints", test_bad_varints);
  g_test_add_func ("/wire/cursor/u32", test_u32);
  g_test_add_func ("/wire/cursor/strings", test_strings);
  g_test_add_func ("/wire/cursor/peek", test_peek);
  return g_test_run ();
}
