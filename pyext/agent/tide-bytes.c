#include "tide-bytes.h"
#include "tide-account.h"
#include "tide-agent.h"
#include "tide-block-plane.h"
#include "tide-clock.h"
#include "tide-hooks.h"
#include "tide-instrument.h"
#include "tide-python.h"
#include "tide-sampler.h"
#include "tide-site-finder.h"
#include "tide-sites.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

/* A note of a block: its size above its site.  */
#define SITE_MASK (((uint64_t)1 << TIDE_SITE_BITS) - 1)
_Static_assert(TIDE_SITE_BITS == TIDE_BLOCK_SITE_BITS, "a note has room for a site");

/* Now and then the agent looks what is wanted of it, and whether the interpreter takes itself apart: what it
 * gives back then was live when the program had done.  */
#define TAKES_PER_POLL 4096u
#define FREES_PER_LOOK 32u
#define MOST_NS 2000u

#define DEFAULT_SAMPLE_BYTES (512u << 10)
#define MIN_SAMPLE_BYTES 1024u
#define MAX_SAMPLE_BYTES ((uint64_t)1 << 40)

#define UNLIKELY(x) __builtin_expect (!!(x), 0)
#define COLD __attribute__ ((noinline, cold))

__thread TideBytesThread tide_bytes_thread;

static struct
{
  TideRegion *region;
  TideInstrument on; /* the one of the two; 0: neither */
  bool sampled;
  /* Not exact: threads may count at once.  */
  _Atomic uint32_t n_takes;
  _Atomic uint32_t n_frees;
  uint64_t checked;
} bytes;

static COLD void
poll (void)
{
  int saved = errno;

  tide_agent_poll ();
  errno = saved;
}

static inline bool
is_time (_Atomic uint32_t *counter, uint32_t period)
{
  uint32_t n = atomic_load_explicit (counter, memory_order_relaxed) + 1;

  atomic_store_explicit (counter, n, memory_order_relaxed);
  return n % period == 0;
}

static void
silence (void)
{
  tide_hooks_silence (TIDE_HOOK_BYTES);
  tide_hooks_silence (TIDE_HOOK_SAMPLE);
}

/* Whether what is given back counts no more.  */
static COLD bool
is_end (void)
{
  if (!tide_py.is_finalizing || !tide_py.is_finalizing ())
    return false;
  silence ();
  return true;
}

static void
remove_note (uint64_t note, bool temporary)
{
  tide_sites_remove (note & SITE_MASK, note >> TIDE_SITE_BITS, temporary);
}

/* False: it cannot be noted.  */
static __attribute__ ((noinline)) bool
note_slowly (void *block, size_t size, uint32_t site)
{
  uint64_t note = (uint64_t)size << TIDE_SITE_BITS | site, known;

  if (size < TIDE_BLOCK_MIN_SHORT && tide_block_plane_put_beside ((uintptr_t)block, note))
    return true;
  /* They were given back unseen.  */
  while ((known = tide_block_plane_forget ((uintptr_t)block, size)) != 0)
    remove_note (known, false);
  if (size <= TIDE_BLOCK_MAX_SIZE && tide_block_plane_put ((uintptr_t)block, note))
    return true;
  tide_sites_miss ();
  return false;
}

static inline __attribute__ ((always_inline)) void
count (void *block, size_t size, bool has_gil)
{
  uint32_t site;

  if (UNLIKELY (atomic_load_explicit (&bytes.region->suspend, memory_order_relaxed)))
    return;
  site = has_gil ? tide_site_finder_recall () : 0;
  if (UNLIKELY (site == 0))
    site = tide_site_finder_find (has_gil);
  if (!tide_block_plane_put_at_once ((uintptr_t)block, size, site) && !note_slowly (block, size, site))
    return;
  tide_bytes_thread.last = block;
  tide_sites_add (site, size);
}

/* One of many is timed, and stands for all; giving back takes about as long.  The clock's own time is told
 * apart by asking it twice.  */
static COLD void
note_timed (void *block, size_t size, bool has_gil)
{
  uint64_t before_ns = tide_clock_ns (CLOCK_MONOTONIC), since_ns = tide_clock_ns (CLOCK_MONOTONIC), taken_ns,
           clock_ns = since_ns - before_ns;

  count (block, size, has_gil);
  taken_ns = tide_clock_ns (CLOCK_MONOTONIC) - since_ns;
  taken_ns = taken_ns > clock_ns ? taken_ns - clock_ns : 0;
  /* More is a thread that lost the processor meanwhile.  */
  tide_account_add_cost (bytes.sampled ? TIDE_INSTRUMENT_BYTES_SAMPLED : TIDE_INSTRUMENT_BYTES,
                         2 * TAKES_PER_POLL * (taken_ns < MOST_NS ? taken_ns : MOST_NS));
  poll ();
}

static inline __attribute__ ((always_inline)) void *
taken (void *block, size_t size, bool has_gil)
{
  if (UNLIKELY (!block))
    ;
  else if (UNLIKELY (is_time (&bytes.n_takes, TAKES_PER_POLL)))
    note_timed (block, size, has_gil);
  else
    count (block, size, has_gil);
  tide_bytes_thread.inside = false;
  return block;
}

void *
tide_bytes_taken (void *block, size_t size)
{
  return taken (block, size, true);
}

void *
tide_bytes_taken_raw (void *block, size_t size)
{
  return taken (block, size, false);
}

void *
tide_bytes_taken_sampled (void *block, size_t size, bool has_gil)
{
  if (block && tide_sampler_take (block, size, has_gil))
    poll ();
  tide_bytes_thread.inside = false;
  return block;
}

