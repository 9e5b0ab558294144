#pragma once

#include "tide-region.h"

#include <stdbool.h>

/* Lets agents end a long sleep of the helper: a thread that waits on the helper_idle word of the region, or
 * of the board, and writes to an eventfd.  */
typedef struct
{
  int fd; /* readable after a ring; -1: there is no bell */
  _Atomic uint32_t *idle;
  bool running;
} TideBell;

/* After the fork of the target.  Without threads or descriptors the helper works, and wakes by its clock
 * only.  SELF and IDLE must live as long as the process: the thread ends with it, since no word that the
 * target can write could be trusted to end it.  */
void tide_bell_start (TideBell *self, _Atomic uint32_t *idle);

/* The helper is about to sleep long, or not.  */
void tide_bell_set_idle (TideBell *self, bool idle);
/* After the descriptor was readable.  */
void tide_bell_clear (TideBell *self);
