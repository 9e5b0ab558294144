#define _GNU_SOURCE
#include "tide-entry.h"
#include "tide-account.h"
#include "tide-agent.h"

#include <stdio.h>

uint32_t
pagetide_agent_request (
    uint32_t on, uint32_t off, uint32_t parts, uint64_t trigger_bytes, uint64_t sample_bytes)
{
  TideRegion *region = tide_agent_get_region ();
  TideRegionRequest *request = region ? &region->request : NULL;
  uint32_t number;

  if (!request)
    return 0;
  number = atomic_load (&request->number);
  if (number != atomic_load (&request->taken))
    return 0;
  request->on = on;
  request->off = off;
  request->parts = parts;
  request->trigger_bytes = trigger_bytes;
  request->sample_bytes = sample_bytes;
  number = number + 1 ? number + 1 : 1;
  atomic_store_explicit (&request->number, number, memory_order_release);
  tide_account_ring_bell ();
  return number;
}

int
pagetide_agent_settle (uint32_t number)
{
  TideRegion *region = tide_agent_get_region ();

  if (!region || (int32_t)(atomic_load (&region->request.taken) - number) < 0)
    return 0;
  if (atomic_load (&region->wish) != atomic_load (&region->wish_done))
    tide_agent_obey ();
  return atomic_load (&region->wish) == atomic_load (&region->wish_done);
}

uint32_t
pagetide_agent_get_state (uint32_t instrument, char *reason, size_t size)
{
  TideRegion *region = tide_agent_get_region ();
  const TideRegionInstrument *shared = NULL;

  for (int i = 0; region && i < TIDE_N_INSTRUMENTS; i++)
    if (instrument == 1u << i)
      shared = &region->instruments[i];
  if (reason && size)
    snprintf (reason, size, "%s", shared ? shared->reason : "");
  return shared ? shared->state : 0;
}

uint32_t
pagetide_agent_get_instruments (void)
{
  TideRegion *region = tide_agent_get_region ();
  uint32_t bits = 0;

  for (int i = 0; region && i < TIDE_N_INSTRUMENTS; i++)
    if (region->instruments[i].state == TIDE_STATE_ON)
      bits |= 1u << i;
  return bits;
}
