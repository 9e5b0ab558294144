#define _GNU_SOURCE
#include "tide-account.h"
#include "tide-agent.h"
#include "tide-calls-names.h"
#include "tide-calls-private.h"
#include "tide-calls-rings.h"
#include "tide-clock.h"
#include "tide-instrument.h"
#include "tide-main-call.h"
#include "tide-pycode.h"
#include "tide-statm.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The instruments "calls" and "lines": the same stream of events, the second with LINE and EXCEPT.  */

#define CALLS_KINDS (TIDE_CALLS_FRAME_KINDS | TIDE_CALLS_C_KINDS)
#define LINES_KINDS (CALLS_KINDS | TIDE_CALLS_TRACE_KINDS)

/* Of which each interpreter has its own.  */
#define MONITORING 0x030c0000u

/* Now and then: our own time is taken, the helper is woken if it sleeps long, commands are looked for.  A
 * prime: programs that do the same again and again are seen at each step of it.  */
#define EVENTS_PER_LOOK 251u
#define MOST_NS 10000u

/* So much of each end of a line table is looked at.  */
#define STAMP_END 128u

static struct
{
  TideRegion *region;
  uint32_t wanted;     /* kinds of the instruments that are on */
  _Atomic uint32_t on; /* TideInstrument bits */
  int64_t page_size;
  _Atomic int64_t written_pages; /* RSS of the last event that was written */
  _Atomic bool written;          /* there was one */
} calls;

static inline uint64_t
word_at (uint64_t address, int32_t offset)
{
  uint64_t word;

  memcpy (&word, (const void *)(uintptr_t)(address + (uint64_t)offset), sizeof word);
  return word;
}

static inline TideCallsCacheSlot *
slot_of (TideCallsThread *thread, uint64_t address)
{
  return &thread->cache[(address >> 4) * 0x9e3779b97f4a7c15ull >> 55];
}

/* The hash of a str; of one that has none yet the end, which is mostly where two differ.  A str whose data
 * are elsewhere, as no code object that we know has one, may stand at the address of one that we know.  */
static inline uint64_t
stamp_of_str (const TidePythonLayout *layout, uint64_t str)
{
  uint64_t length = word_at (str, layout->str_length), hash = word_at (str, layout->str_length + 8);
  bool compact = word_at (str, layout->str_state) >> (layout->str_kind_shift + 3) & 1;

  if (hash != UINT64_MAX)
    return hash;
  return compact ? word_at (str + length, layout->str_ascii_data - 8) ^ length : length;
}

/* Of what a code object contains, where it has no number: of a long line table the two ends.  Each word has a
 * factor of its own, so that none waits for another.  */
static inline __attribute__ ((always_inline)) uint32_t
stamp_of (const TidePythonLayout *layout, uint64_t code)
{
  const uint64_t step = 0x9e3779b97f4a7c15ull;
  uint64_t table = word_at (code, layout->code_line_table), data = table + (uint64_t)layout->bytes_data;
  uint64_t size = word_at (table, layout->bytes_size), factor = 3 * step;
  uint64_t stamp = stamp_of_str (layout, word_at (code, layout->code_name)) * step
                   + stamp_of_str (layout, word_at (code, layout->code_filename)) * 2 * step + size * factor;

  /* What is before the first byte is the object's, too.  */
  for (uint64_t at = data + size, end = size > STAMP_END ? at - STAMP_END : data; at > end; at -= 8)
    stamp += word_at (at, -8) * (factor += step);
  if (__builtin_expect (size > STAMP_END, 0))
    for (uint64_t at = data; at < data + STAMP_END; at += 8)
      stamp += word_at (at, 0) * (factor += step);
  return (uint32_t)(stamp >> 32);
}

static __attribute__ ((noinline)) uint32_t
learn_code (TideCallsCacheSlot *slot, uint64_t address, uint64_t check)
{
  const TidePythonLayout *layout = &calls.region->layout;
  uint32_t id = tide_account_code (address);

  if (id)
    *slot = (TideCallsCacheSlot){ .address = address, .check = check, .id = id };
  if (id && layout->version_hex < TIDE_PYCODE_WITH_SERIAL)
    slot->stamp = stamp_of (layout, address);
  return id;
}

