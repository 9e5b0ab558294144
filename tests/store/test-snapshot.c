#include "tide-snapshot.h"

#include "tide-journal.h"
#include "tide-loader.h"
#include "tide-sample-frames.h"
#include "tide-store-error.h"

#include <glib/gstdio.h>

typedef struct
{
  char *directory;
  GFile *from, *to;
  TideBuffer buffer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *from = NULL, *to = NULL;

  self->directory = g_dir_make_tmp ("tide-snapshot-XXXXXX", NULL);
  from = g_build_filename (self->directory, "from.pagetide", NULL);
  to = g_build_filename (self->directory, "to.pagetide", NULL);
  self->from = g_file_new_for_path (from);
  self->to = g_file_new_for_path (to);
  tide_buffer_init (&self->buffer);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  tide_buffer_finish (&self->buffer);
  g_file_delete (self->from, NULL, NULL);
  g_file_delete (self->to, NULL, NULL);
  /* Nothing else is left there.  */
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_object_unref (self->from);
  g_object_unref (self->to);
  g_free (self->directory);
}

static TideJournal *
open_journal (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  TideJournal *journal = tide_journal_new (g_file_peek_path (self->from), 0, &error);

  g_assert_no_error (error);
  return journal;
}

static guint64
get_last (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideRecording) recording = tide_load (self->to, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  /* It is closed, as far as it goes.  */
  g_assert_cmpuint (tide_recording_get_n_diagnostics (recording), ==, 0);
  return (guint64)tide_recording_get_last_time (recording);
}

/* While it is being written; the writer goes on as if nobody had looked.  */
static void
test_of_a_live_one (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = open_journal (self);
  g_autoptr (GError) error = NULL;
  guint64 first;

  sample_put_life (&self->buffer, 0, 42);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  /* The first block is written at once; until then the answer is that there is none.  */
  while (!tide_snapshot_copy (self->from, self->to, NULL, &error))
    {
      g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
      g_clear_error (&error);
      g_thread_yield ();
    }
  first = get_last (self);
  tide_buffer_clear (&self->buffer);
  sample_put_growth (&self->buffer, 0, (gint64)first + MS_NS, 1000, 20000);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_true (tide_journal_close (journal, &error));
  g_assert_no_error (error);
  g_assert_true (tide_snapshot_copy (self->from, self->to, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (get_last (self), >, first);
}

/* A closed one is copied byte for byte, whatever its index was.  */
static void
test_of_a_closed_one (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = open_journal (self);
  g_autofree char *a = NULL, *b = NULL;
  gsize a_length, b_length;

  sample_put_life (&self->buffer, 0, 42);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_true (tide_journal_close (journal, NULL));
  g_assert_true (tide_snapshot_copy (self->from, self->to, NULL, NULL));
  g_assert_true (g_file_get_contents (g_file_peek_path (self->from), &a, &a_length, NULL));
  g_assert_true (g_file_get_contents (g_file_peek_path (self->to), &b, &b_length, NULL));
  g_assert_cmpmem (a, a_length, b, b_length);
}

/* Wherever it is cut, the copy has the whole blocks and says nothing of damage; or there is no copy.  */
static void
test_cut_anywhere (Fixture *self, gconstpointer data)
{
  g_autoptr (TideJournal) journal = open_journal (self);
  g_autofree char *bytes = NULL;
  gsize length;
  guint n_copies = 0;

  sample_put_life (&self->buffer, 0, 42);
  tide_journal_push (journal, self->buffer.data, self->buffer.length);
  g_assert_true (tide_journal_close (journal, NULL));
  g_assert_true (g_file_get_contents (g_file_peek_path (self->from), &bytes, &length, NULL));
  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents_full (g_file_peek_path (self->from), bytes, (gssize)n,
                                               G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
      if (tide_snapshot_copy (self->from, self->to, NULL, &error))
        {
          get_last (self);
          n_copies++;
        }
      else
        {
          g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
          g_assert_false (g_file_query_exists (self->to, NULL));
        }
    }
  g_assert_cmpuint (n_copies, >, 0);
  g_assert_cmpuint (n_copies, <, length);
}

/* What was there before stays where there is nothing to put in its place.  */
static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/at/all.pagetide");
  g_autoptr (GError) error = NULL, missing = NULL, target = NULL;
  g_autofree char *kept = NULL;

  g_assert_true (g_file_set_contents (g_file_peek_path (self->from), "text", -1, NULL));
  g_assert_true (g_file_set_contents (g_file_peek_path (self->to), "kept", -1, NULL));
  g_assert_false (tide_snapshot_copy (self->from, self->to, NULL, &error));
  g_assert_error (error, TIDE_STORE_ERROR, TIDE_STORE_ERROR_DAMAGED);
  g_assert_true (g_file_get_contents (g_file_peek_path (self->to), &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "kept");
  g_assert_false (tide_snapshot_copy (nowhere, self->to, NULL, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (tide_snapshot_copy (self->from, nowhere, NULL, &target));
  g_assert_error (target, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/snapshot/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("of-a-live-one", test_of_a_live_one);
  ADD ("of-a-closed-one", test_of_a_closed_one);
  ADD ("cut-anywhere", test_cut_anywhere);
  ADD ("failure", test_failure);
  return g_test_run ();
}
