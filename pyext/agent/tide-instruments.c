#include "tide-instruments.h"
#include "tide-instrument.h"
#include "tide-try-lock.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

static const TideAgentInstrument *const all[] = {
  &tide_instrument_events, &tide_instrument_faults,        &tide_instrument_calls, &tide_instrument_lines,
  &tide_instrument_bytes,  &tide_instrument_bytes_sampled, &tide_instrument_gc,
};

#define N_ALL (sizeof all / sizeof all[0])

/* Those that are on are looked after each so many polls.  */
#define POLLS_PER_CHECK 64u

static struct
{
  TideRegion *region;
  _Atomic uint32_t on;
  _Atomic uint32_t failed; /* on, told to be off, and to be stopped */
  _Atomic unsigned n_polls;
  _Atomic uint32_t lock; /* of whoever tells the region of them */
  _Atomic bool wished;   /* there was a wish                    */
  uint32_t wish;         /* the last that was made so           */
  uint64_t sample_bytes; /* as of that one                      */
} instruments;

static TideRegionInstrument *
shared_of (const TideAgentInstrument *instrument)
{
  return &instruments.region->instruments[tide_instrument_index (instrument->bit)];
}

/* The lock holder's, but while there are no other threads, and while nothing is on.  */
static void
tell (const TideAgentInstrument *instrument,
      TideInstrumentState state,
      uint64_t unit_bytes,
      const char *reason)
{
  TideRegionInstrument *shared = shared_of (instrument);
  uint32_t sequence = atomic_load_explicit (&shared->sequence, memory_order_relaxed);

  atomic_store_explicit (&shared->sequence, sequence + 1, memory_order_relaxed);
  atomic_thread_fence (memory_order_release);
  shared->unit_bytes = unit_bytes;
  snprintf (shared->reason, sizeof shared->reason, "%s", reason);
  shared->state = state;
  atomic_store_explicit (&shared->sequence, sequence + 2, memory_order_release);
}

static bool
is_on (const TideAgentInstrument *instrument)
{
  return atomic_load (&instruments.on) & (uint32_t)instrument->bit;
}

static void
start (const TideAgentInstrument *instrument)
{
  TideInstrumentReport report = { 0 };

  if (instruments.region->python_flags & TIDE_PYTHON_FREE_THREADED && !instrument->free_threaded)
    tell (instrument, TIDE_STATE_REFUSED, 0,
          "This instrument is not safe in free-threaded builds of Python.");
  else if (instrument->start (instruments.region, &report))
    {
      atomic_fetch_or (&instruments.on, (uint32_t)instrument->bit);
      if (instrument->main_only_since
          && instruments.region->layout.version_hex >= instrument->main_only_since)
        instruments.region->main_only |= (uint32_t)instrument->bit;
      tell (instrument, TIDE_STATE_ON, report.unit_bytes, report.reason);
    }
  else
    tell (instrument, TIDE_STATE_REFUSED, 0, report.reason);
}

static void
stop (const TideAgentInstrument *instrument)
{
  uint32_t bit = (uint32_t)instrument->bit;
  bool told = atomic_fetch_and (&instruments.failed, ~bit) & bit;
  bool restored = instrument->stop (instruments.region);

  atomic_fetch_and (&instruments.on, ~bit);
  if (!told)
    tell (instrument, TIDE_STATE_OFF, 0,
          restored ? "" : "Others have hooks above ours, which stay and do nothing.");
}

static void
stop_unless (uint32_t wanted)
{
  uint32_t stays = wanted & ~atomic_load (&instruments.failed);

  /* The last that came goes first: hooks are taken away in the reverse of their order.  */
  for (size_t i = N_ALL; i-- > 0;)
    if (is_on (all[i]) && !(stays & (uint32_t)all[i]->bit))
      stop (all[i]);
}

void
tide_instruments_open (TideRegion *region)
{
  instruments.region = region;
  atomic_store (&instruments.wished, false);
  instruments.wish = 0;
  atomic_store (&instruments.failed, 0);
}

