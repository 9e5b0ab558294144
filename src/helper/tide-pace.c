#include "tide-pace.h"

#define SIGNALLED_PART 8
#define PART 256

int64_t
tide_pace_get_wait (int64_t still_ns, int64_t shortest_ns, int64_t longest_ns, bool signalled)
{
  int64_t wait_ns = still_ns / (signalled ? SIGNALLED_PART : PART);

  if (wait_ns > longest_ns)
    wait_ns = longest_ns;
  return wait_ns > shortest_ns ? wait_ns : shortest_ns;
}
