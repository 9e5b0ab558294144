#define _GNU_SOURCE
#include "tide-fault-events.h"
#include "tide-account.h"
#include "tide-fault-event.h"
#include "tide-grant.h"
#include "tide-statm.h"
#include "tide-tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The period adapts so that signals of 2 to 3 us each take at most some 5 % where memory grows at full speed,
 * and every few pages are seen where it grows slowly.  A thread that starts later inherits the period of the
 * one that started it, and keeps it: the kernel adapts an event that has a descriptor, and no other.  */
#define MAX_PERIOD 64u
#define TOO_CLOSE_NS 100000u
#define FAR_NS 400000u
#define VERY_FAR_NS 10000000

typedef struct
{
  uint32_t tid;
  int fd;
  uint64_t id; /* tells the event from another file with its number */
  uint64_t period;
  uint64_t last_ns;
} Event;

static struct
{
  _Atomic bool open;
  _Atomic uint32_t n;          /* of events whose descriptors are valid */
  _Atomic uint32_t generation; /* counts openings */
  uint32_t missed;
  int socket; /* 0: there is none, it is never a standard descriptor */
  ino_t socket_inode;
  Event events[TIDE_GRANT_MAX];
} table;

/* The calling thread's event.  */
static __thread uint32_t own_generation __attribute__ ((tls_model ("initial-exec")));
static __thread Event *own __attribute__ ((tls_model ("initial-exec")));

static bool
is_ours (const Event *event)
{
  uint64_t id = 0;

  return ioctl (event->fd, PERF_EVENT_IOC_ID, &id) == 0 && id == event->id;
}

static bool
socket_is_ours (void)
{
  struct stat st;

  return table.socket > 0 && syscall (SYS_fstat, table.socket, &st) == 0 && S_ISSOCK (st.st_mode)
         && st.st_ino == table.socket_inode;
}

void
tide_fault_events_take_socket (TideRegion *region)
{
  struct stat st;

  if (region->faults_socket <= 0 || syscall (SYS_fstat, region->faults_socket, &st) != 0
      || !S_ISSOCK (st.st_mode))
    return;
  fcntl (region->faults_socket, F_SETFD, FD_CLOEXEC);
  table.socket = tide_descriptor_raise (region->faults_socket);
  table.socket_inode = st.st_ino;
}

/* FD becomes the event of thread TID.  */
static void
add (uint32_t tid, int fd)
{
  Event *event = &table.events[table.n];

  *event = (Event){ .tid = tid, .fd = tide_descriptor_raise (fd), .period = TIDE_FAULT_EVENT_PERIOD };
  if (ioctl (event->fd, PERF_EVENT_IOC_ID, &event->id) == 0)
    atomic_fetch_add (&table.n, 1);
  else
    close (event->fd);
}

/* With this process's own rights.  */
static bool
open_own (int *error)
{
  uint32_t tids[TIDE_GRANT_MAX];
  uint32_t n_there = tide_tasks_list (0, tids, TIDE_GRANT_MAX);
  uint32_t n = n_there < TIDE_GRANT_MAX ? n_there : TIDE_GRANT_MAX;

  *error = ESRCH;
  for (uint32_t i = 0; i < n; i++)
    {
      int fd = tide_fault_event_open ((pid_t)tids[i], TIDE_FAULT_EVENT_PERIOD);

      if (fd >= 0)
        add (tids[i], fd);
      /* A thread may have ended meanwhile; what is refused for one is refused for all.  */
      else if (errno != ESRCH)
        {
          *error = errno;
          break;
        }
    }
  table.missed = n_there - n;
  return table.n > 0;
}

/* What the helper has sent.  */
static bool
take_granted (void)
{
  TideGrantAnswer answer;
  int fds[TIDE_GRANT_MAX];

  if (!socket_is_ours () || !tide_grant_receive (table.socket, &answer, fds))
    return false;
  for (uint32_t i = 0; i < answer.n_tids; i++)
    add (answer.tids[i], fds[i]);
  return table.n > 0;
}

