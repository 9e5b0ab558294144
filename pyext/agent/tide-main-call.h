#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Has the main thread come: by a pending call of CPython's, or, where one would do harm, at its next event.
 *
 * In CPython 3.11 a thread that has a profile or trace function, whoever's, begins no function while the eval
 * breaker of its interpreter is up: it looks at it again and again, until another thread of the interpreter
 * wants the GIL.  A pending call puts it up in the eyes of the main thread alone, and whoever takes the GIL
 * next puts it down.  But not when the main thread asks without the GIL, and not when a thread takes the GIL
 * in another interpreter and then goes on in this one: a main thread that waits for that one would wait for
 * ever. (A signal that the main thread gets while it has no GIL puts it up as well; waiting Python code is
 * woken by it, and wants the GIL.)
 *
 * The next event may be far: a main thread in a loop without calls has none, and comes by SIGURG,
 * tide-wake.h, unless the program has that for itself.  */

/* In the main thread with the GIL, while nobody forks.  FUNCTION is called in the main thread with the GIL,
 * and first says tide_main_call_has_come().  */
void tide_main_call_open (uint32_t version_hex, void (*function) (void));

/* In a forked child, where the calling thread is the main one, and has the GIL.  */
void tide_main_call_begin (void);

/* The calling thread is the main one.  */
bool tide_main_call_is_here (void);

/* For who is told of events: while MEETS says so, those of the main thread come to tide_main_call_meet().  It
 * is asked in any thread, also without the GIL.  */
void tide_main_call_set_meeting (bool (*meets) (void));

/* The main thread is to come; where it cannot be asked just now, it is not, until the next time.  Any thread,
 * also without the GIL, not in signal handlers.  */
void tide_main_call (void);

/* The same after the C function that is called just now, with the GIL; if it WAITS for other threads, only
 * where that does no harm.  */
void tide_main_call_after_function (bool waits);

/* Nobody is on the way any more.  Also in a forked child.  */
void tide_main_call_has_come (void);

extern _Atomic bool tide_main_call_is_awaited;

void tide_main_call_come (void);

/* At each event, in its thread with the GIL: the function may be called in here.  */
static inline void
tide_main_call_meet (void)
{
  if (__builtin_expect (atomic_load_explicit (&tide_main_call_is_awaited, memory_order_relaxed), 0))
    tide_main_call_come ();
}
