#include "config.h"

#include "tide-target.h"

#include "tide-channel.h"
#include "tide-control.h"
#include "tide-helper-command.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a helper whose stream is over may take to be gone, before "ended" is said without its exit status.
 */
#define HELPER_EXIT_LIMIT_MS 2000

struct _TideTarget
{
  GObject parent_instance;

  GSubprocess *helper;
  GCancellable *waiting;
  guint exit_timer;
  TideChannel *channel;
  TideControl *control;
  char *journal_path;
  GError *error;
  gboolean ended;
};

enum
{
  READY,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TideTarget, tide_target, G_TYPE_OBJECT)

static void
tide_target_finalize (GObject *object)
{
  TideTarget *self = TIDE_TARGET (object);

  g_cancellable_cancel (self->waiting);
  g_clear_object (&self->waiting);
  g_clear_handle_id (&self->exit_timer, g_source_remove);
  g_clear_pointer (&self->control, tide_control_free);
  g_clear_pointer (&self->channel, tide_channel_free);
  g_clear_object (&self->helper);
  g_clear_error (&self->error);
  g_free (self->journal_path);
  G_OBJECT_CLASS (tide_target_parent_class)->finalize (object);
}

static void
tide_target_class_init (TideTargetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tide_target_finalize;
  signals[READY] =
      g_signal_new ("ready", TIDE_TYPE_TARGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] =
      g_signal_new ("ended", TIDE_TYPE_TARGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tide_target_init (TideTarget *self)
{
  self->waiting = g_cancellable_new ();
}

static void
on_ready (gpointer data)
{
  g_signal_emit (data, signals[READY], 0);
}

static void
finish (TideTarget *self)
{
  g_autoptr (TideTarget) keep G_GNUC_UNUSED = g_object_ref (self);

  g_clear_handle_id (&self->exit_timer, g_source_remove);
  self->ended = TRUE;
  if (self->error == NULL)
    self->error = tide_channel_dup_error (self->channel);
  g_signal_emit (self, signals[ENDED], 0);
}

static void G_GNUC_PRINTF (2, 3) blame_helper (TideTarget *self, const char *format, ...)
{
  va_list args;

  g_clear_error (&self->error);
  va_start (args, format);
  self->error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, format, args);
  va_end (args);
}

/* The stream broke off: the helper's own end says why.  */
static void
blame_for_end (TideTarget *self)
{
  if (g_subprocess_get_if_signaled (self->helper))
    blame_helper (self, _ ("The measuring helper was ended by signal %d (%s); what came before it is kept."),
                  g_subprocess_get_term_sig (self->helper),
                  g_strsignal (g_subprocess_get_term_sig (self->helper)));
  else
    blame_helper (
        self,
        _ ("The measuring helper ended with status %d before the program did; what came before it is kept."),
        g_subprocess_get_exit_status (self->helper));
}

static void
on_helper_exit (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  TideTarget *self;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    return; /* the target is gone, or waited long enough */
  self = data;
  if (!tide_channel_is_whole (self->channel))
    blame_for_end (self);
  finish (self);
}

static gboolean
on_exit_late (gpointer data)
{
  TideTarget *self = data;

  self->exit_timer = 0;
  g_cancellable_cancel (self->waiting);
  if (!tide_channel_is_whole (self->channel))
    blame_helper (self,
                  _ ("The measuring helper stopped before the program did; what came before it is kept."));
  finish (self);
  return G_SOURCE_REMOVE;
}

static void
on_ended (gpointer data)
{
  TideTarget *self = data;

  self->error = tide_channel_dup_error (self->channel);
  if (self->error != NULL && !tide_channel_is_whole (self->channel))
    {
      finish (self);
      return;
    }
  self->exit_timer = g_timeout_add (HELPER_EXIT_LIMIT_MS, on_exit_late, self);
  g_subprocess_wait_async (self->helper, self->waiting, on_helper_exit, self);
}

/* GLib gives a child the default action of these; a program that is started with nohup, or in a shell's
 * background, is to ignore what it would have ignored without us.  In the child, after fork: only what is
 * safe there.  */
static const int passed_signals[] = { SIGHUP, SIGINT, SIGTERM };

static void
restore_ignored (gpointer data)
{
  const gboolean *ignored = data;

  for (guint i = 0; i < G_N_ELEMENTS (passed_signals); i++)
    if (ignored[i])
      signal (passed_signals[i], SIG_IGN);
}

static gboolean *
find_ignored (void)
{
  gboolean *ignored = g_new0 (gboolean, G_N_ELEMENTS (passed_signals));

  for (guint i = 0; i < G_N_ELEMENTS (passed_signals); i++)
    {
      struct sigaction action;

      ignored[i] = sigaction (passed_signals[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN;
    }
  return ignored;
}

/* The helper gets its descriptors under their own numbers, so that none of those that the program inherits is
 * in the way.  */
static GSubprocess *
start_helper (const TideLaunch *launch, char **argv, int frames, int control, GError **error)
{
  GSubprocessFlags flags =
      launch->capture_output ? 0 : G_SUBPROCESS_FLAGS_STDIN_INHERIT | G_SUBPROCESS_FLAGS_INHERIT_FDS;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_take_fd (launcher, frames, frames);
  g_subprocess_launcher_take_fd (launcher, control, control);
  if (!launch->capture_output)
    g_subprocess_launcher_set_child_setup (launcher, restore_ignored, find_ignored (), g_free);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, error);
}

/* A socket for control, since writing to one can be kept from raising SIGPIPE.  */
static gboolean
open_ways (int frames[2], int control[2], GError **error)
{
  if (!g_unix_open_pipe (frames, FD_CLOEXEC, error))
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0)
    return TRUE;
  close (frames[0]);
  close (frames[1]);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _ ("The measuring helper cannot be reached: no more descriptors."));
  return FALSE;
}

