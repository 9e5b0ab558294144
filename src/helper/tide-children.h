#pragma once

#include "tide-board.h"
#include "tide-shared.h"
#include "tide-switch-frames.h"

/* The helper's end of the board: offers regions, and finds those who took one.  */
typedef struct
{
  int fd;           /* of the board, -1: nobody is followed */
  TideBoard *board; /* NULL as well */
  uint32_t wanted;  /* instruments that all have, those that come later as well */
  uint64_t trigger_bytes, sample_bytes;
  uint32_t budget;
  bool suspended;
  uint64_t told; /* of those that were missed */
  struct
  {
    TideShared shared;
    int64_t claimed_ns; /* when the slot was first seen to be claimed and no more */
  } offers[TIDE_BOARD_SLOTS];
} TideChildren;

/* A process that took a region.  */
typedef struct
{
  uint32_t pid, parent_pid;
  int64_t claim_ns; /* CLOCK_MONOTONIC, when it did */
  bool forked;      /* it goes on where its parent was; else it was executed anew */
  TideShared shared;
} TideNewcomer;

/* Nobody is followed until tide_children_open().  */
void tide_children_init (TideChildren *self);
/* False and errno.  */
bool tide_children_open (TideChildren *self, const TideOptions *options);
void tide_children_finish (TideChildren *self);

/* Nobody is followed any more.  */
void tide_children_close (TideChildren *self);

/* What those begin with who come from now on.  */
void tide_children_switch (TideChildren *self, const TideSwitch *wish);
void tide_children_set_budget (TideChildren *self, uint32_t thousandths);
void tide_children_set_suspended (TideChildren *self, bool suspended);

/* Sees to it that up to N regions are offered.  */
void tide_children_offer (TideChildren *self, uint32_t n, int64_t now_ns);

/* Gives one that has come, with its region.  False: nobody has.  */
bool tide_children_next (TideChildren *self, TideNewcomer *newcomer);

/* Somebody was forked and has not come yet.  */
bool tide_children_are_coming (const TideChildren *self);

/* How many went unfollowed since the last call.  */
uint64_t tide_children_take_missed (TideChildren *self);
