#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The .pagetide file: the very frames of the wire (tide-wire.h), in blocks.
 *
 *   +--------+---------+---------+ - - +---------+-------+---------+
 *   | header | block 1 | block 2 |     | block n | index | trailer |
 *   +--------+---------+---------+ - - +---------+-------+---------+
 *
 * It is written front to back and never changed.  A file that was cut (a crash, a full disk) lacks index and
 * trailer and perhaps a part of its last block; all blocks before that are whole.  Definitions are not
 * repeated, so blocks are read from the first on.  All integers are little-endian; every part says how long
 * it is, so that a newer minor version may add to its end.
 *
 *   header                               block
 *    0  "PAGETIDE"                        0  "TBLK"
 *    8  u16 major    10  u16 minor        4  u16 length of this header, summary and its CRC included
 *   12  u32 length of this header         6  u16 coding of the frames: 0 as they are, 1 zlib
 *   16  u32 flags (0)                     8  u32 stored length    12  u32 raw length    16  u32 number of
 * frames 20  u32 CRC-32 of bytes 0 to 19      20  u32 CRC-32 of the stored bytes 24  i64 first time       32
 * i64 last time index                                40  summary: (varint key, varint length, value) ... 0
 * "TIDX"                            n  u32 CRC-32 of this header so far 4  u32 number of blocks then the
 * stored bytes: whole frames 8  u32 bytes for each of them (32) 12  u32 CRC-32 of what follows       trailer
 *   16  for each block                    0  u64 offset of the index
 *        0  u64 its offset                8  u32 length of this trailer
 *        8  u32 its length, header too   12  u32 CRC-32 of bytes 0 to 11
 *       12  u32 raw length               16  "TIDEDONE": the last eight bytes of a closed file
 *       16  i64 first time
 *       24  i64 last time
 *
 * Times are nanoseconds of the streams' own clocks; a block without a time has first > last.  Unknown keys of
 * a summary are skipped.  */

#define TIDE_FORMAT_MAGIC "PAGETIDE"
#define TIDE_FORMAT_MAJOR 1
#define TIDE_FORMAT_MINOR 0
#define TIDE_FORMAT_HEADER_SIZE 24
#define TIDE_FORMAT_BLOCK_MAGIC "TBLK"
#define TIDE_FORMAT_BLOCK_FIXED_SIZE 40 /* up to the summary */
#define TIDE_FORMAT_BLOCK_MIN_SIZE (TIDE_FORMAT_BLOCK_FIXED_SIZE + 4)
#define TIDE_FORMAT_INDEX_MAGIC "TIDX"
#define TIDE_FORMAT_INDEX_SIZE 16
#define TIDE_FORMAT_ENTRY_SIZE 32
#define TIDE_FORMAT_TRAILER_SIZE 24
#define TIDE_FORMAT_TRAILER_MAGIC "TIDEDONE"
/* A reader takes no block that unpacks to more; a writer cuts far earlier (256 KiB, or one frame).  */
#define TIDE_FORMAT_MAX_RAW (16u << 20)
/* Longer headers than this are damage, not a newer version.  */
#define TIDE_FORMAT_MAX_HEADER (1u << 16)

typedef enum
{
  TIDE_CODING_PLAIN = 0,
  TIDE_CODING_ZLIB = 1,
} TideCoding;

/* What a block can say without being unpacked.  */
typedef struct
{
  gint64 first_ns, last_ns;
  guint32 n_frames;
  gint64 rss_min, rss_max; /* bytes, of single processes; -1: no RSS in it */
  gint64 n_events;
  gint64 net_bytes; /* sum of the events */
} TideBlockSummary;

#define TIDE_BLOCK_SUMMARY_INIT ((TideBlockSummary){ G_MAXINT64, G_MININT64, 0, -1, -1, 0, 0 })

typedef struct
{
  guint16 header_length;
  guint16 coding;
  guint32 stored_length, raw_length;
  guint32 crc;
  TideBlockSummary summary;
} TideBlockHeader;

typedef struct
{
  guint64 offset;
  guint32 length, raw_length;
  gint64 first_ns, last_ns;
} TideIndexEntry;

/* Append to OUT.  */
void tide_format_put_header (GByteArray *out);
/* Compresses FRAMES (where that helps) and fills ENTRY, but for its offset.  */
void tide_format_put_block (GByteArray *out,
                            const guint8 *frames,
                            gsize length,
                            const TideBlockSummary *summary,
                            TideIndexEntry *entry);
/* Index and trailer; the index will stand at OFFSET.  ENTRIES: TideIndexEntry.  */
void tide_format_put_end (GByteArray *out, guint64 offset, GArray *entries);

/* DATA has TIDE_FORMAT_HEADER_SIZE bytes.  FALSE: damaged.  LENGTH is how long the header is in all.  */
gboolean tide_format_get_header (const guint8 *data, guint *major, guint32 *length);
/* The length of the block header that begins with these 8 bytes, 0: none does.  */
guint tide_format_peek_block (const guint8 *data);
/* DATA has that many bytes.  FALSE: damaged.  */
gboolean tide_format_get_block (const guint8 *data, gsize length, TideBlockHeader *header);
/* DATA has TIDE_FORMAT_INDEX_SIZE bytes.  */
gboolean tide_format_get_index (const guint8 *data, guint32 *n_entries, guint32 *entry_size, guint32 *crc);
void tide_format_get_entry (const guint8 *data, TideIndexEntry *entry);
/* DATA has TIDE_FORMAT_TRAILER_SIZE bytes.  */
gboolean tide_format_get_trailer (const guint8 *data, guint64 *index_offset);

G_END_DECLS