/* Another code object may have been at the address before, and be made of the very same words.  BEGINS: only
 * then; one that runs stays.  */
static uint32_t
id_of_code (TideCallsThread *thread, const void *code, bool begins)
{
  const TidePythonLayout *layout = &calls.region->layout;
  uint64_t address = (uint64_t)(uintptr_t)code;
  const uint32_t *first_line = (const uint32_t *)(uintptr_t)(address + (uint64_t)layout->code_first_line);
  uint64_t check = word_at (address, layout->code_name) ^ word_at (address, layout->code_filename) << 1
                   ^ word_at (address, layout->code_line_table) << 2 ^ *first_line;
  TideCallsCacheSlot *slot = slot_of (thread, address);
  bool numbered = layout->version_hex >= TIDE_PYCODE_WITH_SERIAL;

  if (numbered)
    check ^= (uint64_t)first_line[TIDE_PYCODE_SERIAL / sizeof *first_line] << 32;
  if (__builtin_expect (slot->address == address && slot->check == check, 1)
      && (numbered || !begins || slot->stamp == stamp_of (layout, address)))
    return slot->id;
  return learn_code (slot, address, check);
}

/* What profilers and tracers are started by, sys.setprofile(), cProfile, coverage and yappi among them: none
 * of these waits for another thread.  */
static bool
may_install (const TideCallsName *name)
{
  static const char *const names[] = { "setprofile", "settrace", "enable", "start" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      size_t length = strlen (names[i]);

      if (name->name_length >= length
          && memcmp (name->name + name->name_length - length, names[i], length) == 0
          && (name->name_length == length || name->name[name->name_length - length - 1] == '.'))
        return true;
    }
  return false;
}

static __attribute__ ((noinline)) uint32_t
learn_callee (TideCallsCacheSlot *slot, const void *object, TideCallsCallee callee)
{
  TideCallsName name;
  uint32_t id;

  tide_calls_name (&calls.region->layout, object, &name);
  /* Whoever puts a profiler in our place is a C function, and after it we may be told of nothing more.  */
  if (tide_calls_can_be_replaced ())
    tide_agent_look_after_function (!may_install (&name));
  id = tide_account_named_code (callee.address, callee.fingerprint, name.file, name.file_length, name.name,
                                name.name_length);
  if (id)
    *slot = (TideCallsCacheSlot){ .address = callee.address, .check = callee.fingerprint, .id = id };
  return id;
}

static uint32_t
id_of_callee (TideCallsThread *thread, const void *object)
{
  TideCallsCallee callee = tide_calls_callee (object);
  TideCallsCacheSlot *slot = slot_of (thread, callee.address);

  if (__builtin_expect (slot->address == callee.address && slot->check == callee.fingerprint, 1))
    return slot->id;
  return learn_callee (slot, object, callee);
}

/* Whether an event with this RSS is far enough from the last that was written.  */
static bool
passes (int64_t pages)
{
  uint64_t trigger = atomic_load_explicit (&calls.region->trigger_bytes, memory_order_relaxed);
  int64_t moved = pages - atomic_load_explicit (&calls.written_pages, memory_order_relaxed);

  return trigger == 0 || !atomic_load_explicit (&calls.written, memory_order_relaxed)
         || (uint64_t)((moved < 0 ? -moved : moved) * calls.page_size) >= trigger;
}