TideTarget *
tide_target_launch (const TideLaunch *launch, const char *journal_path, GError **error)
{
  g_autoptr (TideTarget) self = NULL;
  g_autoptr (TideJournal) journal = NULL;
  g_auto (GStrv) argv = NULL;
  int frames[2], control[2];

  /* The journal last of all that can fail: it replaces an older recording.  */
  if (!tide_launch_check (launch, error) || !open_ways (frames, control, error))
    return NULL;
  argv = tide_helper_command (launch, frames[1], control[1], error);
  journal = argv != NULL ? tide_journal_new (journal_path, launch->max_bytes, error) : NULL;
  if (journal == NULL)
    {
      close (frames[0]);
      close (frames[1]);
      close (control[0]);
      close (control[1]);
      return NULL;
    }
  self = g_object_new (TIDE_TYPE_TARGET, NULL);
  self->journal_path = g_strdup (journal_path);
  self->control = tide_control_new (control[0]);
  self->helper = start_helper (launch, argv, frames[1], control[1], error);
  if (self->helper == NULL)
    {
      close (frames[0]);
      return NULL;
    }
  self->channel = tide_channel_new (frames[0], g_steal_pointer (&journal), on_ready, on_ended, self, error);
  return self->channel != NULL ? g_steal_pointer (&self) : NULL;
}

TideBatch *
tide_target_pop (TideTarget *self)
{
  return tide_channel_pop (self->channel);
}

gboolean
tide_target_has_ended (TideTarget *self)
{
  return self->ended;
}

int
tide_target_get_exit_status (TideTarget *self)
{
  /* Not waited for: it took its time.  */
  if (g_subprocess_get_identifier (self->helper) != NULL || !g_subprocess_get_if_exited (self->helper))
    return -1;
  return g_subprocess_get_exit_status (self->helper);
}

gboolean
tide_target_is_whole (TideTarget *self)
{
  return tide_channel_is_whole (self->channel);
}

const char *
tide_target_get_journal_path (TideTarget *self)
{
  return self->journal_path;
}

guint64
tide_target_get_journal_bytes (TideTarget *self)
{
  return tide_channel_get_journal_bytes (self->channel);
}

const GError *
tide_target_get_error (TideTarget *self)
{
  if (self->error == NULL)
    self->error = tide_channel_dup_error (self->channel);
  return self->error;
}

void
tide_target_send_signal (TideTarget *self, int signal_number)
{
  tide_control_send_signal (self->control, signal_number);
}

void
tide_target_suspend (TideTarget *self, gboolean suspend)
{
  tide_control_send_suspend (self->control, suspend);
}

void
tide_target_detach (TideTarget *self)
{
  tide_control_send_detach (self->control);
}

void
tide_target_switch (TideTarget *self, guint stream, const TideSwitch *wish)
{
  tide_control_send_switch (self->control, stream, wish);
}

void
tide_target_set_budget (TideTarget *self, guint thousandths)
{
  tide_control_send_budget (self->control, thousandths);
}
