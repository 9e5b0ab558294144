#include "config.h"

#include "tide-interpreter-places.h"
#include "tide-interpreter-private.h"

/* Starting all interpreters of a machine at once would be felt by whatever else runs there.  */
#define MAX_AT_ONCE 4

typedef struct
{
  GListStore *store;
  GHashTable *identities;
  GPtrArray *places; /* TideInterpreterPlace */
  guint n_asked, n_answered;
} Find;

typedef struct
{
  GTask *task;
  guint rank;
} Question;

static void ask_more (GTask *task);

static void
find_free (gpointer data)
{
  Find *find = data;

  g_clear_object (&find->store);
  g_clear_pointer (&find->identities, g_hash_table_unref);
  g_clear_pointer (&find->places, g_ptr_array_unref);
  g_free (find);
}

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer data)
{
  guint one = tide_interpreter_get_rank (TIDE_INTERPRETER ((gpointer)a));
  guint other = tide_interpreter_get_rank (TIDE_INTERPRETER ((gpointer)b));

  return one < other ? -1 : one > other;
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (GTask) task = question->task;
  guint rank = question->rank;
  Find *find = g_task_get_task_data (task);
  const TideInterpreterPlace *place = find->places->pdata[rank];
  g_autoptr (GError) error = NULL;
  g_autoptr (TideInterpreter) interpreter = tide_interpreter_probe_finish (result, &error);

  g_free (question);
  find->n_answered++;
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      if (interpreter == NULL)
        interpreter = tide_interpreter_new_silent (place->path, place->origin, error->message);
      tide_interpreter_set_rank (interpreter, rank);
      if (g_hash_table_add (find->identities, g_strdup (tide_interpreter_get_identity (interpreter))))
        g_list_store_insert_sorted (find->store, interpreter, compare_ranks, NULL);
    }
  ask_more (task);
}

static void
ask_more (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));

  while (!cancelled && find->n_asked < find->places->len && find->n_asked - find->n_answered < MAX_AT_ONCE)
    {
      const TideInterpreterPlace *place = find->places->pdata[find->n_asked];
      Question *question = g_new (Question, 1);

      question->task = g_object_ref (task);
      question->rank = find->n_asked++;
      tide_interpreter_probe_async (place->path, place->origin, g_task_get_cancellable (task), on_probed,
                                    question);
    }
  if (find->n_asked == find->n_answered && !g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Find *find = g_task_get_task_data (task);

  find->places = g_task_propagate_pointer (G_TASK (result), NULL);
  if (find->places == NULL)
    find->places = g_ptr_array_new ();
  ask_more (task);
}

static void
list_places (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const char *const bin[] = { "/usr/local/bin", "/usr/bin", NULL };
  TideInterpreterPlaces places = {
    .directory = data,
    .path = g_getenv ("PATH"),
    .bin = bin,
    .home = g_get_home_dir (),
    .pyenv_root = g_getenv ("PYENV_ROOT"),
  };

  g_task_return_pointer (task, tide_interpreter_places_list (&places), (GDestroyNotify)g_ptr_array_unref);
}

void
tide_interpreters_find_async (const char *directory,
                              GListStore *store,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) lister = NULL;
  Find *find = g_new0 (Find, 1);

  g_task_set_source_tag (task, tide_interpreters_find_async);
  g_task_set_task_data (task, find, find_free);
  find->store = g_object_ref (store);
  find->identities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lister = g_task_new (NULL, NULL, on_listed, g_object_ref (task));
  g_task_set_task_data (lister, g_strdup (directory), g_free);
  g_task_run_in_thread (lister, list_places);
}

gboolean
tide_interpreters_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