static void
ring_bell (void)
{
  _Atomic uint32_t *idle = &calls.region->helper_idle;

  if (atomic_load_explicit (idle, memory_order_relaxed) && atomic_exchange (idle, 0))
    syscall (SYS_futex, idle, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* False: there is no room.  The CPU time of threads without a ring of their own is not told.  */
static bool
put_idle (TideCallsThread *thread, uint64_t *time_ns)
{
  TideCallsRecord *record;
  uint64_t idle_ns;

  if (__builtin_expect (thread->index >= TIDE_CALLS_N_OWN, 0))
    return tide_calls_ring_take_turn (thread, *time_ns);
  idle_ns = tide_cpu_clock_idle (&thread->clock, time_ns);
  if (__builtin_expect (idle_ns == thread->idle_ns, 1))
    return true;
  record = tide_calls_ring_reserve (thread);
  if (!record)
    return false;
  *record = tide_calls_record_idle (*time_ns, idle_ns);
  tide_calls_ring_publish (thread);
  thread->idle_ns = idle_ns;
  return true;
}

static void
put (TideCallsThread *thread, const TideCallsEvent *event, uint32_t code, uint32_t caller, int64_t pages)
{
  TideCallsRecord *record;
  uint64_t time_ns = tide_clock_ns (CLOCK_MONOTONIC);
  uint32_t place = event->line         ? (uint32_t)event->line & TIDE_CALLS_NOT_BEGUN
                   : event->offset < 0 ? TIDE_CALLS_NOT_BEGUN
                                       : (uint32_t)event->offset & TIDE_CALLS_NOT_BEGUN;

  if (!put_idle (thread, &time_ns))
    return;
  record = tide_calls_ring_reserve (thread);
  if (!record)
    return;
  record->time_ns = time_ns;
  record->code = code;
  record->caller = caller;
  record->place = place << 3 | (event->line ? TIDE_CALLS_LINE_KNOWN : (uint32_t)event->kind);
  record->rss_pages = (uint32_t)pages;
  tide_calls_ring_publish (thread);
  atomic_store_explicit (&calls.written_pages, pages, memory_order_relaxed);
  atomic_store_explicit (&calls.written, true, memory_order_relaxed);
}

static TideInstrument
payer_of (TideCallKind kind)
{
  bool is_traced = kind == TIDE_CALL_LINE || kind == TIDE_CALL_EXCEPT;

  return is_traced || !(calls.on & TIDE_INSTRUMENT_CALLS) ? TIDE_INSTRUMENT_LINES : TIDE_INSTRUMENT_CALLS;
}

static inline void
tell (const TideCallsEvent *event)
{
  TideCallsThread *thread;
  uint32_t code, caller = 0;
  int64_t pages;
  uint64_t since_ns = 0;

  if (__builtin_expect (atomic_load_explicit (&calls.region->suspend, memory_order_relaxed) != 0, 0))
    return;
  thread = tide_calls_rings_enter ();
  if (__builtin_expect (!thread, 0))
    {
      tide_calls_rings_lose ();
      return;
    }
  if (__builtin_expect (++thread->n_events % EVENTS_PER_LOOK == 0, 0))
    {
      since_ns = tide_clock_ns (CLOCK_MONOTONIC);
      if (thread->index >= TIDE_CALLS_N_OWN)
        tide_calls_rings_look_again ();
    }
  code = id_of_code (thread, event->code, event->kind == TIDE_CALL_CALL);
  if (event->callee)
    {
      caller = code;
      code = id_of_callee (thread, event->callee);
    }
  if (event->kind == TIDE_CALL_CALL || event->kind == TIDE_CALL_C_CALL)
    tide_calls_rings_count (code);
  pages = tide_rss_gate_pages (&thread->gate, 0) - tide_calls_rings_get_own_pages ();
  if (passes (pages))
    put (thread, event, code, caller, pages);
  if (since_ns)
    {
      uint64_t taken_ns = tide_clock_ns (CLOCK_MONOTONIC) - since_ns;

      /* More is a thread that lost the processor meanwhile.  */
      tide_account_add_cost (payer_of (event->kind),
                             (taken_ns < MOST_NS ? taken_ns : MOST_NS) * EVENTS_PER_LOOK);
      ring_bell ();
      tide_agent_poll ();
    }
}

static void
on_event (void *data, const TideCallsEvent *event)
{
  int saved = errno;

  tell (event);
  tide_main_call_meet ();
  errno = saved;
}

/* The main thread's next event comes here.  */
static bool
meets_main_thread (void)
{
  return tide_calls_are_told () && atomic_load_explicit (&calls.on, memory_order_relaxed) != 0
         && !tide_calls_check ();
}

/* Makes the source tell of the kinds that are wanted now.  */
static bool
listen (char *reason, size_t size)
{
  TideCallsSink sink = {
    .kinds = calls.wanted, .all_threads = true, .all_interpreters = true, .function = on_event
  };

  tide_calls_stop ();
  return tide_calls_start (&sink, &calls.region->layout, reason, size);
}

static bool
start (TideRegion *region, TideInstrument bit, uint32_t kinds, TideInstrumentReport *report)
{
  TideCallsThread *thread;
  uint32_t before = calls.wanted;
  const char *reason;

  calls.region = region;
  calls.page_size = (int64_t)region->page_size;
  /* What is given back makes no fault: those who account say when RSS is another.  */
  tide_rss_gate_set_words (&region->n_accounts, (const _Atomic uint64_t *)&region->accounted_pages);
  reason = tide_calls_rings_open (region);
  if (reason)
    {
      snprintf (report->reason, sizeof report->reason, "%s", reason);
      return false;
    }
  if (!calls.on)
    atomic_store (&calls.written, false);
  calls.wanted |= kinds;
  thread = tide_calls_rings_enter ();
  if (thread && tide_rss_gate_counts_faults (&thread->gate))
    {
      int64_t lag = tide_statm_lag ();

      report->unit_bytes = (uint64_t)((lag > 1 ? lag : 1) * calls.page_size);
    }
  if (calls.wanted != before && !listen (report->reason, sizeof report->reason))
    {
      char ignored[sizeof report->reason];

      calls.wanted = before;
      if (calls.on)
        listen (ignored, sizeof ignored);
      else
        tide_calls_rings_close ();
      return false;
    }
  if (!report->reason[0] && report->unit_bytes == 0)
    snprintf (report->reason, sizeof report->reason,
              "Page faults cannot be counted here: RSS is as of at most about 1 ms before each event, "
              "CPU time exact to 0.1 ms.");
  calls.on |= (uint32_t)bit;
  tide_main_call_set_meeting (meets_main_thread);
  return true;
}

static bool
stop (TideInstrument bit)
{
  char ignored[240];

  calls.on &= ~(uint32_t)bit;
  calls.wanted = (calls.on & TIDE_INSTRUMENT_LINES ? LINES_KINDS : 0)
                 | (calls.on & TIDE_INSTRUMENT_CALLS ? CALLS_KINDS : 0);
  if (calls.on)
    return listen (ignored, sizeof ignored);
  tide_calls_stop ();
  tide_calls_rings_close ();
  return true;
}

static bool
start_calls (TideRegion *region, TideInstrumentReport *report)
{
  return start (region, TIDE_INSTRUMENT_CALLS, CALLS_KINDS, report);
}

static bool
start_lines (TideRegion *region, TideInstrumentReport *report)
{
  return start (region, TIDE_INSTRUMENT_LINES, LINES_KINDS, report);
}

static bool
stop_calls (TideRegion *region)
{
  return stop (TIDE_INSTRUMENT_CALLS);
}

static bool
stop_lines (TideRegion *region)
{
  return stop (TIDE_INSTRUMENT_LINES);
}

static void
drop (void)
{
  tide_calls_retire ();
  tide_calls_rings_drop ();
  calls.on = calls.wanted = 0;
}

const TideAgentInstrument tide_instrument_calls = {
  .bit = TIDE_INSTRUMENT_CALLS,
  .main_only_since = MONITORING,
  .start = start_calls,
  .stop = stop_calls,
  .check = tide_calls_check,
  .end = tide_calls_silence,
  .drop = drop,
};

const TideAgentInstrument tide_instrument_lines = {
  .bit = TIDE_INSTRUMENT_LINES,
  .main_only_since = MONITORING,
  .start = start_lines,
  .stop = stop_lines,
  .check = tide_calls_check,
  .end = tide_calls_silence,
  .drop = drop,
};
