#define _GNU_SOURCE
#include "tide-cli-join.h"

#include "tide-loader.h"
#include "tide-region.h"
#include "tide-wire.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that asks to be measured, and how it goes on once it is.  */
typedef struct
{
  pid_t pid;
  int ready; /* read end */
  int life;  /* write end */
  gboolean killed;
  gboolean told; /* that it is measured */
} Process;

typedef struct
{
  char *folder;
  char *path; /* of the recording */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tide-join-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a.pagetide", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

/* What the agent makes.  */
static int
make_region (pid_t pid, guint64 magic, int seals)
{
  int fd = memfd_create ("test", MFD_ALLOW_SEALING);
  TideRegion *region;

  g_assert_cmpint (ftruncate (fd, TIDE_REGION_SIZE), ==, 0);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);
  region = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (region != MAP_FAILED);
  region->magic = magic;
  region->version = TIDE_REGION_VERSION;
  region->size = TIDE_REGION_SIZE;
  region->page_size = (guint32)sysconf (_SC_PAGESIZE);
  region->target_pid = (guint32)pid;
  region->faults_socket = -1;
  for (guint i = 0; i < TIDE_N_AREAS; i++)
    region->areas[i].fd = -1;
  munmap (region, TIDE_REGION_SIZE);
  return fd;
}

/* Ends with us, too.  */
static pid_t
start_process (void)
{
  pid_t parent = getpid (), pid = fork ();

  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      while (getppid () == parent)
        pause ();
      _exit (0);
    }
  g_assert_cmpint (pid, >, 0);
  return pid;
}

static void
end_process (pid_t pid)
{
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static gpointer
live_on (gpointer data)
{
  Process *self = data;
  char byte;

  self->told = read (self->ready, &byte, 1) == 1;
  if (self->told && self->killed)
    kill (self->pid, SIGKILL);
  else
    close (self->life);
  return NULL;
}

/* Takes REGION.  */
static int
join (Process *self, int region, const char *path)
{
  g_autoptr (TideLaunch) launch = tide_launch_new ();
  GThread *thread;
  int ready[2], life[2], status;

  g_assert_true (pipe2 (ready, O_CLOEXEC) == 0 && pipe2 (life, O_CLOEXEC) == 0);
  /* The helper inherits it, as it does the region.  */
  g_assert_cmpint (fcntl (ready[1], F_SETFD, 0), ==, 0);
  self->ready = ready[0];
  self->life = life[1];
  launch->instruments = TIDE_INSTRUMENT_SAMPLER;
  launch->join = (TideJoin){ self->pid, region, ready[1], life[0] };
  thread = g_thread_new ("process", live_on, self);
  status = tide_cli_join (launch, path);
  g_thread_join (thread);
  if (self->told && self->killed)
    close (self->life);
  close (ready[0]);
  close (life[0]);
  return status;
}

static int
join_good (Process *self, const char *path)
{
  return join (self, make_region (self->pid, TIDE_REGION_MAGIC, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
               path);
}

static TideRecording *
load (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  TideRecording *recording = tide_load (file, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (tide_recording_is_complete (recording));
  return recording;
}

/* It wants no more, and goes on.  */
static void
test_closed (Fixture *self, gconstpointer data)
{
  Process process = { .pid = start_process () };
  g_autoptr (TideRecording) recording = NULL;
  TideProcess *told;

  g_assert_cmpint (join_good (&process, self->path), ==, 0);
  g_assert_true (process.told);
  g_assert_cmpint (kill (process.pid, 0), ==, 0);
  end_process (process.pid);
  recording = load (self->path);
  told = tide_recording_get_process (recording, 0);
  g_assert_cmpuint (tide_process_get_info (told)->pid, ==, (guint)process.pid);
  g_assert_cmpuint (tide_process_get_end (told)->kind, ==, TIDE_END_DETACHED);
}

/* It ends while its pipe is still open elsewhere.  */
static void
test_killed (Fixture *self, gconstpointer data)
{
  Process process = { .pid = start_process (), .killed = TRUE };
  g_autoptr (TideRecording) recording = NULL;
  const TideProcessEnd *end;

  g_assert_cmpint (join_good (&process, self->path), ==, 0);
  g_assert_true (process.told);
  end_process (process.pid);
  recording = load (self->path);
  end = tide_process_get_end (tide_recording_get_process (recording, 0));
  /* Not every kernel tells others than the parent how.  */
  g_assert_true (end->kind == TIDE_END_UNKNOWN || (end->kind == TIDE_END_SIGNALLED && end->value == SIGKILL));
}

/* What is no region of that process: nobody is told that it is measured, and it sees that at once.  */
static void
test_hostile (Fixture *self, gconstpointer data)
{
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  Process process = { .pid = start_process () };
  const int regions[] = {
    make_region (process.pid, TIDE_REGION_MAGIC, 0),
    make_region (process.pid, 7, seals),
    make_region (getpid (), TIDE_REGION_MAGIC, seals),
    open ("/dev/null", O_RDWR | O_CLOEXEC),
  };

  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      g_assert_cmpint (join (&process, regions[i], self->path), !=, 0);
      g_assert_false (process.told);
    }
  end_process (process.pid);
  /* One that has gone.  */
  g_assert_cmpint (join_good (&process, self->path), !=, 0);
  g_assert_false (process.told);
}

static void
test_no_file (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->path, "a.pagetide", NULL);
  Process process = { .pid = start_process () };

  g_assert_cmpint (join_good (&process, path), ==, 1);
  g_assert_false (process.told);
  end_process (process.pid);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/join/closed", Fixture, NULL, set_up, test_closed, tear_down);
  g_test_add ("/join/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/join/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/join/no-file", Fixture, NULL, set_up, test_no_file, tear_down);
  return g_test_run ();
}
