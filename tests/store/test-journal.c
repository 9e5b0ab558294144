#define _GNU_SOURCE 1 /* posix_openpt() */

#include "tide-journal.h"
#include "tide-recording-format.h"
#include "tide-sample-frames.h"
#include "tide-store-error.h"
#include "tide-zlib.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

typedef struct
{
  char *directory;
  char *path;
  TideBuffer buffer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("tide-journal-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "a b.pagetide", NULL);
  tide_buffer_init (&self->buffer);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tide_buffer_finish (&self->buffer);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->path);
  g_free (self->directory);
}

static void
put_noise (TideBuffer *buffer, guint n_frames, guint32 seed)
{
  g_autofree char *bytes = g_malloc (60000);

  for (guint i = 0; i < n_frames; i++)
    {
      for (guint k = 0; k < 60000; k++)
        {
          seed = seed * 1664525u + 1013904223u;
          bytes[k] = (char)(seed >> 24);
        }
      tide_put_output (buffer, 0, &(TideOutput){ i * MS_NS, 1, { bytes, 60000 } });
    }
  g_assert_true (tide_buffer_ok (buffer));
}

static void
push_and_clear (TideJournal *journal, TideBuffer *buffer)
{
  tide_journal_push (journal, buffer->data, buffer->length);
  tide_buffer_clear (buffer);
}

typedef struct
{
  GByteArray *frames;
  guint n_blocks;
  guint max_raw;
  gboolean closed;
  guint64 blocks_end;
} Content;

/* Reads a file by the drawing in tide-recording-format.h alone.  */
static Content
read_content (const guint8 *data, gsize length)
{
  Content content = { .frames = g_byte_array_new () };
  gsize at = TIDE_FORMAT_HEADER_SIZE;

  g_assert_cmpuint (length, >=, at);
  while (at < length && memcmp (data + at, TIDE_FORMAT_BLOCK_MAGIC, 4) == 0)
    {
      guint header_length = tide_format_peek_block (data + at);
      g_autofree guint8 *raw = NULL;
      TideBlockHeader header;

      g_assert_cmpuint (header_length, >, 0);
      g_assert_true (tide_format_get_block (data + at, header_length, &header));
      at += header_length;
      g_assert_cmpuint (length - at, >=, header.stored_length);
      if (header.coding == TIDE_CODING_ZLIB)
        raw = tide_zlib_uncompress (data + at, header.stored_length, header.raw_length);
      else
        raw = g_memdup2 (data + at, header.stored_length);
      g_assert_nonnull (raw);
      g_byte_array_append (content.frames, raw, header.raw_length);
      content.max_raw = MAX (content.max_raw, header.raw_length);
      content.n_blocks++;
      at += header.stored_length;
    }
  content.blocks_end = at;
  if (at < length)
    {
      guint32 n_entries, entry_size, crc;
      guint64 offset;

      g_assert_true (tide_format_get_index (data + at, &n_entries, &entry_size, &crc));
      g_assert_cmpuint (n_entries, ==, content.n_blocks);
      g_assert_cmpuint (length, ==,
                        at + TIDE_FORMAT_INDEX_SIZE + n_entries * entry_size + TIDE_FORMAT_TRAILER_SIZE);
      g_assert_true (tide_format_get_trailer (data + length - TIDE_FORMAT_TRAILER_SIZE, &offset));
      g_assert_cmpuint (offset, ==, at);
      content.closed = TRUE;
    }
  return content;
}

static Content
read_file (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return read_content ((const guint8 *)data, length);
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 0, &error);
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  Content content;
  GStatBuf status;

  g_assert_no_error (error);
  sample_put_life (&self->buffer, 0, 42);
  for (guint i = 0; i < 200; i++)
    {
      sample_put_growth (&self->buffer, 0, (100 + i * 1000) * MS_NS, 165 + i, 1000);
      g_byte_array_append (expected, self->buffer.data, (guint)self->buffer.length);
      push_and_clear (journal, &self->buffer);
    }
  put_noise (&self->buffer, 20, 1);
  g_byte_array_append (expected, self->buffer.data, (guint)self->buffer.length);
  push_and_clear (journal, &self->buffer);
  g_assert_true (tide_journal_close (journal, &error));
  g_assert_no_error (error);

  content = read_file (self->path);
  g_assert_true (content.closed);
  g_assert_cmpmem (content.frames->data, content.frames->len, expected->data, expected->len);
  g_assert_cmpuint (content.n_blocks, >, 5);
  g_assert_cmpuint (content.max_raw, <=, 256 << 10);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (status.st_size, ==, (goffset)tide_journal_get_bytes (journal));
  g_byte_array_unref (content.frames);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 0, NULL);
  Content content;

  g_assert_true (tide_journal_close (journal, NULL));
  content = read_file (self->path);
  g_assert_true (content.closed);
  g_assert_cmpuint (content.n_blocks, ==, 0);
  g_byte_array_unref (content.frames);
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Iterates until the journal has written more than BYTES, for 20 seconds at most.  */
static void
wait_for_bytes (TideJournal *journal, guint64 bytes)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint source = g_timeout_add (10, wake, NULL);

  while (tide_journal_get_bytes (journal) <= bytes && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  g_assert_cmpuint (tide_journal_get_bytes (journal), >, bytes);
}

