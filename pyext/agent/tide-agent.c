#define _GNU_SOURCE
#include "tide-agent.h"
#include "tide-account.h"
#include "tide-audit.h"
#include "tide-calibrate.h"
#include "tide-environment.h"
#include "tide-fault-events.h"
#include "tide-instruments.h"
#include "tide-package.h"
#include "tide-peek.h"
#include "tide-python.h"
#include "tide-region.h"
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
#include <sys/stat.h>
#include <unistd.h>

static struct
{
  TideRegion *region;
  pthread_t main_thread;
  bool obeying;        /* the main thread's own */
  _Atomic bool called; /* the main thread was asked to obey, and has not come yet */
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

/* At the end of Py_FinalizeEx(), and again when the process ends in another way.  */
static void
end (void)
{
  if (!agent.region || get_state () != TIDE_AGENT_READY)
    return;
  tide_wake_yield (SIGURG);
  tide_instruments_end ();
  tide_account_end ();
  set_state (TIDE_AGENT_ENDED);
}

static void __attribute__ ((destructor)) at_exit (void) { end (); }

/* A forked child is left alone: its copy of the region becomes a private one in which everything is
 * suspended.  */
static void
drop_in_child (void)
{
  tide_wake_drop ();
  tide_instruments_drop ();
  tide_account_drop ();
  if (mmap (agent.region, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            -1, 0)
      == MAP_FAILED)
    agent.region = NULL; /* still the parent's, if anything: not to be touched */
  else
    atomic_store (&agent.region->suspend, 1);
}

static void
stop (void)
{
  tide_instruments_stop_all ();
  tide_wake_end ();
  tide_account_end ();
  set_state (TIDE_AGENT_STOPPED);
}

/* In the main thread with the GIL: what the helper wants, see tide-region.h.  An instrument that starts may
 * run Python code, in which we are called again.  */
static void
obey (void)
{
  if (agent.obeying || !agent.region || get_state () != TIDE_AGENT_READY || !tide_account_is_open ())
    return;
  agent.obeying = true;
  if (atomic_load (&agent.region->stop))
    stop ();
  else
    tide_instruments_apply ();
  agent.obeying = false;
}

static int
obey_call (void *unused)
{
  atomic_store (&agent.called, false);
  obey ();
  return 0;
}

static void
call_main_thread (void)
{
  if (!atomic_exchange (&agent.called, true) && tide_py.Py_AddPendingCall (obey_call, NULL) != 0)
    atomic_store (&agent.called, false);
}

void
tide_agent_poll (void)
{
  if (!tide_account_is_open ())
    return;
  if (atomic_load_explicit (&agent.region->stop, memory_order_relaxed) || tide_instruments_check ())
    call_main_thread ();
}

TideRegion *
tide_agent_get_region (void)
{
  return agent.region && get_state () == TIDE_AGENT_READY && tide_account_is_open () ? agent.region : NULL;
}

void
tide_agent_obey (void)
{
  if (pthread_equal (pthread_self (), agent.main_thread))
    obey ();
  else
    call_main_thread ();
}

static void
start_instruments (void)
{
  if (!tide_account_open (agent.region))
    {
      tide_instruments_refuse (
          "/proc/self/statm cannot be read here, or the program may open too few files.");
      return;
    }
  tide_account_begin ();
  tide_instruments_apply ();
  tide_wake_begin (agent.region, obey);
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

  if (!done && (pthread_atfork (NULL, NULL, drop_in_child) != 0 || tide_py.Py_AtExit (end) != 0))
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
  agent.main_thread = pthread_self ();
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
  if (!reason && !hang_in ())
    reason = "There is no memory for a fork handler.";
  if (!reason)
    {
      region->layout = layout;
      start_instruments ();
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

/* The region behind FD, at PLACE if that is not NULL; NULL when it is not one, or not for us.  */
static TideRegion *
map_region (int fd, int pid, void *place)
{
  struct stat st;
  int seals = fcntl (fd, F_GET_SEALS);
  TideRegion *region;

  /* Without the seal its maker could shorten it, and our writes would kill the program.  */
  if (seals < 0 || !(seals & F_SEAL_SHRINK) || syscall (SYS_fstat, fd, &st) != 0
      || st.st_size != TIDE_REGION_SIZE)
    return NULL;
  /* Populated at once: its pages would else be charged to whoever runs when they come.  */
  region = mmap (place, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_POPULATE | (place ? MAP_FIXED : 0), fd, 0);
  if (region == MAP_FAILED)
    return NULL;
  if (region->magic == TIDE_REGION_MAGIC && region->version == TIDE_REGION_VERSION
      && region->size == TIDE_REGION_SIZE && region->page_size && region->target_pid == (uint32_t)pid)
    return region;
  munmap (region, TIDE_REGION_SIZE);
  return NULL;
}

static void __attribute__ ((constructor)) at_load (void)
{
  TideInvitation invitation;

  /* A wrapper that is no Python passes everything on to the Python that it executes.  */
  if (!tide_environment_read (&invitation) || invitation.pid != getpid ()
      || !tide_symbol ("PySys_AddAuditHook", NULL))
    return;
  agent.region = map_region (invitation.fd, invitation.pid, NULL);
  tide_package_find ();
  tide_environment_clean ();
  if (!agent.region)
    return;
  close (invitation.fd);
  tide_fault_events_take_socket (agent.region);
  tide_instruments_open (agent.region);
  prctl (PR_SET_PTRACER, (unsigned long)agent.region->helper_pid, 0, 0, 0);
  set_state (TIDE_AGENT_LOADED);
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
  region = fill_region (fd) ? map_region (fd, getpid (), agent.region) : NULL;
  if (!region)
    {
      error = errno;
      close (fd);
      return -error;
    }
  agent.region = region;
  tide_instruments_open (region);
  set_state (TIDE_AGENT_LOADED);
  return fd;
}

const char *
tide_agent_begin (void)
{
  prctl (PR_SET_PTRACER, (unsigned long)agent.region->helper_pid, 0, 0, 0);
  return begin ();
}

void
tide_agent_leave (void)
{
  if (!agent.region)
    return;
  if (get_state () == TIDE_AGENT_READY && tide_account_is_open ())
    stop ();
  else if (get_state () != TIDE_AGENT_ENDED)
    set_state (TIDE_AGENT_STOPPED);
}
