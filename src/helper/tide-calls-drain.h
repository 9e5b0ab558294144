#pragma once

#include "tide-calls-area.h"
#include "tide-calls-frames.h"
#include "tide-codes.h"
#include "tide-stream.h"

/* The rings of the every-call instruments, as the helper reads them: the events of all threads in the order
 * of their times, as CALLS frames, and how often each code was called, as COUNTS frames.
 *
 * A code must be known before the event that names it.  The agent tells of it in the account's ring before it
 * writes the event into its own; so first tide_calls_drain_mark() looks how far the rings go, then the
 * account's ring is drained, then tide_calls_drain_run() reads up to the marks.  */

#define TIDE_CALLS_DRAIN_PLACES 4096u

typedef struct
{
  uint32_t code, caller, place; /* the agent's */
  TideCallPlace found;
} TideCallsDrainPlace;

typedef struct
{
  uint64_t tail, mark;
  uint64_t lost; /* as told */
  uint32_t thread;
  int64_t idle_ns; /* of the thread; INT64_MIN: not told yet      */
  int64_t cpu_ns;  /* as told last                                 */
  bool broken;     /* it contradicts itself, and is not read any more */
  bool left;       /* at the mark: nobody writes into it          */
} TideCallsDrainRing;

typedef struct
{
  TideStream *stream; /* these three: not owned */
  TideIntern *intern;
  const TideCodes *codes;
  TideCallsArea *area; /* not owned; NULL: there is none */
  uint32_t pid;

  TideCallsDrainRing rings[TIDE_CALLS_N_RINGS];
  uint64_t lost; /* of those that found no ring, as told */
  int64_t last_ns;
  int64_t marked_ns;  /* CLOCK_MONOTONIC: nothing before the marks is later     */
  int64_t drained_ns; /* when there was something last, CLOCK_MONOTONIC */
  int64_t counted_ns; /* when the counts were told last                 */
  uint64_t rss_pages; /* as noticed last */
  bool crowded;
  bool shared, told_shared; /* there are events in a shared ring */

  uint64_t *counts;  /* by the agent's id: as they were last */
  uint64_t *totals;  /* by code id */
  uint32_t n_totals; /* room */

  TideCallsDrainPlace places[TIDE_CALLS_DRAIN_PLACES];
  uint32_t n_calls;
  TideCall calls[TIDE_CALLS_MAX_COUNT];
} TideCallsDrain;

void tide_calls_drain_init (
    TideCallsDrain *self, TideStream *stream, TideIntern *intern, const TideCodes *codes, uint32_t pid);
void tide_calls_drain_finish (TideCallsDrain *self);

/* AREA is the memory of a TIDE_AREA_CALLS, of TIDE_CALLS_AREA_SIZE bytes.  It may come late.  */
void tide_calls_drain_set_area (TideCallsDrain *self, void *area);

void tide_calls_drain_mark (TideCallsDrain *self);
void tide_calls_drain_run (TideCallsDrain *self, int64_t now_ns);

/* RSS was read: those who wait for it to move are told.  */
void tide_calls_drain_notice (TideCallsDrain *self, uint64_t rss_pages);

/* Whether there was something in the last second.  */
bool tide_calls_drain_is_busy (const TideCallsDrain *self, int64_t now_ns);

/* Whether rings were so full when they were last drained that they should be drained sooner.  */
bool tide_calls_drain_is_crowded (const TideCallsDrain *self);

/* The target has ended: the rest, after the account's ring was drained.  */
void tide_calls_drain_end (TideCallsDrain *self, int64_t now_ns);
