#define _GNU_SOURCE
#include "tide-agent.h"
#include "tide-account.h"
#include "tide-audit.h"
#include "tide-calibrate.h"
#include "tide-entry.h"
#include "tide-environment.h"
#include "tide-exec.h"
#include "tide-fault-events.h"
#include "tide-fork.h"
#include "tide-instruments.h"
#include "tide-interpreters.h"
#include "tide-join.h"
#include "tide-main-call.h"
#include "tide-package.h"
#include "tide-peek.h"
#include "tide-python.h"
#include "tide-reader.h"
#include "tide-region-map.h"
#include "tide-statm.h"
#include "tide-wake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long a helper that may be gone is waited for, or a thread that is just looking: a second.  */
#define LOOK_PAUSES 5000
#define LOOK_PAUSE_NS 200000

/* After so many polls the helper is looked for.  */
#define POLLS_PER_HELPER 4u

static struct
{
  TideRegion *region;
  bool watches; /* forks                 */
  bool obeying; /* the main thread's own */
  _Atomic unsigned n_polls;
  bool sees_helper; /* it was there when we began */

  /* In a forked child, of its parent.  */
  bool known;
  uint32_t python_flags;
  char python_version[sizeof ((TideRegion *)NULL)->python_version];
  TidePythonLayout layout;
} agent;

static uint32_t
get_state (void)
{
  return atomic_load (&agent.region->agent_state);
}

static void
set_state (TideAgentState state)
{
  atomic_store_explicit (&agent.region->agent_state, state, memory_order_release);
}

static void
count_interpreters (void)
{
  atomic_store_explicit (&agent.region->n_subinterpreters, tide_interpreters_count (), memory_order_relaxed);
}

/* At the end of Py_FinalizeEx(), and again when the process ends in another way.  */
static void
end (void)
{
  if (!agent.region || get_state () != TIDE_AGENT_READY)
    return;
  tide_wake_yield (SIGURG);
  tide_reader_end ();
  count_interpreters ();
  tide_instruments_end ();
  tide_account_end ();
  set_state (TIDE_AGENT_ENDED);
}

static void __attribute__ ((destructor)) at_exit (void) { end (); }

static void
before_fork (void)
{
  tide_reader_end ();
  if (agent.watches)
    tide_join_announce ();
}

/* A forked child is left alone, until it may join: its copy of the region becomes a private one in which
 * everything is suspended.  */
static void
drop_in_child (void)
{
  if (agent.watches)
    tide_join_announced ();
  tide_wake_drop ();
  tide_reader_drop ();
  if (agent.region && get_state () == TIDE_AGENT_READY)
    {
      agent.known = true;
      agent.layout = agent.region->layout;
      agent.python_flags = agent.region->python_flags;
      memcpy (agent.python_version, agent.region->python_version, sizeof agent.python_version);
    }
  tide_main_call_has_come ();
  tide_instruments_drop ();
  tide_account_drop ();
  if (!agent.region)
    return;
  if (mmap (agent.region, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            -1, 0)
      == MAP_FAILED)
    agent.region = NULL; /* still the parent's, if anything: not to be touched */
  else
    atomic_store (&agent.region->suspend, 1);
}

/* False: not now.  */
static bool
stop (void)
{
  if (!tide_instruments_stop_all ())
    return false;
  tide_reader_end ();
  count_interpreters ();
  tide_wake_end ();
  tide_account_end ();
  set_state (TIDE_AGENT_STOPPED);
  return true;
}

void
tide_agent_tell_executing (bool on)
{
  if (agent.region && (uint32_t)getpid () == agent.region->target_pid)
    atomic_store (&agent.region->executing, on);
}

/* In the main thread with the GIL: what the helper wants, see tide-region.h.  An instrument that starts may
 * run Python code, in which we are called again.  In another interpreter than the main one the instruments
 * would find another's modules and threads: then it is for a later look.  */
static void
obey (void)
{
  tide_main_call_has_come ();
  if (agent.obeying || !agent.region || get_state () != TIDE_AGENT_READY || !tide_account_is_open ()
      || !tide_interpreters_in_main ())
    return;
  agent.obeying = true;
  if (atomic_load (&agent.region->stop))
    stop ();
  else
    {
      tide_instruments_apply ();
      tide_reader_follow (agent.region);
    }
  agent.obeying = false;
}

/* Zombies are there as well.  */
static bool
helper_is_there (void)
{
  pid_t pid = (pid_t)agent.region->helper_pid;

  return pid > 0 && (kill (pid, 0) == 0 || errno != ESRCH);
}

