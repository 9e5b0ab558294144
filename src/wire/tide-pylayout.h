#pragma once

#include "tide-region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where CPython keeps its frames, and how to walk them by plain reads: no GIL, no reference counts, no
 * allocation.  The agent reads its own memory, the helper that of another process; both hand in how.  Safe in
 * signal handlers when the peek is.  */

/* Copies SIZE bytes at ADDRESS of the interpreter's process to TO; false when they cannot be read.  */
typedef bool (*TidePyPeek) (void *context, uint64_t address, void *to, size_t size);

/* What is known of the interpreter VERSION_HEX (PY_VERSION_HEX) of 64-bit builds with the GIL and without
 * Py_TRACE_REFS.  What only a look at the running process can tell (pthread_tid, addresses) is -1 or 0.  It
 * is a first guess that must be verified, above all for a version newer than the newest that is known, which
 * gets the newest's layout.  False: older than 3.8.  */
bool tide_pylayout_init (TidePythonLayout *self, uint32_t version_hex);

/* Makes of it the layout of the free-threaded build of the same version, whose objects have a larger head. */
void tide_pylayout_set_free_threaded (TidePythonLayout *self);

typedef struct
{
  uint64_t previous; /* the caller's frame, 0: none                                             */
  uint64_t code;     /* address of its code object, 0: a frame of the interpreter, not Python's */
  uint32_t offset;   /* of the running instruction, in bytes                                    */
} TidePyFrame;

/* The frame that the thread of TSTATE runs, or ran last while it waits for the GIL; 0: none.  False:
 * unreadable.  */
bool tide_pylayout_top (
    const TidePythonLayout *self, TidePyPeek peek, void *context, uint64_t tstate, uint64_t *frame);

/* Reads one frame.  Read from outside, a frame may be gone or be another's meanwhile: then this gives false
 * or nonsense, never a read that the peek did not allow.  Callers bound the number of steps, since nonsense
 * may go round in circles.  */
bool tide_pylayout_frame (
    const TidePythonLayout *self, TidePyPeek peek, void *context, uint64_t address, TidePyFrame *frame);
