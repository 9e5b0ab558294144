#include "tide-broker.h"

#include "tide-grant.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *self_path;

/* The one with more rights, which is this program again: it answers each request in the way that it was
 * started for.  */
static int
run_opener (const char *how)
{
  TideGrantRequest request;
  int n_silent = 0;

  while (recv (STDIN_FILENO, &request, sizeof request, 0) == (ssize_t)sizeof request)
    {
      TideGrantAnswer answer = { .magic = TIDE_GRANT_ANSWER_MAGIC, .error = EPERM };
      int fds[2];

      if (strcmp (how, "dies") == 0)
        return 1;
      if (strcmp (how, "silent") == 0)
        {
          n_silent++;
          continue;
        }
      if (strcmp (how, "grants") == 0)
        {
          answer = (TideGrantAnswer){ .magic = TIDE_GRANT_ANSWER_MAGIC, .n_tids = 2, .tids = { 11, 12 } };
          if (pipe (fds) != 0 || !tide_grant_send (STDIN_FILENO, &answer, fds))
            return 1;
          continue;
        }
      if (strcmp (how, "short") == 0)
        {
          send (STDIN_FILENO, "no", 2, 0);
          continue;
        }
      if (strcmp (how, "magic") == 0)
        answer.magic = 7;
      if (strcmp (how, "empty-handed") == 0)
        answer.n_tids = 2;
      if (strcmp (how, "too-many") == 0)
        answer.n_tids = TIDE_GRANT_MAX + 1;
      send (STDIN_FILENO, &answer, sizeof answer, 0);
    }
  return n_silent;
}

/* A process that is asked for: it has ended, so that nobody's own rights suffice and the opener is asked.  */
typedef struct
{
  TideOptions options;
  TideBroker broker;
  TideOutlet outlet;
  TideMeasured process;
  int pipe[2];
} Case;

static void
case_init (Case *self, const char *how)
{
  TideShared shared;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  memset (self, 0, sizeof *self);
  self->options.opener[0] = self_path;
  self->options.opener[1] = how;
  self->options.n_opener = 2;
  g_assert_cmpint (pipe (self->pipe), ==, 0);
  tide_outlet_init (&self->outlet, self->pipe[1]);
  tide_outlet_set_time (&self->outlet, 0);
  tide_stream_init (&self->process.stream, &self->outlet, 0);
  g_assert_true (tide_shared_make (&shared, false));
  tide_measured_start (&self->process, pid, &shared, TIDE_INSTRUMENT_FAULTS, true, 1);
  tide_broker_init (&self->broker);
  tide_broker_open (&self->broker, &self->options);
  g_assert_cmpint (self->broker.given, >=, 0);
}