void
tide_agent_poll (void)
{
  if (!tide_account_is_open ())
    return;
  /* Who was killed cannot ask us to stop.  */
  if (atomic_fetch_add_explicit (&agent.n_polls, 1, memory_order_relaxed) % POLLS_PER_HELPER == 0
      && agent.sees_helper && !helper_is_there ())
    atomic_store (&agent.region->stop, 1);
  count_interpreters ();
  if (atomic_load_explicit (&agent.region->stop, memory_order_relaxed) || tide_instruments_check ()
      || tide_reader_is_missed (agent.region))
    tide_main_call ();
}

void
tide_agent_look_after_function (bool waits)
{
  if (tide_account_is_open ())
    tide_main_call_after_function (waits);
}

TideRegion *
tide_agent_get_region (void)
{
  return agent.region && get_state () == TIDE_AGENT_READY && tide_account_is_open () ? agent.region : NULL;
}

void
tide_agent_obey (void)
{
  if (tide_main_call_is_here ())
    obey ();
  else
    tide_main_call ();
}

static bool
begin_account (void)
{
  if (!tide_account_open (agent.region))
    {
      tide_instruments_refuse (
          "/proc/self/statm cannot be read here, or the program may open too few files.");
      return false;
    }
  tide_account_begin ();
  return true;
}

static void
let_helper_read (void)
{
  agent.sees_helper = helper_is_there ();
  prctl (PR_SET_PTRACER, (unsigned long)agent.region->helper_pid, 0, 0, 0);
}

/* In a forked child, in its main thread with the GIL.  */
static void
join_after_fork (void)
{
  TideRegion *region = agent.known ? tide_join_claim (true, agent.region) : NULL;

  if (!region)
    {
      tide_join ();
      return;
    }
  agent.region = region;
  tide_main_call_begin ();
  agent.obeying = false;
  region->layout = agent.layout;
  region->layout.main_tstate = (uint64_t)(uintptr_t)tide_py.PyThreadState_Get ();
  region->python_flags = agent.python_flags;
  memcpy (region->python_version, agent.python_version, sizeof region->python_version);
  let_helper_read ();
  tide_instruments_open (region);
  if (begin_account ())
    {
      tide_instruments_go_on ();
      tide_account_begin ();
      tide_wake_go_on (region);
    }
  set_state (TIDE_AGENT_READY);
  tide_join ();
}

static void
read_version (TideRegion *region, uint32_t *version_hex)
{
  const char *version = tide_py.Py_GetVersion ();
  size_t length = strcspn (version, " +");
  void *hex = tide_py.PySys_GetObject ("hexversion");

  if (length >= sizeof region->python_version)
    length = sizeof region->python_version - 1;
  memcpy (region->python_version, version, length);
  region->python_version[length] = '\0';
  *version_hex = hex ? (uint32_t)tide_py.PyLong_AsLong (hex) : 0;
  if (tide_py.PySys_GetObject ("gettotalrefcount"))
    region->python_flags |= TIDE_PYTHON_DEBUG;
  if (strstr (version, "free-threading"))
    region->python_flags |= TIDE_PYTHON_FREE_THREADED;
}

static bool
hang_in (void)
{
  static bool done;

  if (!done && (pthread_atfork (before_fork, NULL, drop_in_child) != 0 || tide_py.Py_AtExit (end) != 0))
    return false;
  done = true;
  return true;
}

/* In the main thread with the GIL.  Gives NULL, or why nothing can be measured.  */
static const char *
begin (void)
{
  TideRegion *region = agent.region;
  TidePythonLayout layout;
  uint32_t version_hex;
  const char *missing = tide_python_load ();
  const char *reason = NULL;
  static char sentence[120];

  if (getpid () != (pid_t)region->target_pid)
    return "This is another process.";
  if (missing)
    {
      snprintf (sentence, sizeof sentence, "This interpreter lacks %s.", missing);
      reason = sentence;
    }
  else
    {
      tide_package_offer ();
      read_version (region, &version_hex);
      reason = tide_calibrate (&layout, version_hex, region->python_flags & TIDE_PYTHON_FREE_THREADED);
      memset (&region->layout, 0, sizeof region->layout);
      region->layout.version_hex = version_hex;
    }
  if (!reason)
    {
      tide_interpreters_open (&layout);
      if (!tide_interpreters_in_main ())
        reason = "This is a subinterpreter: what it does is measured from the main interpreter.";
    }
  if (!reason && !hang_in ())
    reason = "There is no memory for a fork handler.";
  if (!reason)
    {
      region->layout = layout;
      tide_main_call_open (version_hex, obey);
      if (begin_account ())
        {
          tide_instruments_apply ();
          tide_account_begin ();
          tide_wake_begin (region, obey);
        }
      if (tide_join_is_open () && !agent.watches)
        agent.watches = tide_fork_watch (join_after_fork);
    }
  else
    tide_instruments_refuse (reason);
  tide_peek_end ();
  set_state (TIDE_AGENT_READY);
  return reason;
}

