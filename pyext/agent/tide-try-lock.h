#pragma once

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A lock that is given up on: whoever has it may be a thread that was stopped, and the program never waits
 * for us.  False: what it guards must be left as it is.  Not from signal handlers.  */

/* How often one asks; it is held for a microsecond.  */
#define TIDE_TRY_LOCK_PATIENCE 256

/* Asks once.  */
static inline bool
tide_try_lock_at_once (_Atomic uint32_t *lock)
{
  return atomic_exchange_explicit (lock, 1, memory_order_acquire) == 0;
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

static inline void
tide_try_unlock (_Atomic uint32_t *lock)
{
  atomic_store_explicit (lock, 0, memory_order_release);
}
