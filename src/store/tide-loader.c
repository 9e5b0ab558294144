#include "config.h"

#include "tide-loader.h"

#include "tide-crc32.h"
#include "tide-decoder.h"
#include "tide-format.h"
#include "tide-process-log.h"
#include "tide-recording-format.h"
#include "tide-store-error.h"
#include "tide-wire.h"
#include "tide-zlib.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Enough of the first bytes to tell what a file is.  */
#define HEAD_BYTES 16
/* Decoded rows are several times larger than their bytes: hand them over in pieces.  */
#define SLICE_BYTES (256u << 10)
#define TIME_STEP_NS (100 * 1000 * 1000)

typedef struct
{
  GInputStream *stream;
  GCancellable *cancellable;
  GFileProgressCallback progress;
  gpointer progress_data;
  goffset total;  /* 0: unknown */
  guint64 offset; /* bytes that were read */
  TideDecoder *decoder;
  TideRecording *recording;
  guint32 n_blocks;
} Load;

/* What a step found.  */
typedef enum
{
  STEP_ON,     /* go on                                              */
  STEP_END,    /* the end, as it should be, or told in a diagnostic  */
  STEP_FAILED, /* error is set: cancelled, or nothing can be read    */
} Step;

static void G_GNUC_PRINTF (2, 3) diagnose (Load *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  tide_recording_add_diagnostic (self->recording, text);
}

/* STEP_END: fewer than LENGTH bytes came.  */
static Step
read_bytes (Load *self, guint8 *data, gsize length, gsize *n_read, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *place = NULL;

  *n_read = 0;
  if (g_input_stream_read_all (self->stream, data, length, n_read, self->cancellable, &problem))
    {
      self->offset += *n_read;
      return *n_read == length ? STEP_ON : STEP_END;
    }
  self->offset += *n_read;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || tide_recording_get_n_processes (self->recording) == 0)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return STEP_FAILED;
    }
  place = g_strdup_printf ("%" G_GUINT64_FORMAT, self->offset);
  diagnose (self, _ ("The recording could not be read beyond byte %s: %s"), place, problem->message);
  return STEP_END;
}

static void
hand_over (Load *self)
{
  TideBatch *batch;

  while ((batch = tide_decoder_pop (self->decoder)) != NULL)
    tide_recording_append (self->recording, batch);
}

/* STEP_END when the frames are damaged.  */
static Step
decode (Load *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      g_autoptr (GError) problem = NULL;
      gsize n = MIN (length, SLICE_BYTES);
      gboolean ok = tide_decoder_push (self->decoder, data, n, &problem);

      hand_over (self);
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return STEP_FAILED;
      if (!ok)
        {
          g_autofree char *time = NULL;

          if (tide_recording_get_n_processes (self->recording) == 0)
            {
              g_propagate_error (error, g_steal_pointer (&problem));
              return STEP_FAILED;
            }
          time = tide_format_time (tide_recording_get_last_time (self->recording), TIME_STEP_NS);
          diagnose (self, _ ("%s What happened after %s is missing."), problem->message, time);
          return STEP_END;
        }
      data += n;
      length -= n;
    }
  return STEP_ON;
}

/* When the last block of a closed file ends, as its index says; -1 when it cannot be had.  Moves the stream.
 */
static gint64
find_last_time (Load *self)
{
  guint8 trailer[TIDE_FORMAT_TRAILER_SIZE], head[TIDE_FORMAT_INDEX_SIZE], row[TIDE_FORMAT_ENTRY_SIZE];
  guint64 index_offset;
  guint32 n_entries, entry_size, crc;
  TideIndexEntry entry;
  gsize n_read;

  if (!G_IS_SEEKABLE (self->stream) || !g_seekable_can_seek (G_SEEKABLE (self->stream))
      || !g_seekable_seek (G_SEEKABLE (self->stream), -(goffset)sizeof trailer, G_SEEK_END, self->cancellable,
                           NULL)
      || !g_input_stream_read_all (self->stream, trailer, sizeof trailer, &n_read, self->cancellable, NULL)
      || n_read != sizeof trailer || !tide_format_get_trailer (trailer, &index_offset)
      || index_offset > G_MAXINT64
      || !g_seekable_seek (G_SEEKABLE (self->stream), (goffset)index_offset, G_SEEK_SET, self->cancellable,
                           NULL)
      || !g_input_stream_read_all (self->stream, head, sizeof head, &n_read, self->cancellable, NULL)
      || n_read != sizeof head || !tide_format_get_index (head, &n_entries, &entry_size, &crc)
      || n_entries == 0
      || !g_seekable_seek (G_SEEKABLE (self->stream), (goffset)(n_entries - 1) * entry_size, G_SEEK_CUR,
                           self->cancellable, NULL)
      || !g_input_stream_read_all (self->stream, row, sizeof row, &n_read, self->cancellable, NULL)
      || n_read != sizeof row)
    return -1;
  tide_format_get_entry (row, &entry);
  return entry.last_ns;
}

