#pragma once

/* The memory that the every-call instruments of agent and helper share: a sealed memfd of its own
 * (TIDE_AREA_CALLS of tide-region.h), of which only what is used becomes resident.
 *
 *   +------------------------+ 0
 *   | TideCallsArea          | notices, losses
 *   +------------------------+ TIDE_CALLS_COUNTS_OFFSET
 *   | how often each code    | uint64_t by the agent's code id, for ids below `n_counts`
 *   | was called             |
 *   +------------------------+ TIDE_CALLS_RINGS_OFFSET
 *   | ring 0: TideCallsRing, then TIDE_CALLS_RING_EVENTS records
 *   | ring 1 ...
 *   +------------------------+ TIDE_CALLS_AREA_SIZE
 *
 * A ring belongs to one thread at a time, so nobody locks.  One that is full drops what is newest and counts
 * it.  A thread that ends gives its ring back: `state` becomes LEFT, and FREE once the helper has read the
 * rest; whoever takes a ring makes its head and tail go on where they were.  From TIDE_CALLS_N_OWN on they
 * are shared by threads that find no other: who writes has the interpreter's lock, and says first whose turn
 * it is.  The helper trusts nothing here.  */

#include <stdatomic.h>
#include <stdint.h>

#include "tide-wire.h"

#define TIDE_CALLS_AREA_MAGIC 0x33434c4143444954ull /* "TIDCALC3" */
#define TIDE_CALLS_N_OWN 64u
#define TIDE_CALLS_N_RINGS 72u
#define TIDE_CALLS_RING_EVENTS 65536u /* a power of two; 24 bytes each: 1.5 MiB */
#define TIDE_CALLS_RING_HEAD 4096u
#define TIDE_CALLS_RING_SIZE                                                                                 \
  (TIDE_CALLS_RING_HEAD + TIDE_CALLS_RING_EVENTS * (uint32_t)sizeof (TideCallsRecord))
#define TIDE_CALLS_N_COUNTS (1u << 18) /* more than TIDE_CODES_MAX */
#define TIDE_CALLS_COUNTS_OFFSET 4096u
#define TIDE_CALLS_RINGS_OFFSET (TIDE_CALLS_COUNTS_OFFSET + TIDE_CALLS_N_COUNTS * 8u)
#define TIDE_CALLS_AREA_SIZE (TIDE_CALLS_RINGS_OFFSET + TIDE_CALLS_N_RINGS * TIDE_CALLS_RING_SIZE)

/* The instruction of a frame that has not begun: its line is the function's first.  */
#define TIDE_CALLS_NOT_BEGUN ((1u << 29) - 1)

/* In place of a kind: a LINE event of which the line itself is known.  */
#define TIDE_CALLS_LINE_KNOWN 7u

/* In place of a code: no event, but by how much the CPU time of the thread is less than `time_ns`, in the
 * nanoseconds of tide_calls_record_idle_ns(); so it is until the ring has the next of these.  */
#define TIDE_CALLS_IDLE UINT32_MAX

/* In place of a code, in a shared ring: no event, but the kernel's id of the thread that did what follows,
 * in `caller`.  */
#define TIDE_CALLS_TURN (UINT32_MAX - 1)

typedef struct
{
  uint64_t time_ns; /* CLOCK_MONOTONIC */
  uint32_t code;    /* the agent's code id, 0: unknown; of C_* kinds that of the C function */
  uint32_t caller;  /* C_* kinds: the Python code that calls it, else 0 */
  uint32_t place; /* TideCallKind in the low 3 bits, above them the byte offset of the instruction; or one of
                     the two above */
  uint32_t rss_pages; /* RSS, without the rings that were taken after the start */
} TideCallsRecord;

typedef enum
{
  TIDE_CALLS_RING_FREE = 0,
  TIDE_CALLS_RING_TAKEN = 1,
  TIDE_CALLS_RING_LEFT = 2,
} TideCallsRingState;

typedef struct
{
  _Atomic uint32_t state; /* TideCallsRingState */
  _Atomic uint32_t tid;
  _Atomic uint64_t lost;              /* records that found no room       */
  _Alignas(64) _Atomic uint64_t head; /* records written, by the agent    */
  _Alignas(64) _Atomic uint64_t tail; /* records read, by the helper      */
} TideCallsRing;

typedef struct
{
  uint64_t magic; /* these two by the helper, before anybody else sees the area */
  uint64_t size;
  _Alignas(64) _Atomic uint64_t moved;    /* by the helper: goes up when it sees another RSS       */
  _Alignas(64) _Atomic uint64_t lost;     /* by the agent: events of threads that found no ring    */
  _Alignas(64) _Atomic uint64_t n_counts; /* by the agent: counters below this are in use         */
} TideCallsArea;

_Static_assert(sizeof (TideCallsRecord) == 24, "three words a record");
_Static_assert(sizeof (TideCallsRing) <= TIDE_CALLS_RING_HEAD, "a ring's head must fit before its records");
_Static_assert(TIDE_CALLS_RING_SIZE % 4096 == 0, "rings begin at pages");

static inline TideCallsRing *
tide_calls_area_ring (TideCallsArea *area, uint32_t index)
{
  return (TideCallsRing *)((uint8_t *)area + TIDE_CALLS_RINGS_OFFSET
                           + (uint64_t)index * TIDE_CALLS_RING_SIZE);
}

static inline TideCallsRecord *
tide_calls_ring_records (TideCallsRing *ring)
{
  return (TideCallsRecord *)((uint8_t *)ring + TIDE_CALLS_RING_HEAD);
}

static inline TideCallsRecord
tide_calls_record_idle (uint64_t time_ns, uint64_t idle_ns)
{
  return (TideCallsRecord){ .time_ns = time_ns,
                            .code = TIDE_CALLS_IDLE,
                            .caller = (uint32_t)idle_ns,
                            .rss_pages = (uint32_t)(idle_ns >> 32) };
}

static inline uint64_t
tide_calls_record_idle_ns (const TideCallsRecord *record)
{
  return (uint64_t)record->rss_pages << 32 | record->caller;
}

static inline _Atomic uint64_t *
tide_calls_area_counts (TideCallsArea *area)
{
  return (_Atomic uint64_t *)((uint8_t *)area + TIDE_CALLS_COUNTS_OFFSET);
}
