#include "config.h"

#include "tide-interpreter-private.h"

#include <glib/gi18n-lib.h>

#define LIMIT_MS 10000
/* An honest answer has a few hundred bytes.  */
#define MAX_ANSWER (64u << 10)

/* Imports nothing but sys, so that no file of the folder or of a user's site is run, and works as far back as
 * Python 2.6: an interpreter that is too old is to be named as such.  */
static const char program[] =
    "import sys\n"
    "v = sys.version_info\n"
    "i = getattr(sys, 'implementation', None)\n"
    "n = i.name if i else ('pypy' if hasattr(sys, 'pypy_version_info') else 'cpython')\n"
    "s = {'final': '', 'alpha': 'a', 'beta': 'b'}.get(v[3], 'rc')\n"
    "t = '%d.%d.%d' % v[:3] + (s + str(v[4]) if s else '')\n"
    "f = [n, t, str(sys.hexversion), sys.executable or '', sys.prefix, '1' if 't' in getattr(sys, "
    "'abiflags', '') else '0', '']\n"
    "f = '\\n--pagetide--\\n' + '\\0'.join(f)\n"
    "o = getattr(sys.stdout, 'buffer', sys.stdout)\n"
    "o.write(f if str is bytes else f.encode(sys.getfilesystemencoding(), 'surrogateescape'))\n"
    "o.flush()\n";

typedef struct
{
  char *path;
  char *origin;
  GSubprocess *process;
  GSource *timer;
  GCancellable *reading; /* of our own: the caller's and the time limit end it */
  gulong cancelled_id;
  gboolean late;
  guint8 *answer;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  if (probe->timer != NULL)
    {
      g_source_destroy (probe->timer);
      g_source_unref (probe->timer);
    }
  g_free (probe->path);
  g_free (probe->origin);
  g_free (probe->answer);
  g_clear_object (&probe->process);
  g_clear_object (&probe->reading);
  g_free (probe);
}

static gboolean
on_late (gpointer data)
{
  Probe *probe = data;

  probe->late = TRUE;
  g_cancellable_cancel (probe->reading);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (G_CANCELLABLE (data));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Probe *probe = g_task_get_task_data (task);
  TideInterpreter *interpreter;
  GError *error = NULL;
  gsize length = 0;
  gboolean read = g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error);

  g_cancellable_disconnect (g_task_get_cancellable (task), probe->cancelled_id);
  /* Whatever it still does, it is of no use to us: it has answered, or talks too much, or is late.  */
  g_subprocess_force_exit (probe->process);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&error);
      return;
    }
  if (!read && probe->late)
    {
      g_autofree char *display = g_filename_display_name (probe->path);

      g_clear_error (&error);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("%s did not answer in time."),
                               display);
      return;
    }
  if (!read)
    {
      g_task_return_error (task, error);
      return;
    }
  interpreter = tide_interpreter_new_from_answer (probe->path, probe->origin, probe->answer, length, &error);
  if (interpreter != NULL)
    g_task_return_pointer (task, interpreter, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
tide_interpreter_probe_within_async (const char *path,
                                     const char *origin,
                                     guint limit_ms,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  Probe *probe = g_new0 (Probe, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tide_interpreter_probe_async);
  g_task_set_task_data (task, probe, probe_free);
  probe->path = g_canonicalize_filename (path, NULL);
  probe->origin = g_strdup (origin);
  probe->reading = g_cancellable_new ();
  probe->answer = g_malloc (MAX_ANSWER);
  g_subprocess_launcher_set_cwd (launcher, "/");
  probe->process =
      g_subprocess_launcher_spawn (launcher, &error, probe->path, "-E", "-s", "-S", "-c", program, NULL);
  if (probe->process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (cancellable != NULL)
    probe->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                 g_object_ref (probe->reading), g_object_unref);
  probe->timer = g_timeout_source_new (limit_ms);
  g_source_set_callback (probe->timer, on_late, probe, NULL);
  g_source_attach (probe->timer, g_main_context_get_thread_default ());
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (probe->process), probe->answer, MAX_ANSWER,
                                 G_PRIORITY_DEFAULT, probe->reading, on_answer, g_object_ref (task));
}

void
tide_interpreter_probe_async (const char *path,
                              const char *origin,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  tide_interpreter_probe_within_async (path, origin, LIMIT_MS, cancellable, callback, user_data);
}

TideInterpreter *
tide_interpreter_probe_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