/* Says what a damaged block, which begins at BEGIN, takes with it: all that comes after it, since later
 * frames refer to ids that it may have defined.  */
static void
diagnose_damage (Load *self, guint64 begin)
{
  gint64 known = tide_recording_get_last_time (self->recording);
  gint64 last = find_last_time (self);
  guint64 missing = self->total > 0 && (guint64)self->total > begin ? (guint64)self->total - begin : 0;
  g_autofree char *place = g_strdup_printf ("%" G_GUINT64_FORMAT, begin);
  g_autofree char *size = tide_format_bytes (missing);
  g_autofree char *from = tide_format_time (known, TIME_STEP_NS);
  g_autofree char *to = tide_format_time (MAX (last, known), TIME_STEP_NS);

  if (missing > 0 && last > known)
    diagnose (self,
              _ ("The recording is damaged at byte %s: the last %s could not be read, and what happened from "
                 "%s to %s is missing."),
              place, size, from, to);
  else if (missing > 0)
    diagnose (self,
              _ ("The recording is damaged at byte %s: the last %s could not be read, and what happened "
                 "after %s is missing."),
              place, size, from);
  else
    diagnose (self, _ ("The recording is damaged at byte %s: what happened after %s is missing."), place,
              from);
}

static void
diagnose_cut (Load *self, guint64 begin)
{
  g_autofree char *from = tide_format_time (tide_recording_get_last_time (self->recording), TIME_STEP_NS);

  if (self->offset > begin)
    {
      g_autofree char *size = tide_format_bytes_exact ((gint64)(self->offset - begin));

      diagnose (self,
                _ ("The recording was not closed, and its last block is cut off (%s): what happened after %s "
                   "is missing."),
                size, from);
    }
  else
    diagnose (self, _ ("The recording was not closed: what happened after %s, if anything, is missing."),
              from);
}

/* HEAD: the first 8 bytes of the block, which begins at BEGIN.  */
static Step
load_block (Load *self, const guint8 *head, guint64 begin, GError **error)
{
  guint header_length = tide_format_peek_block (head);
  g_autofree guint8 *header_bytes = NULL;
  g_autofree guint8 *stored = NULL;
  g_autofree guint8 *unpacked = NULL;
  TideBlockHeader header;
  gsize n_read;
  Step step;

  if (header_length == 0)
    {
      diagnose_damage (self, begin);
      return STEP_END;
    }
  header_bytes = g_malloc (header_length);
  memcpy (header_bytes, head, 8);
  step = read_bytes (self, header_bytes + 8, header_length - 8, &n_read, error);
  if (step == STEP_ON)
    {
      if (!tide_format_get_block (header_bytes, header_length, &header))
        {
          diagnose_damage (self, begin);
          return STEP_END;
        }
      stored = g_malloc (header.stored_length);
      step = read_bytes (self, stored, header.stored_length, &n_read, error);
    }
  if (step != STEP_ON)
    {
      if (step == STEP_END)
        diagnose_cut (self, begin);
      return step;
    }
  if (tide_crc32 (stored, header.stored_length) == header.crc)
    {
      if (header.coding == TIDE_CODING_ZLIB)
        unpacked = tide_zlib_uncompress (stored, header.stored_length, header.raw_length);
      else if (header.stored_length == header.raw_length)
        unpacked = g_steal_pointer (&stored);
    }
  if (unpacked == NULL)
    {
      diagnose_damage (self, begin);
      return STEP_END;
    }
  self->n_blocks++;
  return decode (self, unpacked, header.raw_length, error);
}

/* HEAD: the first 8 bytes of the index, which begins at BEGIN.  All blocks were read; so whatever is wrong
 * here loses nothing.  */
