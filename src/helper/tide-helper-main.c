#include "config.h"

#include "tide-grant-open.h"
#include "tide-loop.h"
#include "tide-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define LAST_FLUSH_MS 5000
#define EXIT_CANNOT 126
#define EXIT_MISSING 127
/* The arguments must fit into a frame with room to spare.  */
#define MAX_ARGUMENT_BYTES (512u << 10)

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

static TideSlice
slice_of (const char *text)
{
  return (TideSlice){ text != NULL ? text : "", text != NULL ? strlen (text) : 0 };
}

static void
put_hello (TideLoop *loop, TideStream *stream, const char *executable, int64_t started_ns)
{
  TideHello hello = { 0 };
  TideSlice *args;
  uint32_t n = 0;
  size_t room = MAX_ARGUMENT_BYTES;
  struct timespec wall;
  char host[256] = "", *own = NULL;

  clock_gettime (CLOCK_REALTIME, &wall);
  hello.pid = loop->pid > 0 ? (uint32_t)loop->pid : 0;
  hello.parent_pid = (uint32_t)getpid ();
  hello.page_size = (uint64_t)sysconf (_SC_PAGESIZE);
  hello.clock_base_ns = hello.process_start_ns = (uint64_t)started_ns;
  hello.start_wall_ns = (uint64_t)wall.tv_sec * 1000000000u + (uint64_t)wall.tv_nsec
                        - (uint64_t)(tide_loop_now () - started_ns);
  hello.instruments = loop->options->instruments | TIDE_INSTRUMENT_SAMPLER;
  hello.producer = slice_of ("pagetide " PAGETIDE_VERSION);
  hello.executable = slice_of (executable);
  if (loop->options->directory == NULL || loop->options->directory[0] != '/')
    own = getcwd (NULL, 0);
  hello.directory = slice_of (loop->options->directory != NULL ? loop->options->directory : own);
  gethostname (host, sizeof host - 1);
  hello.host = slice_of (host);
  while (loop->options->command[n] != NULL && n < TIDE_HELLO_MAX_ARGS)
    n++;
  args = calloc (n, sizeof *args);
  if (args == NULL)
    n = 0;
  for (uint32_t i = 0; i < n; i++)
    {
      args[i] = slice_of (loop->options->command[i]);
      if (args[i].length > room)
        args[i].length = room;
      room -= args[i].length;
    }
  tide_put_hello (tide_stream_get_buffer (stream), stream->number, &hello, args, n);
  free (args);
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

static int
launch (TideLoop *loop, const TideOptions *options)
{
  TideSpawn spawn = { .report = -1, .agent_fd = -1 };
  TideSpawnStage stage = TIDE_SPAWN_FORK;
  TideMeasured *target = calloc (1, sizeof *target);
  TideShared shared = { .fd = -1 };
  bool use_agent = options->agent != NULL && (options->instruments & ~(uint32_t)TIDE_INSTRUMENT_SAMPLER) != 0
                   && access (options->agent, R_OK) == 0;
  sigset_t inherited;
  bool started;
  uint64_t unit_bytes;
  int64_t started_ns;
  int error, status;

  loop->options = options;
  loop->child_fd = set_signals (&inherited);
  if (options->capture)
    sigemptyset (&inherited); /* what has a session of its own begins as in a new terminal */
  if (target == NULL)
    return EXIT_CANNOT;
  loop->processes[loop->n_processes++] = target;
  tide_outlet_init (&loop->outlet, options->frames_fd);
  tide_stream_init (&target->stream, &loop->outlet, 0);
  tide_control_init (&loop->control, options->control_fd);
  tide_pump_init (&loop->pump);
  tide_broker_init (&loop->broker);
  tide_broker_open (&loop->broker, options);
  unit_bytes = tide_procfs_probe_unit ();
  started_ns = tide_loop_now ();
  started =
      loop->child_fd >= 0 && tide_shared_open (&shared, options)
      && (!options->capture || tide_pump_open (&loop->pump))
      && tide_spawn_start (&spawn, options, &shared, &loop->pump, loop->broker.given, &inherited, use_agent);
  error = errno;
  loop->outlet.clock_base_ns = started_ns;
  loop->pid = spawn.pid;
  tide_shared_close_fd (&shared);
  tide_broker_close_given (&loop->broker);
  put_hello (loop, &target->stream, spawn.executable != NULL ? spawn.executable : options->command[0],
             started_ns);
  tide_outlet_flush (&loop->outlet);
  if (started && tide_spawn_wait (&spawn, &stage, &error))
    {
      tide_stream_put_instrument (&target->stream, tide_loop_now (), TIDE_INSTRUMENT_SAMPLER, TIDE_STATE_ON,
                                  unit_bytes, NULL);
      tide_measured_start (target, loop->pid, &shared, options->instruments, use_agent, started_ns);
      prctl (PR_SET_TIMERSLACK, 1000);
      tide_bell_start (&loop->bell, target->shared.region);
      status = tide_loop_run (loop);
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
      status = launch (loop, &options);
      /* The bell's thread may look at it until we are gone.  */
      if (!loop->bell.running)
        {
          free (loop->processes[0]);
          free (loop);
        }
      break;
    }
  tide_options_finish (&options);
  return status;
}
