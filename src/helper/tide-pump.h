#pragma once

#include "tide-stream.h"

/* The largest OUTPUT frame.  */
#define TIDE_PUMP_CHUNK (64u << 10)

/* The target's stdout and stderr through two pseudo-terminals, so that it writes by the line as it would for
 * a person.  */
typedef struct
{
  int master[2]; /* -1: none, or closed */
  int slave[2];  /* until the target has ended, so that its last words are not lost */
  char chunk[TIDE_PUMP_CHUNK];
} TidePump;

void tide_pump_init (TidePump *self);
/* False and errno when the system gives no terminals.  */
bool tide_pump_open (TidePump *self);
void tide_pump_close_slaves (TidePump *self);
void tide_pump_finish (TidePump *self);

/* Takes what waits, and sends it.  With a closed outlet the bytes go nowhere: the target's writes must not
 * fail or block.  */
void tide_pump_run (TidePump *self, TideStream *stream, int64_t now_ns);

/* The same at the end of the program: all that it still wrote.  May wait for it, some tenths of a second.  */
void tide_pump_drain (TidePump *self, TideStream *stream, int64_t now_ns);