static Step
load_end (Load *self, const guint8 *head, guint64 begin, GError **error)
{
  guint8 index[TIDE_FORMAT_INDEX_SIZE], trailer[TIDE_FORMAT_TRAILER_SIZE];
  g_autofree guint8 *rows = NULL;
  guint32 n_entries = 0, entry_size = 0, crc = 0;
  guint64 index_offset;
  gsize n_read, length;
  Step step;

  memcpy (index, head, 8);
  step = read_bytes (self, index + 8, sizeof index - 8, &n_read, error);
  if (step == STEP_ON && tide_format_get_index (index, &n_entries, &entry_size, &crc)
      && n_entries == self->n_blocks)
    {
      /* No more than a thousandth of what was read already, in an honest file.  */
      length = (gsize)n_entries * entry_size;
      rows = g_try_malloc (length + 1);
      if (rows != NULL)
        step = read_bytes (self, rows, length, &n_read, error);
      if (rows != NULL && step == STEP_ON && tide_crc32 (rows, length) == crc)
        step = read_bytes (self, trailer, sizeof trailer, &n_read, error);
      else if (step == STEP_ON)
        step = STEP_END;
      if (step == STEP_ON && tide_format_get_trailer (trailer, &index_offset) && index_offset == begin)
        return STEP_END;
    }
  if (step == STEP_FAILED)
    return step;
  diagnose (self, _ ("The index at the end of the recording is damaged or cut off; nothing that was recorded "
                     "is missing."));
  return STEP_END;
}

static Step
load_blocks (Load *self, const guint8 *head, GError **error)
{
  guint8 rest[TIDE_FORMAT_HEADER_SIZE], skipped[4096];
  guint major;
  guint32 header_length = sizeof rest;
  gsize n_read;
  Step step;

  memcpy (rest, head, HEAD_BYTES);
  step = read_bytes (self, rest + HEAD_BYTES, sizeof rest - HEAD_BYTES, &n_read, error);
  if (step == STEP_ON && !tide_format_get_header (rest, &major, &header_length))
    step = STEP_END;
  if (step == STEP_ON && major != TIDE_FORMAT_MAJOR)
    {
      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_TOO_NEW,
                   _ ("This was recorded by a newer Pagetide (format %u); this one reads formats up to %u."),
                   major, TIDE_FORMAT_MAJOR);
      return STEP_FAILED;
    }
  for (header_length -= sizeof rest; step == STEP_ON && header_length > 0; header_length -= (guint32)n_read)
    step = read_bytes (self, skipped, MIN (header_length, sizeof skipped), &n_read, error);
  if (step == STEP_END)
    g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
                 _ ("The recording is cut off or damaged in its first bytes; nothing can be read from it."));
  if (step != STEP_ON)
    return STEP_FAILED;

  while (step == STEP_ON)
    {
      guint64 begin = self->offset;
      guint8 next[8];

      step = read_bytes (self, next, sizeof next, &n_read, error);
      if (step == STEP_END)
        diagnose_cut (self, begin);
      else if (step == STEP_ON && memcmp (next, TIDE_FORMAT_INDEX_MAGIC, 4) == 0)
        step = load_end (self, next, begin, error);
      else if (step == STEP_ON)
        step = load_block (self, next, begin, error);
      if (self->progress != NULL)
        self->progress ((goffset)self->offset, self->total, self->progress_data);
    }
  return step;
}

/* The frames of a pipe, as they came.  */
static Step
load_frames (Load *self, const guint8 *head, GError **error)
{
  g_autofree guint8 *piece = g_malloc (SLICE_BYTES);
  Step step = decode (self, head, HEAD_BYTES, error);

  while (step == STEP_ON)
    {
      gsize n_read;
      Step read = read_bytes (self, piece, SLICE_BYTES, &n_read, error);

      if (read == STEP_FAILED)
        return read;
      step = decode (self, piece, n_read, error);
      if (step == STEP_ON && read == STEP_END)
        {
          if (tide_decoder_get_pending (self->decoder) > 0)
            diagnose_cut (self, self->offset - tide_decoder_get_pending (self->decoder));
          step = STEP_END;
        }
      if (self->progress != NULL)
        self->progress ((goffset)self->offset, self->total, self->progress_data);
    }
  return step;
}

