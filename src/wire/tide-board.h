#pragma once

/* Where processes come to be followed: a sealed memfd of the helper's, mapped by the launched program's agent
 * and inherited by all forks, which offers regions (see tide-region.h) that nobody has yet.
 *
 * A new process claims a slot with an offered region, opens it as /proc/HELPER/fd/FD, makes it its own, and
 * rings.  So nothing of it depends on the helper being quick: a child that lives for a millisecond has its
 * region, whose contents outlive it.  When no slot is offered, since there are too many processes or they
 * come too fast, the process goes unmeasured and is counted.
 *
 * Who forks announces the child first: its parent may be gone, and the whole recording over, before it gets
 * to run.  What goes wrong in between leaves an announcement behind, so the helper waits for them but for a
 * while.
 *
 * A slot goes round: EMPTY, OFFERED (by the helper), CLAIMED (by a process, with its pid in the same word,
 * so that the helper can tell that it died in between), JOINED or FAILED (by the process), EMPTY.  */

#include "tide-region.h"

#define TIDE_BOARD_MAGIC 0x314452414f424454ull /* "TDBOARD1" */
#define TIDE_BOARD_VERSION 2
#define TIDE_BOARD_SLOTS 64

/* How a program that is executed anew finds the board: "HELPER:FD".  With LD_PRELOAD it stays in the
 * environment of programs whose children are followed.  */
#define TIDE_ENV_BOARD "PAGETIDE_CHILDREN"
/* Set: the program was executed without all this, and the agent of the one that did so has added it.  */
#define TIDE_ENV_ADDED "PAGETIDE_ADDED"

typedef enum
{
  TIDE_SLOT_EMPTY = 0,
  TIDE_SLOT_OFFERED = 1,
  TIDE_SLOT_CLAIMED = 2,
  TIDE_SLOT_JOINED = 3,
  TIDE_SLOT_FAILED = 4,
} TideSlotState;

/* A word of a slot: the pid, 0 while nobody has claimed it, and the state.  */
#define TIDE_SLOT_WORD(pid, state) ((uint64_t)(uint32_t)(pid) << 32 | (uint32_t)(state))
#define TIDE_SLOT_STATE(word) ((TideSlotState)((word)&0xffffffffu))
#define TIDE_SLOT_PID(word) ((uint32_t)((word) >> 32))

typedef struct
{
  _Atomic uint64_t word;
  int32_t fd; /* of the region, in the helper */
  uint32_t padding;
  /* By the process, before JOINED.  */
  uint64_t claim_ns; /* CLOCK_MONOTONIC */
  uint32_t parent_pid;
  uint32_t forked; /* 1: it goes on where its parent was, 0: it was executed anew */
} TideBoardSlot;

typedef struct
{
  uint64_t magic;
  uint32_t version;
  uint32_t size;
  uint32_t helper_pid;
  _Atomic uint32_t closed;      /* 1: nobody is followed any more                             */
  _Atomic uint32_t helper_idle; /* of all regions: see tide-region.h, whose own is not used   */
  _Atomic uint32_t n_coming;    /* forked children that have neither come nor given up */
  _Atomic uint64_t missed;      /* processes that found no region, or could not have it       */
  TideBoardSlot slots[TIDE_BOARD_SLOTS];
} TideBoard;

#define TIDE_BOARD_SIZE 4096
_Static_assert(sizeof (TideBoard) <= TIDE_BOARD_SIZE, "the board is one page");
