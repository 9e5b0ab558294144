#include "tide-recording-format.h"

#include "tide-crc32.h"
#include "tide-cursor.h"
#include "tide-zlib.h"

#include <string.h>

typedef enum
{
  KEY_RSS_MIN = 1,
  KEY_RSS_MAX = 2,
  KEY_N_EVENTS = 3,
  KEY_NET = 4,
} SummaryKey;

static void
put_unsigned (GByteArray *out, guint64 value, guint n_bytes)
{
  guint8 bytes[8];

  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = (guint8)(value >> (8 * i));
  g_byte_array_append (out, bytes, n_bytes);
}

static guint64
get_unsigned (const guint8 *data, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value |= (guint64)data[i] << (8 * i);
  return value;
}

static void
put_text (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *)text, strlen (text));
}

/* The CRC of what OUT holds from BEGIN on.  */
static void
put_crc_since (GByteArray *out, guint begin)
{
  put_unsigned (out, tide_crc32 (out->data + begin, out->len - begin), 4);
}

static void
put_pair (GByteArray *out, SummaryKey key, gint64 value)
{
  guint64 zigzag = ((guint64)value << 1) ^ (value < 0 ? G_MAXUINT64 : 0);
  guint8 bytes[12];
  guint8 n = 2;

  for (; zigzag >= 0x80; zigzag >>= 7)
    bytes[n++] = (guint8)(zigzag | 0x80);
  bytes[n++] = (guint8)zigzag;
  bytes[0] = (guint8)key;
  bytes[1] = (guint8)(n - 2);
  g_byte_array_append (out, bytes, n);
}

void
tide_format_put_header (GByteArray *out)
{
  guint begin = out->len;

  put_text (out, TIDE_FORMAT_MAGIC);
  put_unsigned (out, TIDE_FORMAT_MAJOR, 2);
  put_unsigned (out, TIDE_FORMAT_MINOR, 2);
  put_unsigned (out, TIDE_FORMAT_HEADER_SIZE, 4);
  put_unsigned (out, 0, 4);
  put_crc_since (out, begin);
}

void
tide_format_put_block (GByteArray *out,
                       const guint8 *frames,
                       gsize length,
                       const TideBlockSummary *summary,
                       TideIndexEntry *entry)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  TideCoding coding = TIDE_CODING_ZLIB;
  guint begin = out->len, header_length;

  g_assert (length > 0 && length <= TIDE_FORMAT_MAX_RAW);
  tide_zlib_compress (frames, length, packed);
  if (packed->len >= length)
    {
      g_byte_array_set_size (packed, 0);
      g_byte_array_append (packed, frames, length);
      coding = TIDE_CODING_PLAIN;
    }
  put_text (out, TIDE_FORMAT_BLOCK_MAGIC);
  put_unsigned (out, 0, 2);
  put_unsigned (out, coding, 2);
  put_unsigned (out, packed->len, 4);
  put_unsigned (out, length, 4);
  put_unsigned (out, summary->n_frames, 4);
  put_unsigned (out, tide_crc32 (packed->data, packed->len), 4);
  put_unsigned (out, (guint64)summary->first_ns, 8);
  put_unsigned (out, (guint64)summary->last_ns, 8);
  if (summary->rss_min >= 0)
    {
      put_pair (out, KEY_RSS_MIN, summary->rss_min);
      put_pair (out, KEY_RSS_MAX, summary->rss_max);
    }
  put_pair (out, KEY_N_EVENTS, summary->n_events);
  put_pair (out, KEY_NET, summary->net_bytes);
  header_length = out->len - begin + 4;
  out->data[begin + 4] = (guint8)header_length;
  out->data[begin + 5] = (guint8)(header_length >> 8);
  put_crc_since (out, begin);
  g_byte_array_append (out, packed->data, packed->len);

  entry->length = out->len - begin;
  entry->raw_length = (guint32)length;
  entry->first_ns = summary->first_ns;
  entry->last_ns = summary->last_ns;
}

void
tide_format_put_end (GByteArray *out, guint64 offset, GArray *entries)
{
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  guint begin;

  for (guint i = 0; i < entries->len; i++)
    {
      const TideIndexEntry *entry = &g_array_index (entries, TideIndexEntry, i);

      put_unsigned (rows, entry->offset, 8);
      put_unsigned (rows, entry->length, 4);
      put_unsigned (rows, entry->raw_length, 4);
      put_unsigned (rows, (guint64)entry->first_ns, 8);
      put_unsigned (rows, (guint64)entry->last_ns, 8);
    }
  put_text (out, TIDE_FORMAT_INDEX_MAGIC);
  put_unsigned (out, entries->len, 4);
  put_unsigned (out, TIDE_FORMAT_ENTRY_SIZE, 4);
  put_unsigned (out, tide_crc32 (rows->data, rows->len), 4);
  g_byte_array_append (out, rows->data, rows->len);

  begin = out->len;
  put_unsigned (out, offset, 8);
  put_unsigned (out, TIDE_FORMAT_TRAILER_SIZE, 4);
  put_crc_since (out, begin);
  put_text (out, TIDE_FORMAT_TRAILER_MAGIC);
}