/* Text that another program wrote.  */
static Step
load_log (Load *self, const guint8 *head, gsize length, GError **error)
{
  g_autoptr (TideProcessLog) log = tide_process_log_new (self->decoder);
  g_autofree guint8 *piece = g_malloc (TIDE_PROCESS_LOG_SNIFF_BYTES);
  const GPtrArray *diagnostics;
  Step read;

  memcpy (piece, head, length);
  read = read_bytes (self, piece + length, TIDE_PROCESS_LOG_SNIFF_BYTES - length, &length, error);
  length = (gsize)self->offset;
  if (read == STEP_FAILED)
    return read;
  if (!tide_process_log_sniff (piece, length))
    {
      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_NOT_A_RECORDING,
                   length == 0 ? _ ("This is empty: neither a Pagetide recording nor a stream of its frames.")
                               : _ ("This is neither a Pagetide recording (.pagetide), nor a stream of its "
                                    "frames, nor a process log (lines with ProcessLoggingThread-JSON)."));
      return STEP_FAILED;
    }
  while (tide_process_log_push (log, piece, length, error))
    {
      hand_over (self);
      if (self->progress != NULL)
        self->progress ((goffset)self->offset, self->total, self->progress_data);
      if (read == STEP_END)
        {
          if (!tide_process_log_end (log, error))
            return STEP_FAILED;
          hand_over (self);
          diagnostics = tide_process_log_get_diagnostics (log);
          for (guint i = 0; i < diagnostics->len; i++)
            tide_recording_add_diagnostic (self->recording, g_ptr_array_index (diagnostics, i));
          if (tide_recording_get_n_processes (self->recording) > 0)
            return STEP_END;
          g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
                       _ ("No line of this process log can be read."));
          return STEP_FAILED;
        }
      read = read_bytes (self, piece, SLICE_BYTES, &length, error);
      if (read == STEP_FAILED)
        return read;
    }
  return STEP_FAILED;
}

static gboolean
is_frames (const guint8 *head)
{
  return head[4] == TIDE_FRAME_HELLO && head[5] == 0
         && memcmp (head + TIDE_WIRE_HEADER_SIZE, TIDE_WIRE_MAGIC, strlen (TIDE_WIRE_MAGIC)) == 0;
}

static gboolean
is_blocks (const guint8 *head)
{
  return memcmp (head, TIDE_FORMAT_MAGIC, strlen (TIDE_FORMAT_MAGIC)) == 0;
}

gboolean
tide_loader_recognizes (const guint8 *head, gsize length)
{
  return (length >= strlen (TIDE_FORMAT_MAGIC) && is_blocks (head))
         || (length >= HEAD_BYTES && is_frames (head)) || tide_process_log_sniff (head, length);
}

static TideRecording *
load (Load *self, GError **error)
{
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  g_autoptr (TideRecording) recording = tide_recording_new ();
  guint8 head[HEAD_BYTES] = { 0 };
  gsize n_read;
  Step step;

  self->decoder = decoder;
  self->recording = recording;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  step = read_bytes (self, head, sizeof head, &n_read, error);
  if (step == STEP_FAILED)
    return NULL;
  if (n_read >= strlen (TIDE_FORMAT_MAGIC) && is_blocks (head))
    step = load_blocks (self, head, error);
  else if (n_read == sizeof head && is_frames (head))
    step = load_frames (self, head, error);
  else
    step = load_log (self, head, n_read, error);
  if (step == STEP_FAILED)
    return NULL;
  if (tide_recording_get_n_processes (recording) == 0)
    {
      g_set_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED,
                   _ ("The recording holds no whole block; nothing can be read from it."));
      return NULL;
    }
  return g_steal_pointer (&recording);
}

TideRecording *
tide_load (GFile *file,
           GFileProgressCallback progress,
           gpointer progress_data,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GFileInfo) info = NULL;
  Load self = { 0 };

  if (stream == NULL)
    return NULL;
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  self.stream = G_INPUT_STREAM (stream);
  self.cancellable = cancellable;
  self.progress = progress;
  self.progress_data = progress_data;
  self.total = info != NULL ? g_file_info_get_size (info) : 0;
  return load (&self, error);
}

TideRecording *
tide_load_stream (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  Load self = { .stream = stream, .cancellable = cancellable };

  return load (&self, error);
}
