#pragma once

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A lock that is given up on: whoever has it may be a thread that was stopped, and the program never waits
 * for us without end.  False: what it guards must be left as it is.  Not from signal handlers, but for
 * tide_try_lock_at_once().  Any thread.  */

/* How often one asks; it is held for a microsecond.  */
#define TIDE_TRY_LOCK_PATIENCE 256

/* Asks once.  */
static inline bool
tide_try_lock_at_once (_Atomic uint32_t *lock)
{
  uint32_t nobody = 0;

  return atomic_compare_exchange_strong_explicit (lock, &nobody, 1, memory_order_acquire,
                                                  memory_order_relaxed);
}

static inline bool
tide_try_lock (_Atomic uint32_t *lock)
{
  for (int i = 0; i < TIDE_TRY_LOCK_PATIENCE; i++)
    {
      if (tide_try_lock_at_once (lock))
        return true;
      if (i >= TIDE_TRY_LOCK_PATIENCE / 2)
        sched_yield ();
    }
  return false;
}

/* The same for what would be wrong for good without it.  Its holder may have lost the processor, and on a
 * busy machine gets it back only when others sleep: so does this, a quarter of a second or so at most, and
 * once for all threads as long as the same holder has it.  Keeps errno.  */
bool tide_try_lock_long (_Atomic uint32_t *lock);

static inline void
tide_try_unlock (_Atomic uint32_t *lock)
{
  atomic_store_explicit (lock, 0, memory_order_release);
}
