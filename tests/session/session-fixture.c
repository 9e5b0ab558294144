#include "session-fixture.h"

#include "tide-decoder.h"
#include "tide-frames.h"
#include "tide-journal.h"

#include <glib/gstdio.h>
#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)

static TideSlice
slice_of (const char *text)
{
  return (TideSlice){ text, strlen (text) };
}

static void
put_all (TideBuffer *buffer, guint n_events)
{
  static const char *const strings[] = { "/src/train.py", "load", "parse" };
  TideSlice args[] = { slice_of ("python3"), slice_of ("/src/train.py"), slice_of ("--fast") };
  TideHello hello = { .pid = 4242, .page_size = 4096, .start_wall_ns = 1000000000000000000u };
  TidePythonInfo python = { 0x030c01f0, 0, slice_of ("3.12.1") };
  TideBye bye = { .time_ns = n_events * MS + 1, .kind = TIDE_END_EXITED };
  TideSample sample = { .rss_pages = 2560 };

  tide_put_hello (buffer, 0, &hello, args, G_N_ELEMENTS (args));
  tide_put_python (buffer, 0, &python);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    tide_put_string (buffer, 0, slice_of (strings[i]));
  for (guint i = 0; i < 2; i++)
    {
      TideCodeInfo code = { 1, 2 + i, 10 * (i + 1) };
      TideNodeInfo node = { 0, 1 + i, 10 * (i + 1) + 1 };

      tide_put_code (buffer, 0, &code);
      tide_put_node (buffer, 0, &node);
    }
  tide_put_sample (buffer, 0, &sample);
  for (guint i = 0; i < n_events; i++)
    {
      TideEvent event = { .time_ns = (i + 1) * MS,
                          .delta_pages = 256,
                          .rss_pages = 2560 + 256 * (guint64)(i + 1),
                          .node = 1 + i % 2 };

      tide_put_events (buffer, 0, &event, 1);
    }
  tide_put_bye (buffer, 0, &bye);
  g_assert_true (tide_buffer_ok (buffer));
}

TideRecording *
fixture_recording (guint n_events)
{
  TideRecording *recording = tide_recording_new ();
  g_autoptr (TideDecoder) decoder = tide_decoder_new ();
  TideBatch *batch;
  TideBuffer buffer;

  tide_buffer_init (&buffer);
  put_all (&buffer, n_events);
  g_assert_true (tide_decoder_push (decoder, buffer.data, buffer.length, NULL));
  while ((batch = tide_decoder_pop (decoder)) != NULL)
    tide_recording_append (recording, batch);
  tide_buffer_finish (&buffer);
  return recording;
}

void
fixture_write (const char *path, guint n_events)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TideJournal) journal = tide_journal_new (path, 0, &error);
  TideBuffer buffer;

  g_assert_no_error (error);
  tide_buffer_init (&buffer);
  put_all (&buffer, n_events);
  tide_journal_push (journal, buffer.data, buffer.length);
  g_assert_true (tide_journal_close (journal, &error));
  tide_buffer_finish (&buffer);
}

char *
fixture_folder (void)
{
  char *folder = g_dir_make_tmp ("tide-session-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

void
fixture_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        fixture_remove (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

void
fixture_settle (TideSession *session)
{
  gboolean computing;

  do
    {
      g_object_get (session, "computing", &computing, NULL);
      if (computing)
        g_main_context_iteration (NULL, TRUE);
    }
  while (computing);
}
