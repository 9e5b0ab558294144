#define _GNU_SOURCE
#include "tide-join.h"
#include "tide-clock.h"
#include "tide-region-map.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct
{
  TideBoard *board;
  TideBoardSlot *slot; /* that we claimed last */
  uint32_t pid;        /* of this process, as the helper sees it, when we did */
  uint32_t forker;     /* that of the one that forked last: a child's parent may be gone when it asks */
  bool announced;      /* of this process, which has not come yet */
} join;

static int
open_of_helper (uint32_t helper_pid, int fd)
{
  char path[48];

  snprintf (path, sizeof path, "/proc/%u/fd/%d", helper_pid, fd);
  /* The number may be another's by now, and the file anything.  */
  return open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* In a pid namespace of its own a process has another number for itself than for the helper, with whose /proc
 * it came.  0: that cannot be told.  */
static uint32_t
own_pid (void)
{
  char text[16];
  ssize_t n = readlink ("/proc/self", text, sizeof text - 1);

  text[n > 0 ? n : 0] = '\0';
  return (uint32_t)strtoul (text, NULL, 10);
}

/* The same of who started it.  */
static uint32_t
parent_pid (void)
{
  char text[128];
  int fd = open ("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  const char *name_end;

  if (fd >= 0)
    close (fd);
  text[n > 0 ? n : 0] = '\0';
  /* "PID (NAME) STATE PARENT"; a name may have anything in it.  */
  name_end = strrchr (text, ')');
  return name_end && strlen (name_end) > 4 ? (uint32_t)strtoul (name_end + 4, NULL, 10) : 0;
}

bool
tide_join_open (int helper_pid, int fd)
{
  int own = open_of_helper ((uint32_t)helper_pid, fd);
  int seals = own < 0 ? -1 : fcntl (own, F_GET_SEALS);
  void *memory = MAP_FAILED;
  TideBoard *board;
  struct stat st;

  if (seals >= 0 && seals & F_SEAL_SHRINK && syscall (SYS_fstat, own, &st) == 0
      && st.st_size == TIDE_BOARD_SIZE)
    memory = mmap (NULL, TIDE_BOARD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, own, 0);
  if (own >= 0)
    close (own);
  if (memory == MAP_FAILED)
    return false;
  board = memory;
  if (board->magic == TIDE_BOARD_MAGIC && board->version == TIDE_BOARD_VERSION
      && board->size == TIDE_BOARD_SIZE && board->helper_pid == (uint32_t)helper_pid
      && !atomic_load (&board->closed))
    {
      join.board = board;
      return true;
    }
  munmap (memory, TIDE_BOARD_SIZE);
  return false;
}

bool
tide_join_is_open (void)
{
  return join.board && !atomic_load (&join.board->closed);
}

_Atomic uint32_t *
tide_join_get_bell (void)
{
  return join.board ? &join.board->helper_idle : NULL;
}

static void
ring (void)
{
  _Atomic uint32_t *idle = &join.board->helper_idle;

  if (atomic_exchange (idle, 0))
    syscall (SYS_futex, idle, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static TideRegion *
open_region (TideBoardSlot *slot, void *place)
{
  int fd = open_of_helper (join.board->helper_pid, slot->fd);
  TideRegion *region = fd < 0 ? NULL : tide_region_map (fd, 0, place);

  if (fd >= 0)
    close (fd);
  return region;
}

/* False: the helper has given us up.  */
static bool
finish_claim (TideBoardSlot *slot, TideSlotState state)
{
  uint64_t claimed = TIDE_SLOT_WORD (join.pid, TIDE_SLOT_CLAIMED);

  return atomic_compare_exchange_strong (&slot->word, &claimed, TIDE_SLOT_WORD (join.pid, state));
}

static TideRegion *
take (TideBoardSlot *slot, bool forked, void *place)
{
  TideRegion *region = open_region (slot, place);

  if (!region)
    {
      finish_claim (slot, TIDE_SLOT_FAILED);
      return NULL;
    }
  slot->claim_ns = tide_clock_ns (CLOCK_MONOTONIC);
  slot->parent_pid = forked ? join.forker : parent_pid ();
  slot->forked = forked;
  region->target_pid = (uint32_t)getpid ();
  region->mapped_at = (uint64_t)(uintptr_t)region;
  join.slot = slot;
  return region;
}

TideRegion *
tide_join_claim (bool forked, void *place)
{
  uint32_t pid = own_pid ();
  TideRegion *region = NULL;
  bool claimed = false;

  if (!tide_join_is_open ())
    return NULL;
  join.pid = pid;
  for (uint32_t i = 0; pid != 0 && i < TIDE_BOARD_SLOTS && !claimed; i++)
    {
      TideBoardSlot *slot = &join.board->slots[(pid + i) % TIDE_BOARD_SLOTS];
      uint64_t offered = TIDE_SLOT_WORD (0, TIDE_SLOT_OFFERED);

      claimed =
          atomic_compare_exchange_strong (&slot->word, &offered, TIDE_SLOT_WORD (pid, TIDE_SLOT_CLAIMED));
      if (claimed)
        region = take (slot, forked, place);
    }
  if (!region)
    {
      atomic_fetch_add (&join.board->missed, 1);
      ring ();
    }
  return region;
}

void
tide_join (void)
{
  if (join.slot && !finish_claim (join.slot, TIDE_SLOT_JOINED))
    atomic_fetch_add (&join.board->missed, 1);
  tide_join_give_up ();
  if (join.slot)
    ring ();
  join.slot = NULL;
}

void
tide_join_announce (void)
{
  if (!tide_join_is_open ())
    return;
  join.forker = own_pid ();
  atomic_fetch_add (&join.board->n_coming, 1);
}

void
tide_join_announced (void)
{
  join.announced = tide_join_is_open ();
}

void
tide_join_give_up (void)
{
  if (join.announced)
    atomic_fetch_sub (&join.board->n_coming, 1);
  join.announced = false;
}
