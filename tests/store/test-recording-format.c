#include "tide-recording-format.h"
#include "tide-zlib.h"

#include <string.h>

static const TideBlockSummary full = { 5, 900, 17, 4096, 81920, 12, -4096 };
static const TideBlockSummary empty = TIDE_BLOCK_SUMMARY_INIT;

static void
test_header (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint major;
  guint32 length;

  tide_format_put_header (bytes);
  g_assert_cmpuint (bytes->len, ==, TIDE_FORMAT_HEADER_SIZE);
  g_assert_true (tide_format_get_header (bytes->data, &major, &length));
  g_assert_cmpuint (major, ==, 1);
  g_assert_cmpuint (length, ==, TIDE_FORMAT_HEADER_SIZE);
  for (guint bit = 0; bit < 8 * bytes->len; bit++)
    {
      bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
      g_assert_false (tide_format_get_header (bytes->data, &major, &length));
      bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
    }
}

static void
check_block (const TideBlockSummary *summary, const guint8 *frames, gsize length, TideCoding coding)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  TideIndexEntry entry = { .offset = 99 };
  TideBlockHeader header;
  guint header_length;

  tide_format_put_block (bytes, frames, length, summary, &entry);
  g_assert_cmpuint (entry.offset, ==, 99);
  g_assert_cmpuint (entry.length, ==, bytes->len);
  g_assert_cmpuint (entry.raw_length, ==, length);
  g_assert_cmpint (entry.first_ns, ==, summary->first_ns);
  g_assert_cmpint (entry.last_ns, ==, summary->last_ns);
  header_length = tide_format_peek_block (bytes->data);
  g_assert_true (tide_format_get_block (bytes->data, header_length, &header));
  g_assert_cmpuint (header.coding, ==, coding);
  g_assert_cmpuint (header.raw_length, ==, length);
  g_assert_cmpuint (header.stored_length, ==, bytes->len - header_length);
  g_assert_cmpint (header.summary.first_ns, ==, summary->first_ns);
  g_assert_cmpint (header.summary.last_ns, ==, summary->last_ns);
  g_assert_cmpuint (header.summary.n_frames, ==, summary->n_frames);
  g_assert_cmpint (header.summary.rss_min, ==, summary->rss_min);
  g_assert_cmpint (header.summary.rss_max, ==, summary->rss_max);
  g_assert_cmpint (header.summary.n_events, ==, summary->n_events);
  g_assert_cmpint (header.summary.net_bytes, ==, summary->net_bytes);
  if (coding == TIDE_CODING_ZLIB)
    {
      g_autofree guint8 *back =
          tide_zlib_uncompress (bytes->data + header_length, header.stored_length, length);

      g_assert_nonnull (back);
      g_assert_cmpmem (back, length, frames, length);
    }
  else
    g_assert_cmpmem (bytes->data + header_length, header.stored_length, frames, length);
  for (guint bit = 0; bit < 8 * header_length; bit++)
    {
      bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
      g_assert_false (tide_format_get_block (bytes->data, header_length, &header));
      bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
    }
}

static void
test_block (void)
{
  g_autofree guint8 *zeros = g_malloc0 (10000);

  check_block (&full, zeros, 10000, TIDE_CODING_ZLIB);
  check_block (&empty, zeros, 10000, TIDE_CODING_ZLIB);
  check_block (&full, (const guint8 *)"abc", 3, TIDE_CODING_PLAIN);
}

/* A length that would make a reader allocate without bound.  */
static void
test_block_too_large (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (TIDE_FORMAT_MAX_RAW);
  TideIndexEntry entry;
  TideBlockHeader header;

  tide_format_put_block (bytes, zeros, TIDE_FORMAT_MAX_RAW, &full, &entry);
  g_assert_true (tide_format_get_block (bytes->data, tide_format_peek_block (bytes->data), &header));
  g_assert_cmpuint (header.raw_length, ==, TIDE_FORMAT_MAX_RAW);
}

static void
test_end (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (TideIndexEntry));
  const TideIndexEntry rows[] = { { 24, 100, 1000, 0, 5 }, { 124, 200, 2000, G_MAXINT64, G_MININT64 } };
  guint32 n, size, crc;
  guint64 offset;

  g_array_append_vals (entries, rows, G_N_ELEMENTS (rows));
  tide_format_put_end (bytes, 1ull << 40, entries);
  g_assert_cmpuint (bytes->len, ==,
                    TIDE_FORMAT_INDEX_SIZE + 2 * TIDE_FORMAT_ENTRY_SIZE + TIDE_FORMAT_TRAILER_SIZE);
  g_assert_true (tide_format_get_index (bytes->data, &n, &size, &crc));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (size, ==, TIDE_FORMAT_ENTRY_SIZE);
  for (guint i = 0; i < n; i++)
    {
      TideIndexEntry entry;

      tide_format_get_entry (bytes->data + TIDE_FORMAT_INDEX_SIZE + i * size, &entry);
      g_assert_cmpuint (entry.offset, ==, rows[i].offset);
      g_assert_cmpuint (entry.length, ==, rows[i].length);
      g_assert_cmpuint (entry.raw_length, ==, rows[i].raw_length);
      g_assert_cmpint (entry.first_ns, ==, rows[i].first_ns);
      g_assert_cmpint (entry.last_ns, ==, rows[i].last_ns);
    }
  g_assert_true (tide_format_get_trailer (bytes->data + bytes->len - TIDE_FORMAT_TRAILER_SIZE, &offset));
  g_assert_cmpuint (offset, ==, 1ull << 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording-format/header", test_header);
  g_test_add_func ("/recording-format/block", test_block);
  g_test_add_func ("/recording-format/block-too-large", test_block_too_large);
  g_test_add_func ("/recording-format/end", test_end);
  return g_test_run ();
}