static void
case_clear (Case *self)
{
  tide_broker_finish (&self->broker);
  tide_measured_finish (&self->process);
  tide_outlet_finish (&self->outlet);
  close (self->pipe[0]);
  /* Once nobody asks any more it ends.  */
  if (self->broker.opener_pid > 0)
    g_assert_cmpint (waitpid (self->broker.opener_pid, NULL, 0), ==, self->broker.opener_pid);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static void
look (Case *self)
{
  tide_broker_look (&self->broker, &self->options, &self->process, 2);
}

static gboolean
said (Case *self, const char *text)
{
  const TideBuffer *buffer = &self->outlet.buffer;

  return buffer->length > 0 && memmem (buffer->data, buffer->length, text, strlen (text)) != NULL;
}

/* The agent asks once more; gives when an answer, or the opener's end, was taken.  */
static void
ask (Case *self)
{
  struct pollfd p = { .events = POLLIN };

  self->process.shared.region->faults_asked++;
  look (self);
  if (!self->broker.waiting)
    return;
  p.fd = self->broker.opener;
  g_assert_cmpint (poll (&p, 1, -1), ==, 1);
  look (self);
  g_assert_false (self->broker.waiting);
}

/* Nobody asks: nobody is started, nothing is said.  */
static void
test_unasked (void)
{
  g_auto (Case) c;
  gsize length;

  case_init (&c, "grants");
  length = c.outlet.buffer.length;
  look (&c);
  g_assert_cmpint (c.broker.opener, ==, -1);
  g_assert_cmpint (c.broker.opener_pid, ==, 0);
  g_assert_cmpuint (c.outlet.buffer.length, ==, length);
}

/* What the opener has opened comes to the target, with whose it is, and the agent is to try again: each time
 * that it asks, by one opener.  */
static void
test_granted (void)
{
  g_auto (Case) c;
  pid_t first = 0;

  case_init (&c, "grants");
  for (guint i = 1; i <= 3; i++)
    {
      TideGrantAnswer answer;
      int fds[TIDE_GRANT_MAX];
      struct stat st;

      ask (&c);
      if (i == 1)
        first = c.broker.opener_pid;
      g_assert_cmpint (c.broker.opener_pid, ==, first);
      g_assert_cmpuint (c.process.shared.region->wish, ==, i);
      g_assert_true (tide_grant_receive (c.broker.given, &answer, fds));
      g_assert_cmpuint (answer.n_tids, ==, 2);
      g_assert_cmpuint (answer.tids[0], ==, 11);
      g_assert_cmpuint (answer.tids[1], ==, 12);
      for (guint j = 0; j < 2; j++)
        {
          g_assert_cmpint (fstat (fds[j], &st), ==, 0);
          g_assert_true (S_ISFIFO (st.st_mode));
          close (fds[j]);
        }
    }
  g_assert_false (said (&c, "Page faults"));
}

/* The system says no to it as well: that is said, and it may be asked again.  */
static void
test_refused (void)
{
  g_auto (Case) c;

  case_init (&c, "refuses");
  ask (&c);
  g_assert_true (said (&c, "the system refuses it with more rights too"));
  g_assert_cmpuint (c.process.shared.region->wish, ==, 0);
  g_assert_cmpint (c.broker.opener, >=, 0);
  ask (&c);
  g_assert_cmpuint (c.process.shared.region->wish, ==, 0);
}

/* Whatever it says or does, no descriptor and no hope comes of it, and it is let go.  */
static void
test_hostile (gconstpointer how)
{
  g_auto (Case) c;
  siginfo_t info;

  case_init (&c, how);
  for (guint i = 0; i < 2; i++)
    {
      TideGrantAnswer answer;
      int fds[TIDE_GRANT_MAX];

      ask (&c);
      g_assert_true (said (&c, "permission was not given"));
      g_assert_cmpint (c.broker.opener, ==, -1);
      g_assert_cmpuint (c.process.shared.region->wish, ==, 0);
      g_assert_false (tide_grant_receive (c.broker.given, &answer, fds));
      g_assert_cmpint (errno, ==, EAGAIN);
      /* It ends, and no trace of it stays.  */
      if (c.broker.opener_pid > 0)
        g_assert_cmpint (waitid (P_PID, (id_t)c.broker.opener_pid, &info, WEXITED | WNOWAIT), ==, 0);
      look (&c);
      g_assert_cmpint (c.broker.opener_pid, ==, 0);
    }
}

static void
test_missing (void)
{
  g_auto (Case) c;

  case_init (&c, "grants");
  c.options.opener[0] = "/nonexistent/opener";
  ask (&c);
  g_assert_true (said (&c, "permission was not given"));
  g_assert_cmpint (c.broker.opener, ==, -1);
}

/* The target has gone, or closed what it was given: nothing is wished of it.  */
static void
test_target_gone (void)
{
  g_auto (Case) c;

  case_init (&c, "grants");
  tide_broker_close_given (&c.broker);
  g_assert_cmpint (c.broker.given, ==, -1);
  ask (&c);
  g_assert_cmpuint (c.process.shared.region->wish, ==, 0);
}

/* A region is the program's: a counter that runs brings no second question while the first is not answered.
 */
static void
test_asked_without_end (void)
{
  g_auto (Case) c;
  int status;

  case_init (&c, "silent");
  for (guint i = 1; i <= 1000; i++)
    {
      c.process.shared.region->faults_asked = i * 1234567;
      look (&c);
      g_assert_true (c.broker.waiting);
    }
  tide_broker_finish (&c.broker);
  g_assert_cmpint (waitpid (c.broker.opener_pid, &status, 0), ==, c.broker.opener_pid);
  c.broker.opener_pid = 0;
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && argv[1][0] != '-')
    return run_opener (argv[1]);
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  self_path = argv[0];
  g_test_add_func ("/broker/unasked", test_unasked);
  g_test_add_func ("/broker/granted", test_granted);
  g_test_add_func ("/broker/refused", test_refused);
  g_test_add_data_func ("/broker/hostile/dies", "dies", test_hostile);
  g_test_add_data_func ("/broker/hostile/short", "short", test_hostile);
  g_test_add_data_func ("/broker/hostile/magic", "magic", test_hostile);
  g_test_add_data_func ("/broker/hostile/empty-handed", "empty-handed", test_hostile);
  g_test_add_data_func ("/broker/hostile/too-many", "too-many", test_hostile);
  g_test_add_func ("/broker/missing", test_missing);
  g_test_add_func ("/broker/target-gone", test_target_gone);
  g_test_add_func ("/broker/asked-without-end", test_asked_without_end);
  return g_test_run ();
}