/* The first frames are on disk at once, later ones after a second, without a close; and a reader finds them.
 */
static void
test_one_second (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 0, NULL);
  gint64 pushed_us;
  gsize life;
  Content content;

  sample_put_life (&self->buffer, 0, 42);
  life = self->buffer.length;
  tide_journal_push (journal, self->buffer.data, life);
  wait_for_bytes (journal, TIDE_FORMAT_HEADER_SIZE);
  sample_put_growth (&self->buffer, 0, 100 * MS_NS, 165, 10);
  pushed_us = g_get_monotonic_time ();
  tide_journal_push (journal, self->buffer.data + life, self->buffer.length - life);
  wait_for_bytes (journal, tide_journal_get_bytes (journal));
  g_assert_cmpint (g_get_monotonic_time () - pushed_us, >=, G_TIME_SPAN_SECOND);
  content = read_file (self->path);
  g_assert_false (content.closed);
  g_assert_cmpuint (content.n_blocks, ==, 2);
  g_assert_cmpmem (content.frames->data, content.frames->len, self->buffer.data, self->buffer.length);
  g_byte_array_unref (content.frames);
}

/* Given up without a close: what was pushed is there, the trailer is not.  */
static void
test_free_without_close (Fixture *self, gconstpointer data)
{
  TideJournal *journal = tide_journal_new (self->path, 0, NULL);
  Content content;

  sample_put_life (&self->buffer, 0, 42);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  tide_journal_free (journal);
  content = read_file (self->path);
  g_assert_false (content.closed);
  g_assert_cmpuint (content.n_blocks, ==, 1);
  g_byte_array_unref (content.frames);
}

