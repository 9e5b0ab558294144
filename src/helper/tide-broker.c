#include "tide-broker.h"

#include "tide-fault-event.h"
#include "tide-grant-open.h"
#include "tide-tasks.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
has_right (int capability)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct has[2];

  return syscall (SYS_capget, &header, has) == 0
         && (has[capability / 32].effective & 1u << (capability % 32)) != 0;
}

static bool
has_own_rights (void)
{
  return (has_right (TIDE_FAULT_EVENT_CAPABILITY) || has_right (CAP_SYS_ADMIN)) && has_right (CAP_KILL);
}

void
tide_broker_init (TideBroker *self)
{
  *self = (TideBroker){ .given = -1, .socket = -1, .opener = -1 };
}

static void
close_socket (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
end_opener (TideBroker *self)
{
  close_socket (&self->opener);
  self->waiting = false;
}

void
tide_broker_finish (TideBroker *self)
{
  end_opener (self);
  close_socket (&self->socket);
  close_socket (&self->given);
}

void
tide_broker_open (TideBroker *self, const TideOptions *options)
{
  int pair[2];

  if ((options->n_opener == 0 && !has_own_rights ())
      || socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return;
  self->socket = pair[0];
  self->given = pair[1];
}

void
tide_broker_close_given (TideBroker *self)
{
  close_socket (&self->given);
}

static void __attribute__ ((noreturn)) become_opener (const TideOptions *options, int socket)
{
  sigset_t none;

  sigemptyset (&none);
  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_DFL);
  sigprocmask (SIG_SETMASK, &none, NULL);
  if (dup2 (socket, STDIN_FILENO) == STDIN_FILENO)
    execvp (options->opener[0], (char **)options->opener);
  _exit (127);
}

static bool
start_opener (TideBroker *self, const TideOptions *options)
{
  int pair[2];

  if (self->opener >= 0)
    return true;
  if (options->n_opener == 0 || socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return false;
  self->opener_pid = fork ();
  if (self->opener_pid == 0)
    become_opener (options, pair[1]);
  close (pair[1]);
  self->opener = pair[0];
  if (self->opener_pid < 0)
    end_opener (self);
  return self->opener >= 0;
}

/* Passes on what was got, and has the agent try again.  */
static void
hand_on (
    TideBroker *self, TideMeasured *process, const TideGrantAnswer *answer, const int *fds, int64_t now_ns)
{
  const TideSwitch again = { 0 };

  if (answer->n_tids > 0 && tide_grant_send (self->socket, answer, fds))
    tide_wish_change (&process->wish, &again, now_ns);
  for (uint32_t i = 0; i < answer->n_tids; i++)
    close (fds[i]);
}

/* It said no, or there is none.  */
static void
give_up (TideBroker *self, TideMeasured *process, int64_t now_ns)
{
  end_opener (self);
  tide_stream_put_message (&process->stream, now_ns, TIDE_SEVERITY_NOTE,
                           "Page faults are not followed: permission was not given.");
}

static void
ask (TideBroker *self, const TideOptions *options, TideMeasured *process, int64_t now_ns)
{
  TideGrantRequest request = {
    .magic = TIDE_GRANT_REQUEST_MAGIC,
    .pid = (uint32_t)process->pid,
    .start_ticks = tide_grant_start_ticks (process->pid),
    .period = TIDE_FAULT_EVENT_PERIOD,
  };
  TideGrantAnswer answer;
  int fds[TIDE_GRANT_MAX];
  uint32_t n = tide_tasks_list (process->pid, request.tids, TIDE_GRANT_MAX);

  request.n_tids = n < TIDE_GRANT_MAX ? n : TIDE_GRANT_MAX;
  tide_grant_open (&request, 0, &answer, fds);
  if (answer.n_tids > 0)
    hand_on (self, process, &answer, fds, now_ns);
  else if (start_opener (self, options))
    {
      ssize_t sent = send (self->opener, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT);

      self->waiting = sent == (ssize_t)sizeof request;
      if (!self->waiting)
        give_up (self, process, now_ns);
    }
}

static void
take_answer (TideBroker *self, TideMeasured *process, int64_t now_ns)
{
  TideGrantAnswer answer;
  int fds[TIDE_GRANT_MAX];

  if (tide_grant_receive (self->opener, &answer, fds))
    {
      self->waiting = false;
      if (answer.n_tids == 0)
        tide_stream_put_message (
            &process->stream, now_ns, TIDE_SEVERITY_WARNING,
            "Page faults cannot be followed: the system refuses it with more rights too.");
      hand_on (self, process, &answer, fds, now_ns);
    }
  else if (errno != EAGAIN && errno != EINTR)
    give_up (self, process, now_ns);
}

void
tide_broker_look (TideBroker *self, const TideOptions *options, TideMeasured *process, int64_t now_ns)
{
  uint32_t asked = atomic_load_explicit (&process->shared.region->faults_asked, memory_order_relaxed);

  if (self->socket >= 0 && asked != self->asked && !self->waiting)
    {
      self->asked = asked;
      ask (self, options, process, now_ns);
    }
  if (self->waiting)
    take_answer (self, process, now_ns);
  if (self->opener_pid > 0 && self->opener < 0 && waitpid (self->opener_pid, NULL, WNOHANG) != 0)
    self->opener_pid = 0;
}
