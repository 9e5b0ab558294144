#include "tide-interpreter-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *scratch;

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static TideInterpreter *
probe (const char *path, guint limit_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tide_interpreter_probe_within_async (path, "here", limit_ms, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tide_interpreter_probe_finish (result, error);
}

static char *
put_script (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  return g_steal_pointer (&path);
}

static void
test_real (void)
{
  g_autofree char *path = g_find_program_in_path ("python3");
  g_autoptr (TideInterpreter) interpreter = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  const char *command = "import platform; print(platform.python_version(), end='')";
  const char *argv[] = { path, "-c", command, NULL };

  g_assert_nonnull (path);
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, &expected, NULL, NULL, &error));
  interpreter = probe (path, 10000, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tide_interpreter_get_path (interpreter), ==, path);
  g_assert_cmpstr (tide_interpreter_get_implementation (interpreter), ==, "CPython");
  g_assert_cmpstr (tide_interpreter_get_version (interpreter), ==, expected);
  g_assert_cmpstr (tide_interpreter_get_origin (interpreter), ==, "here");
  g_assert_null (tide_interpreter_get_problem (interpreter));
}

static void
test_answers (void)
{
#define ANSWER(x) "\n--pagetide--\n" x
  static const struct
  {
    const char *answer;
    gsize length;
    const char *version, *problem, *warning;
  } cases[] = {
#define CASE(answer, version, problem, warning) { answer, sizeof (answer) - 1, version, problem, warning }
    CASE (ANSWER ("cpython\0003.8.0\00050856176\000/bin/sh\000/usr\0000\000"), "3.8.0", NULL, NULL),
    CASE (ANSWER ("cpython\0003.7.9\00050792944\000/bin/sh\000/usr\0000\000"), "3.7.9", "3.8 and newer",
          NULL),
    CASE (ANSWER ("cpython\0002.7.18\00034017008\000/bin/sh\000/usr\0000\000"), "2.7.18", "3.8 and newer",
          NULL),
    CASE (ANSWER ("pypy\0003.10.1\00050987504\000/bin/sh\000/usr\0000\000"), "3.10.1", "This is PyPy", NULL),
    CASE (ANSWER ("cpython\0003.13.0\00051183856\000/bin/sh\000/usr\0001\000"), "3.13.0", NULL,
          "calls, lines"),
    CASE (ANSWER ("cpython\0003.14.0\00051249392\000/bin/sh\000/usr\0001\000"), "3.14.0", NULL,
          "not yet charged"),
    CASE (ANSWER ("cpython\0003.16.0a1\00051380385\000/bin/sh\000/usr\0000\000"), "3.16.0a1", NULL,
          "3.16.0a1 is newer"),
    CASE ("noise" ANSWER ("cpython\0003.8.0\00050856176\000\000\0000\000"), "3.8.0", NULL, NULL),
    CASE (ANSWER ("\xff\000\xfe\000x\000\xfd\000\xfc\000\000"), "\357\277\275", "only programs of CPython",
          NULL),
    CASE ("", NULL, NULL, NULL),
    CASE ("Python 3.8", NULL, NULL, NULL),
    CASE (ANSWER ("cpython\0003.8.0\00050856176\000/bin/sh\000/usr\0000"), NULL, NULL, NULL),
    CASE (ANSWER (""), NULL, NULL, NULL),
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *answer = g_memdup2 (cases[i].answer, cases[i].length);
      g_autoptr (TideInterpreter) interpreter =
          tide_interpreter_new_from_answer ("/x", NULL, answer, cases[i].length, &error);

      if (cases[i].version == NULL)
        {
          g_assert_null (interpreter);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (tide_interpreter_get_version (interpreter), ==, cases[i].version);
      if (cases[i].problem == NULL)
        g_assert_null (tide_interpreter_get_problem (interpreter));
      else
        g_assert_nonnull (strstr (tide_interpreter_get_problem (interpreter), cases[i].problem));
      if (cases[i].warning == NULL)
        g_assert_null (tide_interpreter_get_warning (interpreter));
      else
        g_assert_nonnull (strstr (tide_interpreter_get_warning (interpreter), cases[i].warning));
    }
}

static void
test_hostile (void)
{
  g_autofree char *endless = put_script ("endless", "#!/bin/sh\nexec yes\n");
  g_autofree char *silent = put_script ("silent", "#!/bin/sh\nexec sleep 1000\n");
  g_autofree char *broken = put_script ("broken", "no program at all");
  g_autofree char *failing = put_script ("failing", "#!/bin/sh\nexit 3\n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (probe (endless, 60000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (probe (silent, 20, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_null (probe (broken, 60000, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (probe (failing, 60000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (probe ("/nowhere/python3", 60000, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (probe (silent, 60000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_find (void)
{
  g_autoptr (GListStore) store = g_list_store_new (TIDE_TYPE_INTERPRETER);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GHashTable) identities = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  gboolean usable = FALSE;
  guint n, last = 0;

  tide_interpreters_find_async (scratch, store, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tide_interpreters_find_finish (result, &error));
  g_assert_no_error (error);
  n = g_list_model_get_n_items (G_LIST_MODEL (store));
  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TideInterpreter) interpreter = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_assert_true (g_hash_table_add (identities, (gpointer)tide_interpreter_get_identity (interpreter)));
      g_assert_cmpuint (tide_interpreter_get_rank (interpreter), >=, last);
      last = tide_interpreter_get_rank (interpreter);
      g_assert_null (strstr (tide_interpreter_get_path (interpreter), "/shims/"));
      usable |= tide_interpreter_get_problem (interpreter) == NULL;
      g_test_message ("%s | %s %s | %s | %s", tide_interpreter_get_path (interpreter),
                      tide_interpreter_get_implementation (interpreter),
                      tide_interpreter_get_version (interpreter), tide_interpreter_get_origin (interpreter),
                      tide_interpreter_get_problem (interpreter));
    }
  g_assert_true (usable);
}

static void
test_find_cancelled (void)
{
  g_autoptr (GListStore) store = g_list_store_new (TIDE_TYPE_INTERPRETER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tide_interpreters_find_async (NULL, store, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (tide_interpreters_find_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_autofree char *command = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("tide-interpreter-XXXXXX", NULL);
  g_test_add_func ("/interpreter/real", test_real);
  g_test_add_func ("/interpreter/answers", test_answers);
  g_test_add_func ("/interpreter/hostile", test_hostile);
  g_test_add_func ("/interpreter/find", test_find);
  g_test_add_func ("/interpreter/find-cancelled", test_find_cancelled);
  status = g_test_run ();
  command = g_strdup_printf ("rm -rf '%s'", scratch);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (scratch);
  return status;
}
