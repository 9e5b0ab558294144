#pragma once

#include "tide-calls-area.h"
#include "tide-cpu-clock.h"
#include "tide-region.h"
#include "tide-rss-gate.h"

#include <stdbool.h>

/* The rings of the every-call instruments, one a thread, in the area of tide-calls-area.h.  All functions are
 * for holders of the GIL, but for what is said otherwise, and may change errno.  */

#define TIDE_CALLS_CACHE_SLOTS 512u

typedef struct
{
  uint64_t address;
  uint64_t check; /* of what is there, so that another code object at the address is not taken for it */
  uint32_t id;
  uint32_t stamp; /* up to 3.11: more of that */
} TideCallsCacheSlot;

typedef struct
{
  _Atomic uint32_t generation; /* in which it is a thread's; 0: nobody's */
  uint32_t index;              /* from TIDE_CALLS_N_OWN on it is of several threads */
  uint32_t turn;               /* of a shared ring: whose events the last ones are, 0: nobody's */
  TideCallsRing *ring;
  TideCallsRecord *records;
  uint64_t head;
  uint64_t end; /* where room surely ends, as of the last look at the tail */
  uint64_t n_events;
  TideRssGate gate;
  TideCpuClock clock;
  uint64_t idle_ns; /* of the clock, as told last; 0: never */
  TideCallsCacheSlot cache[TIDE_CALLS_CACHE_SLOTS];
} TideCallsThread;

/* Opens the area behind the region's descriptor.  NULL, or a sentence why not.  */
const char *tide_calls_rings_open (TideRegion *region);

/* Gives all rings back, and the memory.  */
void tide_calls_rings_close (void);

/* In a forked child: nothing of the parent's is written.  */
void tide_calls_rings_drop (void);

/* The calling thread's, or one that it shares; NULL: there is none for it, or they are closed.  */
TideCallsThread *tide_calls_rings_enter (void);

/* Of a shared ring, now and then: the calling thread leaves it if there is a ring for it alone.  */
void tide_calls_rings_look_again (void);

/* Room for a record, or NULL: it is counted as lost.  Then publish.  */
TideCallsRecord *tide_calls_ring_reserve (TideCallsThread *thread);
void tide_calls_ring_publish (TideCallsThread *thread);

/* Before each record of a shared ring: says whose it is, when it was another's turn.  False: there is no
 * room, and the record to come is counted as lost.  */
bool tide_calls_ring_take_turn (TideCallsThread *thread, uint64_t time_ns);

/* One more event that found no ring.  */
void tide_calls_rings_lose (void);

/* One more call of the code with this id.  */
void tide_calls_rings_count (uint32_t id);

/* Pages that rings took after the first one: RSS without them is the program's.  Cheap.  */
int64_t tide_calls_rings_get_own_pages (void);