/* What is not noted as most are.  */
static __attribute__ ((noinline)) bool
take_note (void *block, uint64_t *size, uint32_t *site)
{
  uint64_t note = tide_block_plane_take ((uintptr_t)block);

  *size = note >> TIDE_SITE_BITS;
  *site = note & SITE_MASK;
  return note != 0;
}

void
tide_bytes_given_back (void *block, bool is_object)
{
  uint64_t size;
  uint32_t site;

  if (!tide_block_plane_take_at_once ((uintptr_t)block, &size, &site) && !take_note (block, &size, &site))
    {
      if (is_object && block)
        tide_site_finder_end_code_unless_odd (block);
      return;
    }
  if (is_object && size >= TIDE_BLOCK_MIN_SHORT)
    tide_site_finder_end_code (block);
  if (UNLIKELY (is_time (&bytes.n_frees, FREES_PER_LOOK)) && is_end ())
    return;
  tide_sites_remove (site, size, block == tide_bytes_thread.last);
}

void
tide_bytes_given_back_sampled (void *block)
{
  if (!is_end ())
    tide_sampler_give_back (block);
}

uint64_t
tide_bytes_lift (void *block)
{
  return bytes.sampled ? tide_sampler_lift (block) : tide_block_plane_take ((uintptr_t)block);
}

void
tide_bytes_resized (uint64_t known, void *moved, size_t size, bool has_gil)
{
  if (bytes.sampled)
    {
      if (known != 0)
        tide_sampler_drop_lifted (known);
      tide_bytes_taken_sampled (moved, size, has_gil);
      return;
    }
  if (known != 0)
    remove_note (known, false);
  if (has_gil)
    tide_bytes_taken (moved, size);
  else
    tide_bytes_taken_raw (moved, size);
}

void
tide_bytes_put_back (void *block, uint64_t known)
{
  if (bytes.sampled)
    tide_sampler_put_back (block, known);
  else if (!tide_block_plane_put ((uintptr_t)block, known))
    tide_sites_miss ();
}

static uint64_t
get_mean (const TideRegion *region)
{
  uint64_t mean = atomic_load (&region->sample_bytes);

  return mean == 0                 ? DEFAULT_SAMPLE_BYTES
         : mean < MIN_SAMPLE_BYTES ? MIN_SAMPLE_BYTES
         : mean > MAX_SAMPLE_BYTES ? MAX_SAMPLE_BYTES
                                   : mean;
}

static bool
start (TideRegion *region, TideInstrumentReport *report, TideInstrument bit)
{
  uint64_t mean = bit == TIDE_INSTRUMENT_BYTES_SAMPLED ? get_mean (region) : 0;

  if (bytes.on)
    snprintf (report->reason, sizeof report->reason,
              "Python's blocks are counted already, %s: stop that instrument first.",
              bytes.sampled ? "by a sample" : "all of them");
  else if (!tide_site_finder_open (&region->layout))
    snprintf (report->reason, sizeof report->reason, "This interpreter's thread states are not understood.");
  else if (tide_sites_open (region, mean, report->reason, sizeof report->reason))
    {
      bytes.region = region;
      bytes.sampled = mean != 0;
      if (!mean || tide_sampler_open (region, mean))
        {
          if (tide_hooks_start (mean ? TIDE_HOOK_SAMPLE : TIDE_HOOK_BYTES, report->reason,
                                sizeof report->reason))
            {
              bytes.on = bit;
              report->unit_bytes = mean ? mean : 1;
              return true;
            }
        }
      else
        snprintf (report->reason, sizeof report->reason, "There is no memory for the sample.");
    }
  return false;
}

static bool
start_exact (TideRegion *region, TideInstrumentReport *report)
{
  return start (region, report, TIDE_INSTRUMENT_BYTES);
}

static bool
start_sampled (TideRegion *region, TideInstrumentReport *report)
{
  return start (region, report, TIDE_INSTRUMENT_BYTES_SAMPLED);
}

static TideHookUser
user (void)
{
  return bytes.sampled ? TIDE_HOOK_SAMPLE : TIDE_HOOK_BYTES;
}

static bool
stop (TideRegion *region)
{
  bool restored = tide_hooks_stop (user ());

  if (bytes.sampled)
    tide_sampler_close ();
  else
    tide_block_plane_clear ();
  bytes.on = 0;
  return restored;
}

/* Ours are no more called when others have put back what they found, or wrapped what was below us: then
 * nothing is taken between two checks of a program that takes memory all the time.  */
static const char *
check (void)
{
  uint64_t now = bytes.sampled ? (uint64_t)tide_sampler_left () : atomic_load (&bytes.n_takes);
  bool moves = now != bytes.checked;

  bytes.checked = now;
  return moves || tide_hooks_are_uppermost (user ())
             ? NULL
             : "The program put back the allocators that were there before ours.";
}

static void
drop (void)
{
  silence ();
  tide_sampler_drop ();
  tide_block_plane_drop ();
  tide_site_finder_drop ();
  tide_sites_drop ();
  bytes.on = 0;
}

const TideAgentInstrument tide_instrument_bytes = {
  .bit = TIDE_INSTRUMENT_BYTES,
  .start = start_exact,
  .stop = stop,
  .check = check,
  .end = silence,
  .drop = drop,
};

const TideAgentInstrument tide_instrument_bytes_sampled = {
  .bit = TIDE_INSTRUMENT_BYTES_SAMPLED,
  .start = start_sampled,
  .stop = stop,
  .check = check,
  .end = silence,
  .drop = drop,
};
