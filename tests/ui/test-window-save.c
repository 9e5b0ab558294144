#include "ui-fixture.h"

#include <glib/gstdio.h>

/* The questions before something is lost.  A recording is unsaved when it lies in the spool: as after a
 * launch, or when it is recovered.  */

typedef struct
{
  TideWindow *window;
  UiPrompter *prompter;
  char *spooled;
  char *folder;
} Fixture;

static gboolean
is_dirty (gpointer data)
{
  return tide_session_get_state (data) == TIDE_SESSION_ENDED && tide_session_is_dirty (data);
}

static void
fixture_begin (Fixture *fixture)
{
  g_autoptr (GFile) file = NULL;

  fixture->window = ui_window_new ();
  fixture->prompter = ui_prompter_new ();
  fixture->folder = ui_folder_new ();
  tide_window_set_prompter (fixture->window, TIDE_PROMPTER (fixture->prompter));
  fixture->spooled =
      g_build_filename (g_object_get_data (G_OBJECT (fixture->window), "folder"), "1.pagetide", NULL);
  ui_write_recording (fixture->spooled, 5);
  file = g_file_new_for_path (fixture->spooled);
  tide_window_open (fixture->window, file);
  ui_wait (is_dirty, tide_window_get_session (fixture->window));
  ui_settle (fixture->window);
}

static void
fixture_end (Fixture *fixture)
{
  g_autofree char *spool = g_path_get_dirname (fixture->spooled);

  ui_folder_remove (spool);
  ui_folder_remove (fixture->folder);
  g_object_unref (fixture->prompter);
  g_free (fixture->spooled);
  g_free (fixture->folder);
}

typedef struct
{
  gboolean called;
  gboolean closed;
} Closing;

static void
note_closed (GtkWindow *window, gboolean closed, gpointer data)
{
  *(Closing *)data = (Closing){ TRUE, closed };
}

static gboolean
was_called (gpointer data)
{
  return ((Closing *)data)->called;
}

static void
test_cancel (void)
{
  Fixture fixture;
  Closing closing = { FALSE, FALSE };

  fixture_begin (&fixture);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_CANCEL);
  tide_window_close_asking (fixture.window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_false (closing.closed);
  g_assert_cmpstr (ui_prompter_get_last (fixture.prompter), ==, "Save the recording of “nightly.py”?");
  g_assert_true (tide_session_is_dirty (tide_window_get_session (fixture.window)));
  g_assert_true (g_file_test (fixture.spooled, G_FILE_TEST_EXISTS));
  ui_window_destroy (fixture.window);
  fixture_end (&fixture);
}

static void
test_discard (void)
{
  Fixture fixture;
  Closing closing = { FALSE, FALSE };

  fixture_begin (&fixture);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_SECOND);
  tide_window_close_asking (fixture.window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_true (closing.closed);
  g_assert_cmpuint (ui_prompter_get_n_asked (fixture.prompter), ==, 1);
  g_assert_false (g_file_test (fixture.spooled, G_FILE_TEST_EXISTS));
  fixture_end (&fixture);
}

static void
test_save (void)
{
  Fixture fixture;
  Closing closing = { FALSE, FALSE };
  g_autofree char *path = NULL;

  fixture_begin (&fixture);
  path = g_build_filename (fixture.folder, "kept.pagetide", NULL);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_FIRST);
  ui_prompter_will_choose (fixture.prompter, path);
  tide_window_close_asking (fixture.window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_true (closing.closed);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  fixture_end (&fixture);
}

/* Whoever does not choose a name does not lose the recording either.  */
static void
test_save_cancelled (void)
{
  Fixture fixture;
  Closing closing = { FALSE, FALSE };

  fixture_begin (&fixture);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_FIRST);
  ui_prompter_will_choose (fixture.prompter, NULL);
  tide_window_close_asking (fixture.window, note_closed, &closing);
  ui_wait (was_called, &closing);
  g_assert_false (closing.closed);
  g_assert_true (g_file_test (fixture.spooled, G_FILE_TEST_EXISTS));
  ui_window_destroy (fixture.window);
  fixture_end (&fixture);
}

static gboolean
is_clean (gpointer data)
{
  return !tide_session_is_dirty (data);
}

static void
test_save_as (void)
{
  Fixture fixture;
  g_autofree char *path = NULL;

  fixture_begin (&fixture);
  path = g_build_filename (fixture.folder, "kept.pagetide", NULL);
  ui_prompter_will_choose (fixture.prompter, path);
  ui_activate (fixture.window, "save-as");
  ui_wait (is_clean, tide_window_get_session (fixture.window));
  g_assert_cmpstr (tide_session_get_path (tide_window_get_session (fixture.window)), ==, path);
  ui_window_destroy (fixture.window);
  fixture_end (&fixture);
}

static gboolean
shows_other (gpointer data)
{
  TideSession *session = data;

  return tide_session_get_state (session) == TIDE_SESSION_ENDED
         && g_str_has_suffix (tide_session_get_path (session), "other.pagetide");
}

static void
test_open_over (void)
{
  Fixture fixture;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  fixture_begin (&fixture);
  path = g_build_filename (fixture.folder, "other.pagetide", NULL);
  file = g_file_new_for_path (path);
  ui_write_recording (path, 3);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_CANCEL);
  tide_window_open (fixture.window, file);
  g_assert_cmpstr (tide_session_get_path (tide_window_get_session (fixture.window)), ==, fixture.spooled);
  ui_settle (fixture.window);
  ui_prompter_will_answer (fixture.prompter, TIDE_ANSWER_SECOND);
  tide_window_open (fixture.window, file);
  ui_wait (shows_other, tide_window_get_session (fixture.window));
  g_assert_cmpuint (ui_prompter_get_n_asked (fixture.prompter), ==, 2);
  ui_window_destroy (fixture.window);
  fixture_end (&fixture);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/window-save/cancel", test_cancel);
  g_test_add_func ("/window-save/discard", test_discard);
  g_test_add_func ("/window-save/save", test_save);
  g_test_add_func ("/window-save/save-cancelled", test_save_cancelled);
  g_test_add_func ("/window-save/save-as", test_save_as);
  g_test_add_func ("/window-save/open-over", test_open_over);
  return g_test_run ();
}
