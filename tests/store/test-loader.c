#include "tide-loader.h"
#include "tide-crc32.h"
#include "tide-journal.h"
#include "tide-recording-format.h"
#include "tide-sample-frames.h"
#include "tide-store-error.h"
#include "tide-summary.h"

#include <glib/gstdio.h>
#include <string.h>

/* A recording in memory of which we know where each block ends.  */
typedef struct
{
  GByteArray *bytes;
  TideBuffer frames;
  TideSummarizer *summarizer;
  GArray *entries;  /* TideIndexEntry                          */
  GArray *n_events; /* guint: events up to the end of block i  */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->bytes = g_byte_array_new ();
  tide_buffer_init (&self->frames);
  self->summarizer = tide_summarizer_new ();
  self->entries = g_array_new (FALSE, FALSE, sizeof (TideIndexEntry));
  self->n_events = g_array_new (FALSE, FALSE, sizeof (guint));
  tide_format_put_header (self->bytes);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_byte_array_unref (self->bytes);
  tide_buffer_finish (&self->frames);
  tide_summarizer_free (self->summarizer);
  g_array_unref (self->entries);
  g_array_unref (self->n_events);
}

/* Makes a block of what stands in self->frames.  */
static void
put_block (Fixture *self)
{
  TideBlockSummary summary =
      tide_summarizer_add_block (self->summarizer, self->frames.data, self->frames.length);
  TideIndexEntry entry = { .offset = self->bytes->len };
  guint n = self->n_events->len > 0 ? g_array_index (self->n_events, guint, self->n_events->len - 1) : 0;

  n += (guint)summary.n_events;
  tide_format_put_block (self->bytes, self->frames.data, self->frames.length, &summary, &entry);
  g_array_append_val (self->entries, entry);
  g_array_append_val (self->n_events, n);
  tide_buffer_clear (&self->frames);
}

/* Three blocks: a life, and twice ten events more.  */
static void
put_blocks (Fixture *self)
{
  sample_put_life (&self->frames, 0, 42);
  put_block (self);
  sample_put_growth (&self->frames, 0, 100 * MS_NS, 165, 10);
  put_block (self);
  sample_put_growth (&self->frames, 0, 200 * MS_NS, 175, 10);
  put_block (self);
}

static void
put_end (Fixture *self)
{
  tide_format_put_end (self->bytes, self->bytes->len, self->entries);
}

static TideRecording *
load_bytes (const void *data, gsize length, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize)length, NULL);

  return tide_load_stream (stream, NULL, error);
}

static guint
events_of (TideRecording *recording)
{
  return (guint)tide_process_get_n_events (tide_recording_get_process (recording, 0));
}

