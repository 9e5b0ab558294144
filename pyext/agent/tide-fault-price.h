#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the kernel takes to stop a thread with a fault signal and to let it go on: our handler's clock does
 * not see it, and it is most of what such a signal costs.  */

/* Measures it by some page faults of our own, once in a process and its forks.  In the main thread, with the
 * handler installed, the events open and off.  Gives nanoseconds for each signal, never 0.  */
uint64_t tide_fault_price_find (void);

/* For the handler: whether this signal was one of those, of which nothing else is to be done.  */
bool tide_fault_price_takes_signal (void);