bool
tide_fault_events_open (TideRegion *region, int *error, bool *asked)
{
  *asked = false;
  if (!open_own (error) && !take_granted ())
    {
      *asked = (*error == EACCES || *error == EPERM) && socket_is_ours ();
      if (*asked)
        atomic_fetch_add (&region->faults_asked, 1);
      return false;
    }
  *error = 0;
  atomic_fetch_add (&table.generation, 1);
  atomic_store (&table.open, true);
  tide_account_set_signal_pages (2 * TIDE_FAULT_EVENT_PERIOD);
  return true;
}

bool
tide_fault_events_enable (void)
{
  bool all = true;

  for (uint32_t i = 0; i < table.n; i++)
    all = ioctl (table.events[i].fd, PERF_EVENT_IOC_ENABLE, 0) == 0 && all;
  return all;
}

static Event *
find_own (void)
{
  uint32_t generation = atomic_load_explicit (&table.generation, memory_order_relaxed);
  uint32_t tid;

  if (own_generation == generation)
    return own;
  tid = (uint32_t)syscall (SYS_gettid);
  own = NULL;
  for (uint32_t i = 0; i < table.n && !own; i++)
    if (table.events[i].tid == tid)
      own = &table.events[i];
  own_generation = generation;
  return own;
}

bool
tide_fault_events_try (bool on)
{
  Event *event = find_own ();
  uint64_t period = on ? 1 : TIDE_FAULT_EVENT_PERIOD;

  return event && (on || ioctl (event->fd, PERF_EVENT_IOC_DISABLE, 0) == 0)
         && ioctl (event->fd, PERF_EVENT_IOC_PERIOD, &period) == 0
         && (!on || ioctl (event->fd, PERF_EVENT_IOC_ENABLE, 0) == 0);
}

void
tide_fault_events_adapt (uint64_t time_ns)
{
  Event *event = find_own ();
  uint64_t distance, period, least;
  uint32_t slower = tide_account_get_slower ();

  if (!event)
    return;
  distance = time_ns - event->last_ns;
  period = event->period;
  event->last_ns = time_ns;
  least = (uint64_t)TIDE_FAULT_EVENT_PERIOD << slower;
  if (period < least)
    period = least;
  else if (distance < TOO_CLOSE_NS << slower && period < (uint64_t)MAX_PERIOD << slower)
    period *= 2;
  else if (distance > VERY_FAR_NS)
    period = least;
  else if (distance > FAR_NS << slower && period > least)
    period /= 2;
  if (period != event->period && tide_fault_events_are_open () && is_ours (event)
      && ioctl (event->fd, PERF_EVENT_IOC_PERIOD, &period) == 0)
    {
      event->period = period;
      tide_account_set_signal_pages (2 * (int64_t)period);
    }
}

static void
close_all (bool disable)
{
  uint32_t n = atomic_exchange (&table.n, 0);

  for (uint32_t i = 0; i < n; i++)
    if (is_ours (&table.events[i]))
      {
        /* A forked child may hold the event open: closing alone would not end it.  */
        if (disable)
          ioctl (table.events[i].fd, PERF_EVENT_IOC_DISABLE, 0);
        tide_descriptor_close (table.events[i].fd);
      }
}

void
tide_fault_events_close (void)
{
  atomic_store (&table.open, false);
  tide_account_set_signal_pages (0);
  close_all (true);
}

bool
tide_fault_events_are_ours (void)
{
  uint32_t n = atomic_load (&table.n);

  for (uint32_t i = 0; i < n; i++)
    if (!is_ours (&table.events[i]))
      return false;
  return n > 0;
}

bool
tide_fault_events_are_open (void)
{
  return atomic_load_explicit (&table.open, memory_order_relaxed);
}

void
tide_fault_events_drop (void)
{
  atomic_store (&table.open, false);
  close_all (false);
  if (socket_is_ours ())
    close (table.socket);
  table.socket = 0;
}

uint32_t
tide_fault_events_unit (void)
{
  return TIDE_FAULT_EVENT_PERIOD;
}

uint32_t
tide_fault_events_missed (void)
{
  return table.missed;
}