static gboolean
has_diagnostic (TideRecording *recording, const char *part)
{
  for (guint i = 0; i < tide_recording_get_n_diagnostics (recording); i++)
    if (strstr (tide_recording_get_diagnostic (recording, i), part) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = NULL;
  TideProcess *process;

  put_blocks (self);
  put_end (self);
  recording = load_bytes (self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 1);
  process = tide_recording_get_process (recording, 0);
  g_assert_cmpuint (tide_process_get_info (process)->pid, ==, 42);
  g_assert_cmpuint (tide_process_get_n_strings (process), ==, 3);
  g_assert_cmpuint (tide_process_get_n_events (process), ==, 24);
  g_assert_cmpint (tide_process_get_n_lost (process), ==, 7);
  g_assert_cmpint (tide_recording_get_last_time (recording), ==, 209 * MS_NS);
  g_assert_true (tide_recording_is_complete (recording));
}

/* Opens with all whole blocks wherever it is cut; where none is whole it says so.  */
static void
test_cut_anywhere (Fixture *self, gconstpointer data)
{
  put_blocks (self);
  put_end (self);
  for (gsize cut = 0; cut < self->bytes->len; cut++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = load_bytes (self->bytes->data, cut, &error);
      guint n_events = 0;

      for (guint i = 0; i < self->entries->len; i++)
        {
          const TideIndexEntry *entry = &g_array_index (self->entries, TideIndexEntry, i);

          if (cut >= entry->offset + entry->length)
            n_events = g_array_index (self->n_events, guint, i);
        }
      if (n_events == 0)
        {
          g_assert_null (recording);
          g_assert_true (error->domain == TIDE_STORE_ERROR);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (events_of (recording), ==, n_events);
      g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
    }
}

/* A bit that turned anywhere is noticed, or harmless; never is anything read that was not recorded.  */
static void
test_mutations (Fixture *self, gconstpointer data)
{
  put_blocks (self);
  put_end (self);
  for (gsize bit = 0; bit < 8 * (gsize)self->bytes->len; bit++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = NULL;

      self->bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
      recording = load_bytes (self->bytes->data, self->bytes->len, &error);
      self->bytes->data[bit / 8] ^= (guint8)(1u << bit % 8);
      if (recording == NULL)
        {
          g_assert_true (error->domain == TIDE_STORE_ERROR);
          continue;
        }
      if (events_of (recording) < 24)
        g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
      g_assert_cmpuint (tide_process_get_n_strings (tide_recording_get_process (recording, 0)), ==, 3);
    }
}

/* Damage in the middle: what comes before is kept; how much and which time is missing is said.  */
static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("tide-loader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "damaged.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideRecording) from_pipe = NULL;
  g_autofree char *offset = NULL;
  const TideIndexEntry *second;

  put_blocks (self);
  put_end (self);
  second = &g_array_index (self->entries, TideIndexEntry, 1);
  self->bytes->data[second->offset + second->length - 1] ^= 1;
  g_assert_true (g_file_set_contents (path, (const char *)self->bytes->data, self->bytes->len, NULL));
  recording = tide_load (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events_of (recording), ==, 4);
  offset = g_strdup_printf ("byte %" G_GUINT64_FORMAT, second->offset);
  g_test_message ("%s", tide_recording_get_diagnostic (recording, 0));
  g_assert_true (has_diagnostic (recording, offset));
  g_assert_true (has_diagnostic (recording, "from 0:00.1 to 0:00.2"));

  /* What cannot seek does not know when the recording ended.  */
  from_pipe = load_bytes (self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  g_assert_true (has_diagnostic (from_pipe, offset));
  g_unlink (path);
  g_rmdir (directory);
}

/* A block whose bytes are sound and whose frames are not.  */
static void
test_bad_frames (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = NULL;

  put_blocks (self);
  sample_put_growth (&self->frames, 5, 0, 0, 3);
  put_block (self);
  put_end (self);
  recording = load_bytes (self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events_of (recording), ==, 24);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
  g_assert_true (has_diagnostic (recording, "missing"));
}

/* The frames alone, as a pipe carries them.  */
static void
test_frames (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = NULL;
  g_autoptr (TideRecording) cut = NULL;

  sample_put_life (&self->frames, 0, 42);
  for (guint i = 0; i < 30; i++)
    sample_put_growth (&self->frames, 0, (100 + i * 4000) * MS_NS, 165 + i, 4000);
  recording = load_bytes (self->frames.data, self->frames.length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events_of (recording), ==, 4 + 30 * 4000);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  cut = load_bytes (self->frames.data, self->frames.length - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events_of (cut), ==, 4 + 29 * 4000);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (cut), ==, 1);
}

static const struct
{
  const char *name;
  const char *data;
  gsize length;
  TideStoreError code;
} foreign[] = {
  { "empty", "", 0, TIDE_STORE_ERROR_NOT_A_RECORDING },
  { "one byte", "P", 1, TIDE_STORE_ERROR_NOT_A_RECORDING },
  { "text", "import os\nprint(os.getcwd())\n", 29, TIDE_STORE_ERROR_NOT_A_RECORDING },
  { "magic alone", "PAGETIDE", 8, TIDE_STORE_ERROR_DAMAGED },
  { "magic and text", "PAGETIDE is a program that shows memory", 39, TIDE_STORE_ERROR_DAMAGED },
  { "HELLO cut", "\x20\0\0\0\1\0\0\0PAGETIDE\1\0", 18, TIDE_STORE_ERROR_DAMAGED },
  { "HELLO of version 2", "\x0a\0\0\0\1\0\0\0PAGETIDE\2\0", 18, TIDE_STORE_ERROR_TOO_NEW },
  { "HELLO without a process", "\x0a\0\0\0\1\0\0\0PAGETIDE\1\0", 18, TIDE_STORE_ERROR_DAMAGED },
};

static void
test_foreign (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (GError) error = NULL;
      /* No byte is behind it.  */
      g_autofree guint8 *head = g_memdup2 (foreign[i].data, foreign[i].length);

      g_test_message ("%s", foreign[i].name);
      g_assert_cmpint (tide_loader_recognizes (head, foreign[i].length), ==,
                       foreign[i].code != TIDE_STORE_ERROR_NOT_A_RECORDING);
      g_assert_null (load_bytes (foreign[i].data, foreign[i].length, &error));
      g_assert_error (error, TIDE_STORE_ERROR, (int)foreign[i].code);
      g_test_message ("%s", error->message);
    }
}