static void
test_replaces (Fixture *self, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autoptr (TideJournal) journal = NULL;
  GStatBuf status;
  Content content;

  g_assert_true (g_file_set_contents (self->path, long_text, -1, NULL));
  g_assert_cmpint (g_chmod (self->path, 0644), ==, 0);
  journal = tide_journal_new (self->path, 0, NULL);
  g_assert_true (tide_journal_close (journal, NULL));
  content = read_file (self->path);
  g_assert_true (content.closed);
  g_byte_array_unref (content.frames);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
check_refused (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", path);
  g_assert_null (tide_journal_new (path, 0, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE);
  g_test_message ("%s", error->message);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->directory, "link", NULL);
  g_autofree char *fifo = g_build_filename (self->directory, "fifo", NULL);
  g_autofree char *missing = g_build_filename (self->directory, "missing", "file", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (self->path, "precious", -1, NULL));
  g_assert_cmpint (symlink (self->path, link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  check_refused (link);
  check_refused (fifo);
  check_refused (missing);
  check_refused (self->directory);
  check_refused ("/dev/full");
  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
  g_unlink (link);
  g_unlink (fifo);
}

/* Two recorders in one file would destroy it.  */
static void
test_locked (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 0, NULL);

  g_assert_nonnull (journal);
  check_refused (self->path);
  g_assert_true (tide_journal_close (journal, NULL));
  tide_journal_free (g_steal_pointer (&journal));
  journal = tide_journal_new (self->path, 0, NULL);
  g_assert_nonnull (journal);
}

/* A file that may not grow further, as on a full disk: whole blocks stay, the error stays, later pushes do
 * nothing.  */
static void
test_disk_full (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) kept = NULL;
  struct rlimit old, small;
  GStatBuf status;
  Content content;
  guint64 bytes;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 700000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  sample_put_hello (&self->buffer, 0, 42);
  put_noise (&self->buffer, 30, 2);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_false (tide_journal_close (journal, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_WRITE);
  kept = tide_journal_dup_error (journal);
  g_assert_cmpstr (kept->message, ==, error->message);
  bytes = tide_journal_get_bytes (journal);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_cmpuint (tide_journal_get_bytes (journal), ==, bytes);

  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, (goffset)bytes);
  content = read_file (self->path);
  g_assert_false (content.closed);
  g_assert_cmpuint (content.n_blocks, ==, 2);
  g_assert_cmpuint (content.blocks_end, ==, bytes);
  g_assert_cmpmem (content.frames->data, content.frames->len, self->buffer.data, content.frames->len);
  g_byte_array_unref (content.frames);
}

static void
test_max_bytes (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = tide_journal_new (self->path, 600000, NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf status;
  Content content;

  sample_put_hello (&self->buffer, 0, 42);
  put_noise (&self->buffer, 30, 3);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_false (tide_journal_close (journal, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_FULL);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_size, <=, 600000);
  content = read_file (self->path);
  g_assert_true (content.closed);
  g_assert_cmpuint (content.n_blocks, ==, 2);
  g_byte_array_unref (content.frames);
}

typedef struct
{
  int fd;
  GByteArray *bytes;
} Drain;

static gpointer
drain (gpointer data)
{
  Drain *self = data;
  guint8 piece[65536];
  gssize n;

  /* The read fails once the journal has closed the other end.  */
  while ((n = read (self->fd, piece, sizeof piece)) > 0)
    g_byte_array_append (self->bytes, piece, (guint)n);
  return NULL;
}

/* A "disk" that takes nothing for a while (a terminal that nobody reads): pushes go on, events are dropped
 * and counted, names are not dropped, and the file says how many events it lacks.  */
static void
test_slow_disk (Fixture *self, gconstpointer data)
{
  Drain reader = { .bytes = g_byte_array_new () };
  TideJournal *journal;
  GThread *thread;
  struct termios mode;
  Content content;
  const guint n_pushes = 40, per_push = 400000;
  guint64 n_events = 0, n_lost = 0, n_strings = 0;
  gsize at = 0;
  TideFrameHeader header;

  reader.fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (reader.fd < 0 || grantpt (reader.fd) != 0 || unlockpt (reader.fd) != 0)
    {
      g_test_skip ("no pseudo-terminals here");
      return;
    }
  g_assert_cmpint (tcgetattr (reader.fd, &mode), ==, 0);
  cfmakeraw (&mode);
  g_assert_cmpint (tcsetattr (reader.fd, TCSANOW, &mode), ==, 0);
  journal = tide_journal_new (ptsname (reader.fd), 0, NULL);
  g_assert_nonnull (journal);
  sample_put_life (&self->buffer, 0, 42);
  push_and_clear (journal, &self->buffer);
  sample_put_growth (&self->buffer, 0, 0, 0, per_push);
  for (guint i = 0; i < n_pushes; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %u", i);
      TideBuffer names;

      tide_journal_push (journal, self->buffer.data, self->buffer.length);
      tide_buffer_init (&names);
      tide_put_string (&names, 0, (TideSlice){ name, strlen (name) });
      tide_journal_push (journal, names.data, names.length);
      tide_buffer_finish (&names);
    }
  thread = g_thread_new ("drain", drain, &reader);
  g_assert_true (tide_journal_close (journal, NULL));
  tide_journal_free (journal);
  g_thread_join (thread);
  close (reader.fd);

  content = read_content (reader.bytes->data, reader.bytes->len);
  g_assert_true (content.closed);
  while (tide_frame_peek (content.frames->data + at, content.frames->len - at, &header) == TIDE_PEEK_FRAME)
    {
      TideSlice payload = { (const char *)content.frames->data + at + TIDE_WIRE_HEADER_SIZE, header.length };
      TideEventReader events;
      TideLost lost;

      if (header.type == TIDE_FRAME_EVENTS && tide_event_reader_begin (&events, payload))
        n_events += events.left;
      else if (header.type == TIDE_FRAME_LOST && tide_get_lost (payload, &lost) && lost.count != 7)
        n_lost += lost.count;
      else if (header.type == TIDE_FRAME_STRING)
        n_strings++;
      at += TIDE_WIRE_HEADER_SIZE + header.length;
    }
  g_assert_cmpuint (at, ==, content.frames->len);
  g_assert_cmpuint (n_strings, ==, 3 + n_pushes);
  g_assert_cmpuint (n_lost, >, 0);
  g_assert_cmpuint (n_events + n_lost, ==, 4 + (guint64)n_pushes * per_push);
  g_byte_array_unref (content.frames);
  g_byte_array_unref (reader.bytes);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/journal/round-trip", test_round_trip }, { "/journal/empty", test_empty },
    { "/journal/one-second", test_one_second }, { "/journal/free-without-close", test_free_without_close },
    { "/journal/replaces", test_replaces },     { "/journal/refused", test_refused },
    { "/journal/locked", test_locked },         { "/journal/disk-full", test_disk_full },
    { "/journal/max-bytes", test_max_bytes },   { "/journal/slow-disk", test_slow_disk },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
