#include "config.h"

#include "tide-grant-open.h"
#include "tide-hello.h"
#include "tide-join.h"
#include "tide-loop.h"
#include "tide-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define LAST_FLUSH_MS 5000
#define EXIT_CANNOT 126
#define EXIT_MISSING 127

/* Descriptors 0 to 2 that are closed would be taken by what we open, and written to by mistake.  */
static void
fill_standard_descriptors (void)
{
  for (int fd = 0; fd < 3; fd++)
    if (fcntl (fd, F_GETFD) < 0 && open ("/dev/null", O_RDWR) < 0)
      return;
}

/* What a terminal, or a shell's kill of the whole job, sends is meant for the target; the helper outlives it,
 * to tell how it ended.  INHERITED gets the signals that whoever started us had us ignore (nohup, a shell's
 * background).  */
static int
set_signals (sigset_t *inherited)
{
  static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE };
  struct sigaction action;
  sigset_t child;

  sigemptyset (inherited);
  for (int i = 1; i < NSIG; i++)
    if (sigaction (i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
      sigaddset (inherited, i);
  action = (struct sigaction){ .sa_handler = SIG_IGN };
  for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
    sigaction (ignored[i], &action, NULL);
  /* Ignored by inheritance, children would vanish without a status.  */
  action.sa_handler = SIG_DFL;
  sigaction (SIGCHLD, &action, NULL);
  sigemptyset (&child);
  sigaddset (&child, SIGCHLD);
  sigprocmask (SIG_SETMASK, &child, NULL);
  return signalfd (-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
put_hello (TideLoop *loop, TideStream *stream, const char *executable)
{
  TideHelloFacts facts = { .pid = loop->pid > 0 ? (uint32_t)loop->pid : 0,
                           .parent_pid = (uint32_t)getpid (),
                           .instruments = loop->options->instruments,
                           .start_ns = stream->outlet->clock_base_ns,
                           .executable = executable,
                           .directory = loop->options->directory };
  char *own = NULL;

  if (facts.directory == NULL || facts.directory[0] != '/')
    own = getcwd (NULL, 0);
  if (facts.directory == NULL)
    facts.directory = own;
  while (loop->options->command[facts.n_args] != NULL && facts.n_args < TIDE_HELLO_MAX_ARGS)
    facts.n_args++;
  facts.args = calloc (facts.n_args, sizeof *facts.args);
  if (facts.args == NULL)
    facts.n_args = 0;
  for (uint32_t i = 0; i < facts.n_args; i++)
    facts.args[i] = (TideSlice){ loop->options->command[i], strlen (loop->options->command[i]) };
  tide_hello_put (stream, &facts);
  free (facts.args);
  free (own);
}

/* The target never came to be: says why, and gives the status a shell would give.  */
static int
refuse (TideLoop *loop, TideStream *stream, TideSpawnStage stage, int error)
{
  const char *program = loop->options->command[0], *directory = loop->options->directory;
  int status = stage == TIDE_SPAWN_EXEC && error == ENOENT ? EXIT_MISSING : EXIT_CANNOT, length = -1;
  int64_t now_ns = tide_loop_now ();
  TideBye bye = { .kind = TIDE_END_EXITED, .value = (uint32_t)status };
  char *text = NULL;

  switch (stage)
    {
    case TIDE_SPAWN_DIRECTORY:
      length =
          asprintf (&text, "Cannot start %s in the directory %s: %s", program, directory, strerror (error));
      break;
    case TIDE_SPAWN_EXEC:
      length = asprintf (&text, "Cannot run %s: %s", program, strerror (error));
      break;
    case TIDE_SPAWN_DESCRIPTORS:
    case TIDE_SPAWN_FORK:
      length = asprintf (&text, "Cannot start a process for %s: %s", program, strerror (error));
      break;
    }
  if (length >= 0)
    tide_stream_put_message (stream, now_ns, TIDE_SEVERITY_ERROR, text);
  bye.time_ns = tide_stream_stamp (stream, now_ns);
  tide_put_bye (tide_stream_get_buffer (stream), stream->number, &bye);
  tide_outlet_drain (&loop->outlet, LAST_FLUSH_MS);
  if (length >= 0)
    free (text);
  return status;
}

/* Each process that is followed takes a few.  After the target was given what we had.  */
static void
raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static int
launch (TideLoop *loop, const TideOptions *options)
{
  TideSpawn spawn = { .report = -1, .agent_fd = -1 };
  TideSpawnStage stage = TIDE_SPAWN_FORK;
  TideMeasured *target;
  bool follow = options->children;
  TideShared shared = { .fd = -1 };
  bool use_agent = options->agent != NULL && (options->instruments & ~(uint32_t)TIDE_INSTRUMENT_SAMPLER) != 0
                   && access (options->agent, R_OK) == 0;
  sigset_t inherited;
  bool started;
  int64_t started_ns;
  int error, status;

  loop->options = options;
  loop->child_fd = set_signals (&inherited);
  if (options->capture)
    sigemptyset (&inherited); /* what has a session of its own begins as in a new terminal */
  if (!tide_family_init (&loop->family, &loop->outlet, options->instruments, options->interval_ns))
    return EXIT_CANNOT;
  target = tide_family_get_target (&loop->family);
  tide_outlet_init (&loop->outlet, options->frames_fd);
  tide_control_init (&loop->control, options->control_fd);
  tide_pump_init (&loop->pump);
  tide_broker_init (&loop->broker);
  tide_broker_open (&loop->broker, options);
  loop->family.unit_bytes = tide_procfs_probe_unit ();
  if (follow && !tide_children_open (&loop->family.children, options))
    follow = false;
  started_ns = tide_loop_now ();
  tide_outlet_set_time (&loop->outlet, started_ns);
  tide_family_welcome (&loop->family, started_ns);
  started = loop->child_fd >= 0 && tide_shared_open (&shared, options)
            && (!options->capture || tide_pump_open (&loop->pump))
            && tide_spawn_start (&spawn, options, &shared, &loop->pump, loop->broker.given, &inherited,
                                 use_agent, follow ? loop->family.children.fd : -1);
  error = errno;
  loop->pid = spawn.pid;
  tide_shared_close_fd (&shared);
  tide_broker_close_given (&loop->broker);
  put_hello (loop, &target->stream, spawn.executable != NULL ? spawn.executable : options->command[0]);
  tide_outlet_flush (&loop->outlet, tide_loop_now ());
  if (started && tide_spawn_wait (&spawn, &stage, &error))
    {
      tide_stream_put_instrument (&target->stream, tide_loop_now (), TIDE_INSTRUMENT_SAMPLER, TIDE_STATE_ON,
                                  loop->family.unit_bytes, NULL);
      tide_measured_start (target, loop->pid, &shared, options->instruments, use_agent, started_ns);
      prctl (PR_SET_TIMERSLACK, 1000);
      if (follow)
        raise_descriptors ();
      if (follow && spawn.agent_fd >= 0)
        tide_stream_put_message (
            &target->stream, tide_loop_now (), TIDE_SEVERITY_NOTE,
            "Pagetide is installed in a folder with blanks or colons in its name: children "
            "that are forked are followed, programs that are executed anew are not.");
      if (options->children && !follow)
        tide_stream_put_message (&target->stream, tide_loop_now (), TIDE_SEVERITY_WARNING,
                                 "Children cannot be followed: the system gives no memory to share.");
      tide_bell_start (&loop->bell, follow ? &loop->family.children.board->helper_idle
                                           : &target->shared.region->helper_idle);
      status = tide_loop_run (loop);
      tide_family_finish (&loop->family);
    }
  else
    status = refuse (loop, &target->stream, stage, error);
  tide_spawn_finish (&spawn);
  tide_broker_finish (&loop->broker);
  tide_pump_finish (&loop->pump);
  tide_control_finish (&loop->control);
  tide_outlet_finish (&loop->outlet);
  return status;
}

int
main (int argc, char **argv)
{
  TideOptions options;
  TideLoop *loop;
  sigset_t inherited;
  int status = EXIT_CANNOT;

  fill_standard_descriptors ();
  switch (tide_options_parse (&options, argc, argv))
    {
    case TIDE_OPTIONS_HELP:
      tide_options_print_help ();
      status = EXIT_SUCCESS;
      break;
    case TIDE_OPTIONS_VERSION:
      puts ("pagetide-helper " PAGETIDE_VERSION);
      status = EXIT_SUCCESS;
      break;
    case TIDE_OPTIONS_BAD:
      status = EXIT_USAGE;
      break;
    case TIDE_OPTIONS_GRANT:
      status = tide_grant_serve ();
      break;
    case TIDE_OPTIONS_RUN:
      loop = calloc (1, sizeof *loop);
      if (loop == NULL)
        break;
      if (options.join)
        {
          close (set_signals (&inherited));
          status = tide_join_run (loop, &options);
        }
      else
        status = launch (loop, &options);
      /* The bell's thread may look at it until we are gone.  */
      if (!loop->bell.running)
        {
          free (tide_family_get_target (&loop->family));
          free (loop);
        }
      break;
    }
  tide_options_finish (&options);
  return status;
}
