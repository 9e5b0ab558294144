#include "session-fixture.h"

#include <glib/gstdio.h>

#define MS G_GINT64_CONSTANT (1000000)

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static gboolean
load (TideSession *session, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  tide_session_load_async (session, file, NULL, NULL, NULL, keep_result, &result);
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_LOADING);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tide_session_load_finish (session, result, error);
}

static gboolean
save (TideSession *session, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  tide_session_save_async (session, file, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tide_session_save_finish (session, result, error);
}

static void
count_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  GHashTable *counts = data;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, pspec->name));

  g_hash_table_insert (counts, (gpointer)pspec->name, GUINT_TO_POINTER (n + 1));
}

static guint
take_count (GHashTable *counts, const char *name)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));

  g_hash_table_remove (counts, name);
  return n;
}

static void
test_empty (void)
{
  g_autoptr (TideSession) session = tide_session_new ();
  g_autofree char *title = tide_session_dup_title (session);
  g_autofree char *subtitle = tide_session_dup_subtitle (session);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_EMPTY);
  g_assert_null (tide_session_get_recording (session));
  g_assert_null (tide_session_get_process (session));
  g_assert_null (tide_session_get_table (session));
  g_assert_cmpstr (title, ==, "");
  g_assert_cmpstr (subtitle, ==, "");
  g_assert_cmpstr (tide_session_get_filter (session), ==, "");
  tide_session_zoom (session, 5, 0.5);
  tide_session_pan (session, 5);
  tide_session_fit (session);
  tide_session_zoom_to_selection (session);
  tide_session_set_selection (session, (TideSpan){ 1, 5 });
  g_assert_false (tide_session_has_selection (session));
  tide_session_stop (session);
  tide_session_set_paused (session, TRUE);
  g_assert_false (tide_session_is_paused (session));
  g_assert_false (tide_session_pump (session, 1000));
  tide_session_refresh (session);
  tide_session_close (session);
  g_assert_false (save (session, "/nowhere/x.pagetide", &error));
  g_assert_nonnull (error);
}

static void
test_recording (void)
{
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (TideRecording) recording = fixture_recording (100);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  TideSpan visible, whole;

  g_signal_connect (session, "notify", G_CALLBACK (count_notify), counts);
  tide_session_set_recording (session, recording, NULL);
  g_assert_cmpuint (take_count (counts, "recording"), ==, 1);
  g_assert_cmpuint (take_count (counts, "process"), ==, 1);
  g_assert_cmpuint (take_count (counts, "state"), ==, 1);
  g_assert_cmpuint (take_count (counts, "visible-end"), ==, 1);
  g_assert_cmpuint (take_count (counts, "visible-begin"), ==, 0);
  g_assert_true (tide_session_get_recording (session) == recording);
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_ENDED);
  g_assert_false (tide_session_is_dirty (session));
  g_assert_false (tide_session_get_follow (session));
  whole = tide_session_get_whole (session);
  visible = tide_session_get_visible (session);
  g_assert_cmpint (whole.end_ns, ==, 100 * MS + 1);
  g_assert_cmpint (visible.begin_ns, ==, 0);
  g_assert_cmpint (visible.end_ns, ==, whole.end_ns);

  title = tide_session_dup_title (session);
  subtitle = tide_session_dup_subtitle (session);
  g_assert_cmpstr (title, ==, "train.py");
  g_assert_true (g_str_has_prefix (subtitle, "PID 4242 · CPython 3.12.1 · recorded 2001-09-0"));

  fixture_settle (session);
  g_assert_cmpuint (take_count (counts, "table"), ==, 1);
  g_assert_cmpint (tide_function_table_get_net (tide_session_get_table (session)), ==, 100 << 20);
}

static void
test_selection (void)
{
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (TideRecording) recording = fixture_recording (100);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  TideSpan visible, selection;

  tide_session_set_recording (session, recording, NULL);
  fixture_settle (session);
  g_signal_connect (session, "notify", G_CALLBACK (count_notify), counts);

  /* Filters the table, leaves what is seen alone.  */
  tide_session_set_selection (session, (TideSpan){ 10 * MS, 20 * MS });
  g_assert_true (tide_session_has_selection (session));
  g_assert_cmpuint (take_count (counts, "selection-begin"), ==, 1);
  g_assert_cmpuint (take_count (counts, "selection-end"), ==, 1);
  g_assert_cmpuint (take_count (counts, "visible-begin"), ==, 0);
  g_assert_cmpuint (take_count (counts, "visible-end"), ==, 0);
  fixture_settle (session);
  g_assert_cmpint (tide_function_table_get_net (tide_session_get_table (session)), ==, 10 << 20);

  /* Zooming filters nothing.  */
  take_count (counts, "table");
  tide_session_zoom_to_selection (session);
  visible = tide_session_get_visible (session);
  g_assert_cmpint (visible.begin_ns, ==, 10 * MS);
  g_assert_cmpint (visible.end_ns, ==, 20 * MS);
  fixture_settle (session);
  g_assert_cmpuint (take_count (counts, "table"), ==, 0);

  tide_session_set_selection (session, (TideSpan){ 95 * MS, 1000 * MS });
  selection = tide_session_get_selection (session);
  g_assert_cmpint (selection.end_ns, ==, 100 * MS + 1);
  tide_session_set_selection (session, (TideSpan){ 5, 5 });
  g_assert_false (tide_session_has_selection (session));
  tide_session_set_selection (session, (TideSpan){ 10 * MS, 20 * MS });
  tide_session_clear_selection (session);
  fixture_settle (session);
  g_assert_cmpint (tide_function_table_get_net (tide_session_get_table (session)), ==, 100 << 20);
}

