#pragma once

#include <stddef.h>
#include <stdint.h>

/* What the program itself may ask of the agent that is in it: found by name (dlsym), called with the GIL held
 * and outside allocators and signal handlers.  Without an agent that measures, each gives nought.  */

#define TIDE_ENTRY __attribute__ ((visibility ("default")))

/* The instruments ON and OFF (TideInstrument bits) and options, as in a SWITCH frame (TIDE_SWITCH_* in
 * PARTS). The helper answers within milliseconds; it alone can make the memory that some instruments need.
 * Gives the request's number, or 0 when one before is not taken yet.  */
TIDE_ENTRY uint32_t pagetide_agent_request (
    uint32_t on, uint32_t off, uint32_t parts, uint64_t trigger_bytes, uint64_t sample_bytes);

/* Whether request NUMBER is fulfilled: instruments are on, or have been refused.  Called in the main thread
 * it makes so what the helper has granted; elsewhere that happens when the main thread next runs.  */
TIDE_ENTRY int pagetide_agent_settle (uint32_t number);

/* TideInstrumentState of one instrument, and why (at most SIZE bytes with the zero at the end); REASON may be
 * NULL.  */
TIDE_ENTRY uint32_t pagetide_agent_get_state (uint32_t instrument, char *reason, size_t size);

/* TideInstrument bits of those that are on.  */
TIDE_ENTRY uint32_t pagetide_agent_get_instruments (void);
