#pragma once

#include "tide-codes.h"
#include "tide-outside.h"
#include "tide-procfs.h"
#include "tide-ring-reader.h"
#include "tide-stream.h"
#include "tide-threads.h"

/* Who is charged.  Drains the agent's ring, and takes what the agent has not explained: a difference between
 * RSS and the shared account is charged to the stack that runs.  All changes of RSS since the start come out
 * as events, so the sum of their deltas is the account.
 *
 * `pending_pages` of the region are pages of a big block that the agent's program has not filled yet.  Growth
 * that is seen from here takes from them, so that the agent does not wait for pages that came.  Whoever asked
 * for a block mostly fills it at once, and has often done so before it is looked at from here: when it is
 * found elsewhere for the first time, what is resident of the block is charged to the stack that asked; later
 * growth, and what is beyond, is the running stack's.  */
typedef struct
{
  TideStream *stream; /* not owned */
  TideRegion *region; /* not owned */
  TideProcfs *procfs; /* not owned */
  uint32_t pid;
  uint32_t wanted; /* instruments of the agent; 0: nothing is charged to anybody */
  int64_t start_ns;

  TideIntern intern;
  TideCodes codes;
  TideRingReader ring;
  TideMail mail;
  TideOutside outside;
  TideThreads threads;

  uint32_t agent_state; /* last seen */
  uint32_t reported;    /* instruments of which something was said */
  uint32_t awaited;     /* those that were wished, of which what the region says is from before */
  TideRegionInstrument said[TIDE_N_INSTRUMENTS]; /* what was said of each */
  uint32_t said_sequence[TIDE_N_INSTRUMENTS];    /* of what the region said then          */
  bool layout_good;
  bool gone;           /* the process has become another program, without this agent */
  bool no_agent;       /* it will not come: nobody can be charged */
  uint64_t top_pages;  /* highest RSS of all events */
  uint64_t last_pages; /* RSS when it was last read, and when it was last another */
  int64_t moved_ns;
  uint32_t culprit; /* the node that was charged last from outside, for which thread, and when */
  uint32_t culprit_thread;
  int64_t culprit_ns;
  int64_t looking_ns;    /* since when the agent is seen to look each time; 0: it is not */
  bool told_crowd;       /* that there are more threads than are watched */
  bool stood_still;      /* RSS has, for some time, and that was looked at */
  uint32_t filled_block; /* the region's block whose site was seen to be done with it */
  uint64_t lost;
  uint64_t n_torn; /* stacks that could not be read to their end */

  uint32_t n_events;
  TideEvent events[TIDE_EVENTS_MAX_COUNT];
} TideAccount;

/* USE_AGENT false: it could not be given to the process.  START_NS: when measuring began.  */
void tide_account_init (TideAccount *self,
                        TideStream *stream,
                        TideRegion *region,
                        TideProcfs *procfs,
                        uint32_t instruments,
                        bool use_agent,
                        int64_t start_ns);
void tide_account_finish (TideAccount *self);

/* From now on WANTED is wanted of the agent, ASKED of it for the first time or once more: what becomes of
 * these is told, also when it is what it was.  */
void tide_account_want (TideAccount *self, uint32_t wanted, uint32_t asked, int64_t now_ns);

/* Whether growth is told by page-fault signals.  */
bool tide_account_is_signalled (const TideAccount *self);

/* Tells what the agent says of itself, when that is new.  */
void tide_account_follow (TideAccount *self, int64_t now_ns);

/* Takes what is in the ring.  False: not now, since the reader of the frames is too slow, or the agent is not
 * ready.  */
bool tide_account_drain (TideAccount *self, int64_t now_ns);

/* Charges what the agent has not, and reads RSS for that; false once there is none, or when it is another
 * program's: `gone`.  */
bool tide_account_charge (TideAccount *self, int64_t now_ns, uint64_t *rss_pages);

/* At the end of a pause: what happened in it is nobody's.  Before the agent goes on.  */
void tide_account_charge_pause (TideAccount *self, int64_t now_ns);

/* The target has ended: the rest of the ring, and what was never reported.  Gives the RSS that was accounted
 * last, 0: none.  */
uint64_t tide_account_end (TideAccount *self, int64_t now_ns);
