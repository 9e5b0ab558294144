#include "tide-spawn.h"

#include "tide-environment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the target gets the region: out of the way of programs that count on the first free descriptors.  */
#define HIGH_FD 500

typedef struct
{
  int32_t stage;
  int32_t error;
} Report;

/* What a child is given without close-on-exec.  */
static int
keep_open (int fd)
{
  int kept = fcntl (fd, F_DUPFD, HIGH_FD);

  return kept >= 0 ? kept : fcntl (fd, F_DUPFD, 3);
}

static int
open_directory_of (const char *path)
{
  size_t length = (size_t)(tide_environment_base_name (path) - path);
  char *directory = length > 0 ? strndup (path, length) : strdup (".");
  int fd = directory != NULL ? open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

  free (directory);
  return fd;
}

static void __attribute__ ((noreturn)) fail (int report, TideSpawnStage stage)
{
  Report r = { stage, errno };
  ssize_t n = write (report, &r, sizeof r);

  _exit (n == sizeof r && r.error == ENOENT ? 127 : 126);
}

static void
restore_signals (const sigset_t *ignored)
{
  sigset_t none;

  for (int i = 1; i < NSIG; i++)
    {
      struct sigaction action = { .sa_handler = sigismember (ignored, i) == 1 ? SIG_IGN : SIG_DFL };

      sigaction (i, &action, NULL);
    }
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void __attribute__ ((noreturn)) become (TideSpawn *self,
                                               const TideOptions *options,
                                               TideShared *shared,
                                               const TidePump *pump,
                                               int faults_fd,
                                               const sigset_t *ignored,
                                               bool use_agent,
                                               int report)
{
  shared->region->target_pid = (uint32_t)getpid ();
  if (options->capture)
    {
      int null = open ("/dev/null", O_RDONLY);

      setsid ();
      if (null < 0 || dup2 (null, 0) < 0 || dup2 (pump->slave[0], 1) < 0 || dup2 (pump->slave[1], 2) < 0)
        fail (report, TIDE_SPAWN_DESCRIPTORS);
      if (null > 2)
        close (null);
    }
  if (options->directory != NULL && chdir (options->directory) < 0)
    fail (report, TIDE_SPAWN_DIRECTORY);
  if (use_agent
      && !tide_environment_complete (self->environment, keep_open (shared->fd), getpid (),
                                     self->agent_fd >= 0 ? keep_open (self->agent_fd) : -1))
    {
      errno = EMFILE;
      fail (report, TIDE_SPAWN_DESCRIPTORS);
    }
  if (use_agent && faults_fd >= 0)
    shared->region->faults_socket = keep_open (faults_fd);
  restore_signals (ignored);
  environ = self->environment;
  execvp (options->command[0], options->command);
  fail (report, TIDE_SPAWN_EXEC);
}

bool
tide_spawn_start (TideSpawn *self,
                  const TideOptions *options,
                  TideShared *shared,
                  const TidePump *pump,
                  int faults_fd,
                  const sigset_t *ignored,
                  bool use_agent,
                  int board_fd)
{
  int report[2];

  memset (self, 0, sizeof *self);
  self->report = self->agent_fd = -1;
  if (use_agent && strpbrk (options->agent, " :") != NULL)
    {
      self->agent_fd = open_directory_of (options->agent);
      if (self->agent_fd < 0)
        return false;
    }
  self->environment = tide_environment_build (options, use_agent, self->agent_fd >= 0, board_fd);
  if (self->environment == NULL)
    return false;
  self->executable = tide_environment_find_program (self->environment, options->command[0]);
  if (pipe2 (report, O_CLOEXEC) < 0)
    return false;
  self->report = report[0];
  self->pid = fork ();
  if (self->pid == 0)
    become (self, options, shared, pump, faults_fd, ignored, use_agent, report[1]);
  close (report[1]);
  return self->pid > 0;
}

bool
tide_spawn_wait (TideSpawn *self, TideSpawnStage *stage, int *error)
{
  Report r;
  ssize_t n;

  do
    n = read (self->report, &r, sizeof r);
  while (n < 0 && errno == EINTR);
  close (self->report);
  self->report = -1;
  if (n != sizeof r)
    return true;
  *stage = (TideSpawnStage)r.stage;
  *error = r.error;
  while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  return false;
}

void
tide_spawn_finish (TideSpawn *self)
{
  if (self->report >= 0)
    close (self->report);
  if (self->agent_fd >= 0)
    close (self->agent_fd);
  tide_environment_free (self->environment);
  free (self->executable);
  memset (self, 0, sizeof *self);
  self->report = self->agent_fd = -1;
}