/* Just before the user's program.  */
static void
start (void)
{
  begin ();
}

static TideRegion *
map_invited (const TideInvitation *invitation)
{
  TideRegion *region = tide_region_map (invitation->fd, (uint32_t)invitation->pid, NULL);

  if (!region)
    return NULL;
  region->mapped_at = (uint64_t)(uintptr_t)region;
  close (invitation->fd);
  return region;
}

static void __attribute__ ((constructor)) at_load (void)
{
  TideInvitation invitation, board;
  bool invited, followed;

  /* A program that is no Python passes everything on to the Python that it executes.  */
  if (!tide_symbol ("PySys_AddAuditHook", NULL))
    return;
  followed = tide_environment_read_board (&board) && tide_join_open (board.pid, board.fd);
  invited = tide_environment_read (&invitation);
  if (invited && invitation.pid == getpid ())
    agent.region = map_invited (&invitation);
  else if (followed)
    agent.region = tide_join_claim (false, NULL);
  else if (!invited)
    return;
  tide_package_find ();
  if (followed)
    tide_exec_follow ();
  /* A wrapper may start other Pythons before the one that is meant; none that they start can be that one.  */
  tide_environment_clean (followed);
  if (!agent.region)
    return;
  tide_fault_events_take_socket (agent.region);
  tide_instruments_open (agent.region);
  let_helper_read ();
  set_state (TIDE_AGENT_LOADED);
  tide_join ();
  tide_audit_wait (start);
}

static bool
fill_region (int fd)
{
  TideRegion *region;

  if (ftruncate (fd, TIDE_REGION_SIZE) < 0
      || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
    return false;
  region = mmap (NULL, TIDE_REGION_RING_OFFSET, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (region == MAP_FAILED)
    return false;
  region->magic = TIDE_REGION_MAGIC;
  region->version = TIDE_REGION_VERSION;
  region->size = TIDE_REGION_SIZE;
  region->page_size = (uint32_t)sysconf (_SC_PAGESIZE);
  region->target_pid = (uint32_t)getpid ();
  region->faults_socket = -1;
  for (int i = 0; i < TIDE_N_AREAS; i++)
    region->areas[i].fd = -1;
  munmap (region, TIDE_REGION_RING_OFFSET);
  return true;
}

/* Where the region of an earlier time was, the next one takes its place: what still looks there finds one. */
int
tide_agent_make_region (void)
{
  TideRegion *region;
  int fd, error;

  if (agent.region && (get_state () == TIDE_AGENT_LOADED || get_state () == TIDE_AGENT_READY))
    return -EBUSY;
  fd = (int)syscall (SYS_memfd_create, "pagetide", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -errno;
  errno = ENOMEM;
  region = fill_region (fd) ? tide_region_map (fd, (uint32_t)getpid (), agent.region) : NULL;
  if (!region)
    {
      error = errno;
      close (fd);
      return -error;
    }
  agent.region = region;
  region->mapped_at = (uint64_t)(uintptr_t)region;
  tide_instruments_open (region);
  set_state (TIDE_AGENT_LOADED);
  return fd;
}

const char *
tide_agent_begin (void)
{
  let_helper_read ();
  return begin ();
}

/* The helper looks once more while all is as it was: an instrument that was on for less than one of its ticks
 * would else never have been.  */
static void
wait_for_look (void)
{
  uint32_t number = pagetide_agent_request (0, 0, 0, 0, 0);
  struct timespec pause = { 0, LOOK_PAUSE_NS };

  for (int i = 0;
       number && i < LOOK_PAUSES && (int32_t)(atomic_load (&agent.region->request.taken) - number) < 0; i++)
    nanosleep (&pause, NULL);
}

void
tide_agent_leave (void)
{
  const struct timespec pause = { 0, LOOK_PAUSE_NS };

  if (!agent.region)
    return;
  if (get_state () == TIDE_AGENT_READY && tide_account_is_open ())
    {
      wait_for_look ();
      for (int i = 0; i < LOOK_PAUSES && !stop (); i++)
        nanosleep (&pause, NULL);
    }
  else if (get_state () != TIDE_AGENT_ENDED)
    set_state (TIDE_AGENT_STOPPED);
}