/* A helper may know of more than this agent.  */
static void
refuse_unknown (uint32_t wanted)
{
  wanted &= TIDE_INSTRUMENTS_OF_AGENT;
  for (size_t i = 0; i < N_ALL; i++)
    wanted &= ~(uint32_t)all[i]->bit;
  for (; wanted; wanted &= wanted - 1)
    {
      const TideAgentInstrument unknown = { .bit = (TideInstrument)(wanted & -wanted) };

      tell (&unknown, TIDE_STATE_REFUSED, 0, "This agent does not have it.");
    }
}

/* The lock holder's.  */
static void
look (void)
{
  for (size_t i = 0; i < N_ALL; i++)
    {
      uint32_t bit = (uint32_t)all[i]->bit;
      const char *reason = NULL;

      if (all[i]->check && is_on (all[i]) && !(atomic_load (&instruments.failed) & bit))
        reason = all[i]->check ();
      if (reason && !(atomic_fetch_or (&instruments.failed, bit) & bit))
        tell (all[i], TIDE_STATE_OFF, 0, reason);
    }
}

/* The same.  */
static void
apply (void)
{
  uint32_t wish = atomic_load (&instruments.region->wish);
  uint32_t wanted = atomic_load (&instruments.region->wanted);
  uint64_t sample_bytes = atomic_load (&instruments.region->sample_bytes);
  bool wished = atomic_load (&instruments.wished);

  look ();
  refuse_unknown (wanted);
  /* Samples have the distance with which they began.  */
  if (wished && sample_bytes != instruments.sample_bytes)
    stop_unless (wanted & ~(uint32_t)TIDE_INSTRUMENT_BYTES_SAMPLED);
  instruments.sample_bytes = sample_bytes;
  stop_unless (wanted);
  if (!wished || wish != instruments.wish)
    for (size_t i = 0; i < N_ALL; i++)
      if (wanted & (uint32_t)all[i]->bit && !is_on (all[i]))
        start (all[i]);
  instruments.wish = wish;
  atomic_store (&instruments.wished, true);
  atomic_store (&instruments.region->wish_done, wish);
}

void
tide_instruments_apply (void)
{
  if (!tide_try_lock (&instruments.lock))
    return;
  apply ();
  tide_try_unlock (&instruments.lock);
}

void
tide_instruments_refuse (const char *reason)
{
  for (size_t i = 0; i < N_ALL; i++)
    if (atomic_load (&instruments.region->wanted) & (uint32_t)all[i]->bit)
      tell (all[i], TIDE_STATE_REFUSED, 0, reason);
  atomic_store (&instruments.region->wish_done, atomic_load (&instruments.region->wish));
}

bool
tide_instruments_stop_all (void)
{
  if (!tide_try_lock (&instruments.lock))
    return false;
  stop_unless (0);
  tide_try_unlock (&instruments.lock);
  return true;
}

bool
tide_instruments_check (void)
{
  /* Whoever has the lock looks as well.  */
  if (atomic_fetch_add_explicit (&instruments.n_polls, 1, memory_order_relaxed) % POLLS_PER_CHECK == 0
      && tide_try_lock_at_once (&instruments.lock))
    {
      look ();
      tide_try_unlock (&instruments.lock);
    }
  return atomic_load (&instruments.failed) != 0 || !atomic_load (&instruments.wished)
         || atomic_load_explicit (&instruments.region->wish, memory_order_relaxed)
                != atomic_load_explicit (&instruments.region->wish_done, memory_order_relaxed);
}

void
tide_instruments_end (void)
{
  for (size_t i = 0; i < N_ALL; i++)
    if (all[i]->end && is_on (all[i]))
      all[i]->end ();
}

void
tide_instruments_drop (void)
{
  /* Whoever had it is not here.  */
  tide_try_unlock (&instruments.lock);
  for (size_t i = 0; i < N_ALL; i++)
    if (all[i]->drop && is_on (all[i]))
      all[i]->drop ();
}

void
tide_instruments_go_on (void)
{
  atomic_store (&instruments.wished, false);
  atomic_store (&instruments.failed, 0);
  for (size_t i = N_ALL; i-- > 0;)
    {
      TideInstrumentReport report = { 0 };

      if (!is_on (all[i]))
        continue;
      if (all[i]->go_on && all[i]->go_on (instruments.region, &report))
        tell (all[i], TIDE_STATE_ON, report.unit_bytes, report.reason);
      else
        stop (all[i]);
    }
  tide_instruments_apply ();
}