static void
test_filter (void)
{
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (TideRecording) recording = fixture_recording (10);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);

  tide_session_set_recording (session, recording, NULL);
  fixture_settle (session);
  g_signal_connect (session, "notify", G_CALLBACK (count_notify), counts);
  g_object_set (session, "filter", "load", NULL);
  tide_session_set_filter (session, "load");
  g_assert_cmpuint (take_count (counts, "filter"), ==, 1);
  g_assert_cmpuint (take_count (counts, "computing"), ==, 0);
  tide_session_set_filter (session, NULL);
  g_assert_cmpstr (tide_session_get_filter (session), ==, "");
}

static void
test_load (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "a b.pagetide", NULL);
  g_autofree char *copy = g_build_filename (folder, "copy.pagetide", NULL);
  g_autofree char *spool = g_build_filename (folder, "spool", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "x.pagetide", NULL);
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (GError) error = NULL;

  tide_session_set_spool_directory (session, spool);
  fixture_write (path, 10);
  g_assert_true (load (session, path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_ENDED);
  g_assert_cmpstr (tide_session_get_path (session), ==, path);
  g_assert_false (tide_session_is_dirty (session));

  /* An opened file is copied, not moved; onto itself it is left alone.  */
  g_assert_true (save (session, path, &error));
  g_assert_true (save (session, copy, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (tide_session_get_path (session), ==, copy);
  g_assert_false (save (session, nowhere, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpstr (tide_session_get_path (session), ==, copy);
  tide_session_close (session);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_null (tide_session_get_path (session));

  g_assert_false (load (session, nowhere, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_EMPTY);
  fixture_remove (folder);
}

static void
test_closed_while_loading (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "a.pagetide", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_write (path, 10);
  tide_session_load_async (session, file, NULL, NULL, NULL, keep_result, &result);
  tide_session_close (session);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (tide_session_load_finish (session, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (tide_session_get_state (session), ==, TIDE_SESSION_EMPTY);
  fixture_remove (folder);
}

static void
test_recover (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "left.pagetide", NULL);
  g_autofree char *other = g_build_filename (folder, "other.pagetide", NULL);
  g_autofree char *home = fixture_folder ();
  g_autofree char *saved = g_build_filename (home, "saved.pagetide", NULL);
  g_autoptr (TideSession) session = tide_session_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  tide_session_set_spool_directory (session, folder);
  fixture_write (path, 10);
  fixture_write (other, 10);
  found = tide_session_find_recoverable (folder);
  g_assert_cmpuint (found->len, ==, 2);
  g_ptr_array_unref (found);

  /* One that is shown belongs to the session, and nobody saved it yet.  */
  g_assert_true (load (session, path, &error));
  g_assert_true (tide_session_is_dirty (session));
  found = tide_session_find_recoverable (folder);
  g_assert_cmpuint (found->len, ==, 1);

  g_assert_true (save (session, saved, &error));
  g_assert_no_error (error);
  g_assert_false (tide_session_is_dirty (session));
  g_assert_cmpstr (tide_session_get_path (session), ==, saved);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (saved, G_FILE_TEST_EXISTS));
  tide_session_close (session);
  g_assert_true (g_file_test (saved, G_FILE_TEST_EXISTS));

  /* One that is given up goes.  */
  g_assert_true (load (session, other, &error));
  tide_session_close (session);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));

  /* One whose session vanished stays.  */
  fixture_write (other, 10);
  g_assert_true (load (session, other, &error));
  g_clear_object (&session);
  g_ptr_array_unref (found);
  found = tide_session_find_recoverable (folder);
  g_assert_cmpuint (found->len, ==, 1);
  fixture_remove (folder);
  fixture_remove (home);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/empty", test_empty);
  g_test_add_func ("/session/recording", test_recording);
  g_test_add_func ("/session/selection", test_selection);
  g_test_add_func ("/session/filter", test_filter);
  g_test_add_func ("/session/load", test_load);
  g_test_add_func ("/session/closed-while-loading", test_closed_while_loading);
  g_test_add_func ("/session/recover", test_recover);
  return g_test_run ();
}
