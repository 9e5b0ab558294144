#include "config.h"

#include "tide-signal-relay.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

static const int relayed[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT };

struct _TideSignalRelay
{
  int pipe[2];
  guint source;
  TideSignalRelayFunc func;
  gpointer user_data;
  struct sigaction before[G_N_ELEMENTS (relayed)];
};

/* A handler has no argument of ours.  */
static int handler_fd = -1;

static void
on_signal (int number, siginfo_t *info, void *context)
{
  int saved = errno;
  guint8 byte = (guint8)number;

  /* Zero and below: a process sent it (kill, sigqueue, tgkill); above: the kernel did.  */
  if (info->si_code <= 0 && write (handler_fd, &byte, 1) < 0)
    errno = 0; /* a pipe full of signals holds enough of them */
  errno = saved;
}

static gboolean
on_byte (int fd, GIOCondition condition, gpointer data)
{
  TideSignalRelay *self = data;
  guint8 number;

  if (read (fd, &number, 1) == 1)
    self->func (number, self->user_data);
  return G_SOURCE_CONTINUE;
}

TideSignalRelay *
tide_signal_relay_new (TideSignalRelayFunc func, gpointer user_data, GError **error)
{
  TideSignalRelay *self = g_new0 (TideSignalRelay, 1);
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };

  if (!g_unix_open_pipe (self->pipe, FD_CLOEXEC, error))
    {
      g_free (self);
      return NULL;
    }
  g_unix_set_fd_nonblocking (self->pipe[0], TRUE, NULL);
  g_unix_set_fd_nonblocking (self->pipe[1], TRUE, NULL);
  self->func = func;
  self->user_data = user_data;
  self->source = g_unix_fd_add (self->pipe[0], G_IO_IN, on_byte, self);
  handler_fd = self->pipe[1];
  sigfillset (&action.sa_mask);
  for (guint i = 0; i < G_N_ELEMENTS (relayed); i++)
    {
      sigaction (relayed[i], NULL, &self->before[i]);
      if (self->before[i].sa_handler != SIG_IGN)
        sigaction (relayed[i], &action, NULL);
    }
  return self;
}

void
tide_signal_relay_free (TideSignalRelay *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (relayed); i++)
    sigaction (relayed[i], &self->before[i], NULL);
  handler_fd = -1;
  g_source_remove (self->source);
  close (self->pipe[0]);
  close (self->pipe[1]);
  g_free (self);
}