static void
set_u32 (GByteArray *bytes, gsize at, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    bytes->data[at + i] = (guint8)(value >> (8 * i));
}

static void
test_newer_major (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_blocks (self);
  self->bytes->data[8] = 2;
  set_u32 (self->bytes, 20, tide_crc32 (self->bytes->data, 20));
  g_assert_null (load_bytes (self->bytes->data, self->bytes->len, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_TOO_NEW);
}

/* A newer minor version adds to the ends of header and summary, and to the rows of the index.  */
static void
test_newer_minor (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = NULL;
  const guint8 news[] = { 99, 3, 'n', 'e', 'w' };
  guint header_length, index;
  TideIndexEntry entry;

  sample_put_life (&self->frames, 0, 42);
  put_block (self);
  entry = g_array_index (self->entries, TideIndexEntry, 0);
  header_length = tide_format_peek_block (self->bytes->data + entry.offset);

  g_byte_array_append (bytes, self->bytes->data, TIDE_FORMAT_HEADER_SIZE);
  bytes->data[10] = 7;
  set_u32 (bytes, 12, TIDE_FORMAT_HEADER_SIZE + 5);
  set_u32 (bytes, 20, tide_crc32 (bytes->data, 20));
  g_byte_array_append (bytes, news, sizeof news);
  g_byte_array_append (bytes, self->bytes->data + entry.offset, header_length - 4);
  g_byte_array_append (bytes, news, sizeof news);
  bytes->data[TIDE_FORMAT_HEADER_SIZE + 5 + 4] = (guint8)(header_length + 5);
  set_u32 (self->bytes, 0, tide_crc32 (bytes->data + TIDE_FORMAT_HEADER_SIZE + 5, header_length + 1));
  g_byte_array_append (bytes, self->bytes->data, 4);
  g_byte_array_append (bytes, self->bytes->data + entry.offset + header_length, entry.length - header_length);

  index = bytes->len;
  tide_format_put_end (bytes, index, self->entries);
  g_byte_array_append (bytes, bytes->data + bytes->len - TIDE_FORMAT_TRAILER_SIZE, TIDE_FORMAT_TRAILER_SIZE);
  memcpy (bytes->data + index + TIDE_FORMAT_INDEX_SIZE + TIDE_FORMAT_ENTRY_SIZE, "more row", 8);
  memmove (bytes->data + index + TIDE_FORMAT_INDEX_SIZE + TIDE_FORMAT_ENTRY_SIZE + 8,
           bytes->data + bytes->len - TIDE_FORMAT_TRAILER_SIZE, TIDE_FORMAT_TRAILER_SIZE);
  g_byte_array_set_size (bytes, bytes->len - TIDE_FORMAT_TRAILER_SIZE + 8);
  set_u32 (bytes, index + 8, TIDE_FORMAT_ENTRY_SIZE + 8);
  set_u32 (bytes, index + 12,
           tide_crc32 (bytes->data + index + TIDE_FORMAT_INDEX_SIZE, TIDE_FORMAT_ENTRY_SIZE + 8));

  recording = load_bytes (bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events_of (recording), ==, 4);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
}

/* A block that says it is small and unpacks to more, and one that says it is huge.  */
static void
test_bombs (Fixture *self, gconstpointer data)
{
  const guint32 lengths[] = { 100, TIDE_FORMAT_MAX_RAW + 1, G_MAXUINT32 };

  put_blocks (self);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = NULL;
      g_autofree guint8 *zeros = g_malloc0 (1 << 20);
      const TideBlockSummary summary = TIDE_BLOCK_SUMMARY_INIT;
      TideIndexEntry entry;
      guint at = self->bytes->len, header_length;

      g_byte_array_append (bytes, self->bytes->data, self->bytes->len);
      tide_format_put_block (bytes, zeros, 1 << 20, &summary, &entry);
      header_length = tide_format_peek_block (bytes->data + at);
      set_u32 (bytes, at + 12, lengths[i]);
      set_u32 (bytes, at + header_length - 4, tide_crc32 (bytes->data + at, header_length - 4));
      recording = load_bytes (bytes->data, bytes->len, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (events_of (recording), ==, 24);
      g_assert_true (has_diagnostic (recording, "damaged"));
    }
}

/* What the journal writes, cut at random places: each opens with all whole blocks.  */
static void
test_journal_cut (Fixture *self, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("tide-loader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "a.pagetide", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (TideJournal) journal = tide_journal_new (path, 0, NULL);
  g_autoptr (TideRecording) whole = NULL;
  gsize length, first_end = 0, at = TIDE_FORMAT_HEADER_SIZE;
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = 0;

  sample_put_life (&self->frames, 0, 42);
  for (guint i = 0; i < 150; i++)
    sample_put_growth (&self->frames, 0, (100 + i * 1000) * MS_NS, 165 + i, 1000);
  tide_journal_push (journal, self->frames.data, self->frames.length);
  g_assert_true (tide_journal_close (journal, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  while (tide_format_peek_block ((guint8 *)bytes + at) > 0)
    {
      TideBlockHeader header;

      g_assert_true (tide_format_get_block ((guint8 *)bytes + at,
                                            tide_format_peek_block ((guint8 *)bytes + at), &header));
      at += header.header_length + header.stored_length;
      n += (guint)header.summary.n_events;
      g_array_append_val (ends, at);
      g_array_append_val (events, n);
    }
  g_assert_cmpuint (ends->len, >, 3);
  g_assert_cmpuint (n, ==, 150004);
  first_end = g_array_index (ends, gsize, 0);
  whole = load_bytes (bytes, length, NULL);
  g_assert_cmpuint (events_of (whole), ==, n);

  for (guint round = 0; round < 200; round++)
    {
      gsize cut = (gsize)g_test_rand_int_range (0, (gint32)length);
      g_autoptr (GError) error = NULL;
      g_autoptr (TideRecording) recording = load_bytes (bytes, cut, &error);
      guint expected = 0;

      for (guint i = 0; i < ends->len && g_array_index (ends, gsize, i) <= cut; i++)
        expected = g_array_index (events, guint, i);
      if (cut < first_end)
        {
          g_assert_null (recording);
          g_assert_true (error->domain == TIDE_STORE_ERROR);
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpuint (events_of (recording), ==, expected);
          g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 1);
        }
    }
  g_unlink (path);
  g_rmdir (directory);
}

/* The first version's file, kept for ever: every later reader must find the same in it.  */
static void
test_first_version (Fixture *self, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PAGETIDE_TEST_DATA"), "recordings", "v1-small.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = tide_load (file, NULL, NULL, NULL, &error);
  TideProcess *process;
  gint64 time_ns, peak;

  g_assert_no_error (error);
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  g_assert_cmpuint (tide_recording_get_n_processes (recording), ==, 2);
  process = tide_recording_get_process (recording, 0);
  g_assert_cmpuint (tide_process_get_info (process)->pid, ==, 4242);
  g_assert_cmpstr (tide_process_get_info (process)->python_version, ==, "3.11.2");
  g_assert_cmpuint (tide_process_get_n_events (process), ==, 304);
  g_assert_true (tide_series_peak (tide_process_get_rss (process), &time_ns, &peak));
  g_assert_cmpint (peak, ==, 465 * SAMPLE_PAGE);
  g_assert_cmpint (time_ns, ==, 399 * MS_NS);
  process = tide_recording_get_process (recording, 1);
  g_assert_cmpuint (tide_process_get_info (process)->pid, ==, 4250);
  g_assert_cmpuint (tide_process_get_n_events (process), ==, 4);
  g_assert_true (tide_recording_is_complete (recording));
}

static void
test_file_errors (Fixture *self, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("tide-loader-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (directory);
  g_autoptr (GFile) missing = g_file_get_child (folder, "missing");
  g_autoptr (GError) error = NULL;

  g_assert_null (tide_load (folder, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_null (tide_load (missing, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_rmdir (directory);
}

typedef struct
{
  GMainLoop *loop;
  GAsyncResult *result;
  GThread *main_thread;
  guint n_progress;
  goffset last;
  gboolean finished;
} Waiter;

static void
on_progress (goffset done, goffset total, gpointer data)
{
  Waiter *self = data;

  g_assert_true (g_thread_self () == self->main_thread);
  g_assert_false (self->finished);
  g_assert_cmpint (done, >=, self->last);
  g_assert_cmpint (done, <=, total);
  self->last = done;
  self->n_progress++;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Waiter *self = data;

  self->finished = TRUE;
  self->result = g_object_ref (result);
  g_main_loop_quit (self->loop);
}

static void
test_async (Fixture *self, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("tide-loader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "a.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  put_blocks (self);
  put_end (self);
  g_assert_true (g_file_set_contents (path, (const char *)self->bytes->data, self->bytes->len, NULL));
  for (guint cancelled = 0; cancelled < 2; cancelled++)
    {
      Waiter waiter = { .loop = g_main_loop_new (NULL, FALSE), .main_thread = g_thread_self () };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (TideRecording) recording = NULL;
      g_autoptr (GError) error = NULL;

      if (cancelled)
        g_cancellable_cancel (cancellable);
      tide_load_async (file, on_progress, &waiter, cancellable, on_loaded, &waiter);
      g_main_loop_run (waiter.loop);
      recording = tide_load_finish (waiter.result, &error);
      if (cancelled)
        {
          g_assert_null (recording);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpuint (events_of (recording), ==, 24);
          g_assert_cmpuint (waiter.n_progress, >, 0);
        }
      g_object_unref (waiter.result);
      g_main_loop_unref (waiter.loop);
    }
  g_unlink (path);
  g_rmdir (directory);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/loader/whole", test_whole },
    { "/loader/cut-anywhere", test_cut_anywhere },
    { "/loader/mutations", test_mutations },
    { "/loader/damage", test_damage },
    { "/loader/bad-frames", test_bad_frames },
    { "/loader/frames", test_frames },
    { "/loader/foreign", test_foreign },
    { "/loader/newer-major", test_newer_major },
    { "/loader/newer-minor", test_newer_minor },
    { "/loader/bombs", test_bombs },
    { "/loader/journal-cut", test_journal_cut },
    { "/loader/first-version", test_first_version },
    { "/loader/file-errors", test_file_errors },
    { "/loader/async", test_async },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