gboolean
tide_format_get_header (const guint8 *data, guint *major, guint32 *length)
{
  *major = (guint)get_unsigned (data + 8, 2);
  *length = (guint32)get_unsigned (data + 12, 4);
  return memcmp (data, TIDE_FORMAT_MAGIC, 8) == 0 && get_unsigned (data + 20, 4) == tide_crc32 (data, 20)
         && *length >= TIDE_FORMAT_HEADER_SIZE && *length <= TIDE_FORMAT_MAX_HEADER;
}

guint
tide_format_peek_block (const guint8 *data)
{
  guint length = (guint)get_unsigned (data + 4, 2);

  if (memcmp (data, TIDE_FORMAT_BLOCK_MAGIC, 4) != 0 || length < TIDE_FORMAT_BLOCK_MIN_SIZE)
    return 0;
  return length;
}

static void
get_summary (const guint8 *data, gsize length, TideBlockSummary *summary)
{
  TideCursor cursor;

  tide_cursor_init (&cursor, data, length);
  while (tide_cursor_left (&cursor) > 0)
    {
      guint64 key = tide_cursor_varint (&cursor);
      TideSlice bytes = tide_cursor_string (&cursor);
      TideCursor inner;
      gint64 value;

      tide_cursor_init (&inner, bytes.data, bytes.length);
      value = tide_cursor_zigzag (&inner);
      if (!tide_cursor_ok (&cursor) || !tide_cursor_ok (&inner))
        continue;
      if (key == KEY_RSS_MIN)
        summary->rss_min = value;
      else if (key == KEY_RSS_MAX)
        summary->rss_max = value;
      else if (key == KEY_N_EVENTS)
        summary->n_events = value;
      else if (key == KEY_NET)
        summary->net_bytes = value;
    }
}

gboolean
tide_format_get_block (const guint8 *data, gsize length, TideBlockHeader *header)
{
  if (length < TIDE_FORMAT_BLOCK_MIN_SIZE || tide_format_peek_block (data) != length
      || get_unsigned (data + length - 4, 4) != tide_crc32 (data, length - 4))
    return FALSE;
  header->header_length = (guint16)length;
  header->coding = (guint16)get_unsigned (data + 6, 2);
  header->stored_length = (guint32)get_unsigned (data + 8, 4);
  header->raw_length = (guint32)get_unsigned (data + 12, 4);
  header->summary = TIDE_BLOCK_SUMMARY_INIT;
  header->summary.n_frames = (guint32)get_unsigned (data + 16, 4);
  header->crc = (guint32)get_unsigned (data + 20, 4);
  header->summary.first_ns = (gint64)get_unsigned (data + 24, 8);
  header->summary.last_ns = (gint64)get_unsigned (data + 32, 8);
  get_summary (data + TIDE_FORMAT_BLOCK_FIXED_SIZE, length - TIDE_FORMAT_BLOCK_MIN_SIZE, &header->summary);
  return header->coding <= TIDE_CODING_ZLIB && header->raw_length > 0
         && header->raw_length <= TIDE_FORMAT_MAX_RAW && header->stored_length <= header->raw_length;
}

gboolean
tide_format_get_index (const guint8 *data, guint32 *n_entries, guint32 *entry_size, guint32 *crc)
{
  *n_entries = (guint32)get_unsigned (data + 4, 4);
  *entry_size = (guint32)get_unsigned (data + 8, 4);
  *crc = (guint32)get_unsigned (data + 12, 4);
  return memcmp (data, TIDE_FORMAT_INDEX_MAGIC, 4) == 0 && *entry_size >= TIDE_FORMAT_ENTRY_SIZE
         && *entry_size <= 4096;
}

void
tide_format_get_entry (const guint8 *data, TideIndexEntry *entry)
{
  entry->offset = get_unsigned (data, 8);
  entry->length = (guint32)get_unsigned (data + 8, 4);
  entry->raw_length = (guint32)get_unsigned (data + 12, 4);
  entry->first_ns = (gint64)get_unsigned (data + 16, 8);
  entry->last_ns = (gint64)get_unsigned (data + 24, 8);
}

gboolean
tide_format_get_trailer (const guint8 *data, guint64 *index_offset)
{
  *index_offset = get_unsigned (data, 8);
  return get_unsigned (data + 8, 4) >= TIDE_FORMAT_TRAILER_SIZE
         && get_unsigned (data + 12, 4) == tide_crc32 (data, 12)
         && memcmp (data + 16, TIDE_FORMAT_TRAILER_MAGIC, 8) == 0;
}
