#pragma once

#include "tide-measured.h"
#include "tide-options.h"

/* Gets fault events for an agent whose process may open none (perf_event_paranoid, a container's filter): by
 * the helper's own rights, or by those of `pagetide-helper grant`, which is started through the command that
 * the options name (pkexec, for one).  The agent asks through the region and is answered over a socket.  */
typedef struct
{
  int given; /* the target's end of the socket, until the target has it; -1 */
  int socket;
  int opener; /* to the one with more rights; -1: not started, or gone */
  pid_t opener_pid;
  uint32_t asked; /* as the region said last */
  bool waiting;   /* for the opener's answer */
} TideBroker;

void tide_broker_init (TideBroker *self);
void tide_broker_finish (TideBroker *self);

/* Before the target starts: makes the socket, if there is somebody who could answer.  */
void tide_broker_open (TideBroker *self, const TideOptions *options);
/* The target has its end.  */
void tide_broker_close_given (TideBroker *self);

/* Does what is to be done now; does not block.  */
void tide_broker_look (TideBroker *self, const TideOptions *options, TideMeasured *process, int64_t now_ns);
