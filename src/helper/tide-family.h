#pragma once

#include "tide-children.h"
#include "tide-control.h"
#include "tide-measured.h"

#include <poll.h>

/* So many processes are measured at a time.  */
#define TIDE_FAMILY_MAX 256

/* All processes that are measured: the target, and those that it started, when they are followed.  They come
 * and go; at most TIDE_WIRE_MAX_STREAMS in all, since each has a stream, and those beyond are counted.  */
typedef struct
{
  TideOutlet *outlet; /* not owned */
  int64_t interval_ns;
  uint64_t unit_bytes;                    /* how coarse RSS is here */
  uint32_t instruments;                   /* that were asked for    */
  TideMeasured *members[TIDE_FAMILY_MAX]; /* owned; the first is the target, for as long as the helper runs */
  uint32_t n_members;
  uint32_t n_streams; /* so far */
  TideChildren children;
  uint64_t n_missed;
} TideFamily;

/* The target is the first member, in stream 0; it is not started yet.  False: no memory.  */
bool tide_family_init (TideFamily *self, TideOutlet *outlet, uint32_t instruments, int64_t interval_ns);
/* But for the target's region and the board, on which the bell's thread may still wait.  */
void tide_family_finish (TideFamily *self);

TideMeasured *tide_family_get_target (TideFamily *self);

/* Those that took a region begin, and others may.  */
void tide_family_welcome (TideFamily *self, int64_t now_ns);

/* Looks at those whose time has come.  Gives whether any is looked at so often that none need ring.  */
bool tide_family_tick (TideFamily *self, int64_t now_ns);
/* CLOCK_MONOTONIC; INT64_MAX: never.  */
int64_t tide_family_get_next_tick (const TideFamily *self);
/* Somebody rang.  */
void tide_family_hurry (TideFamily *self);

/* Fills P, of TIDE_FAMILY_MAX, with what becomes readable at an end; gives how many.  */
uint32_t tide_family_get_polls (const TideFamily *self, struct pollfd *p);
/* Says of those that have ended how, and forgets them; the target, which is our child, stays.  */
void tide_family_look_for_ends (TideFamily *self, int64_t now_ns);

/* Whether anybody but the target is there.  */
bool tide_family_has_children (const TideFamily *self);
/* Whether somebody was forked who has not come yet.  */
bool tide_family_awaits_children (const TideFamily *self);

/* The target has ended with this wait status: the stream that it is in now ends.  PEAK_BYTES: see
 * tide_measured_put_bye().  */
void tide_family_end_target (TideFamily *self, int64_t now_ns, int status, uint64_t peak_bytes);

void tide_family_suspend (TideFamily *self, bool on, int64_t now_ns);
void tide_family_change (TideFamily *self, const TideControlCommand *command, int64_t now_ns);

/* Nobody looks any more.  */
void tide_family_let_go (TideFamily *self);
bool tide_family_has_let_go (const TideFamily *self);
/* After that: the last frames of those that are still there.  */
void tide_family_put_detached (TideFamily *self, int64_t now_ns);
