#pragma once

#include "tide-procfs.h"
#include "tide-region.h"
#include "tide-stream.h"
#include "tide-switch-frames.h"

/* What is wished of the agent of one process, until it is so.
 *
 * The agent makes it so when it next looks at memory.  A program that takes none for long is woken by
 * `wake_signal` of the region: SIGURG, whose default action is to be ignored, so that one which comes too
 * late harms nobody; only while /proc says that the program catches it and does not block it, and seldom.
 * The region is the program's as well: nothing in it is believed.  */
typedef struct
{
  TideRegion *region; /* not owned */
  TideProcfs *procfs; /* not owned */
  uint32_t wanted;    /* TideInstrument bits, as last written */
  uint32_t seen;      /* the program's own requests that were granted */
  int64_t since_ns;   /* the oldest wish that is not fulfilled; 0: all are */
  int64_t next_ns;    /* of the next signal */
  int n_sent;
  bool told; /* that it takes its time */
} TideWish;

void tide_wish_init (TideWish *self, TideRegion *region, TideProcfs *procfs, uint32_t wanted);

/* WISH, for instruments of the agent.  Gives those that are wanted now.  */
uint32_t tide_wish_change (TideWish *self, const TideSwitch *wish, int64_t now_ns);

/* Thousandths of the target's time; 0: any.  */
void tide_wish_set_budget (TideWish *self, uint32_t thousandths);

/* True: the program itself has asked for WISH.  */
bool tide_wish_asked (TideWish *self, TideSwitch *wish);
/* And it has been wished.  */
void tide_wish_granted (TideWish *self);

/* Whether the agent has made so what was wished last.  */
bool tide_wish_is_done (const TideWish *self);

/* Each now and then: wakes an agent that does not look, and says so when it cannot be woken.  */
void tide_wish_follow (TideWish *self, TideStream *stream, int64_t now_ns);

/* Wakes the agent once, if that can be done: it is to see that `stop` was set.  */
void tide_wish_wake (TideWish *self);
