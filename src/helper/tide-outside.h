#pragma once

#include "tide-codes.h"
#include "tide-mail.h"
#include "tide-pycode.h"

#include <sys/types.h>

#define TIDE_OUTSIDE_PAGE 4096u
#define TIDE_OUTSIDE_PAGES 128u
/* Pages that are read at once.  */
#define TIDE_OUTSIDE_BATCH 16u

/* Reads the interpreter's memory from outside, without stopping it: the running stack of a thread.
 *
 * Whole pages are copied and kept for one look, since a call costs as much as a page: the frames of a stack,
 * and the code objects of a module, lie beside each other.  Those that the look before needed are read by one
 * call, as most looks need the same.  What is read may be half changed; it is checked to be code objects,
 * never more.  */
typedef struct
{
  pid_t pid;
  int memory;      /* /proc/PID/mem, where the system lets us read no other way; -1: not needed */
  bool unreadable; /* nor so */
  TideMail *mail;  /* not owned: how it is read then */
  TidePythonLayout layout;
  uint32_t look; /* number of this look */
  struct
  {
    uint64_t address;
    uint32_t look; /* in which it was read */
    uint32_t used; /* the last in which it was needed */
  } slots[TIDE_OUTSIDE_PAGES];
  uint64_t needed[TIDE_OUTSIDE_BATCH]; /* the first pages that this look needs */
  uint64_t before[TIDE_OUTSIDE_BATCH]; /* those of the look before, until they are read */
  uint32_t n_needed, n_before;
  uint8_t pages[TIDE_OUTSIDE_PAGES][TIDE_OUTSIDE_PAGE];
  TidePyCode code;
} TideOutside;

typedef struct
{
  TideKnownCode known;
  uint32_t offset;
} TideOutsideFrame;

/* False when no honest agent would tell such a layout.  */
bool tide_outside_init (TideOutside *self, pid_t pid, TideMail *mail, const TidePythonLayout *layout);
void tide_outside_finish (TideOutside *self);

/* The system does not let us read the target's memory at all: only the agent's thread can (tide-mail.h).
 * Known after the first look.  */
bool tide_outside_is_refused (const TideOutside *self);

/* Forgets what was read.  */
void tide_outside_begin (TideOutside *self);

bool tide_outside_peek (void *self, uint64_t address, void *to, size_t size);

/* The same as it is now, whatever the look; one call for little.  */
bool tide_outside_read (TideOutside *self, uint64_t address, void *to, size_t size);

/* The stack of TSTATE, leaf first, at most MAX frames.  WHOLE is false when there are more, or when the rest
 * could not be read.  */
uint32_t tide_outside_walk (TideOutside *self,
                            TideCodes *codes,
                            uint64_t tstate,
                            TideOutsideFrame *frames,
                            uint32_t max,
                            bool *whole);

/* The thread state of the thread with this kernel tid, of whichever interpreter it runs; ALONE: there is no
 * other thread.  0: Python does not know it.  */
uint64_t tide_outside_find_tstate (TideOutside *self, uint32_t tid, bool alone);
