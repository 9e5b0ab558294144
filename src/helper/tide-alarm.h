#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Wakes us when a process that sleeps runs again: a timer on its CPU time, which costs nothing while it
 * sleeps.  The kernel looks at it with its tick, so it comes some milliseconds after the process woke up.  */
typedef struct
{
  clockid_t clock; /* its CPU time */
  int timer;       /* the kernel's id, -1: there is none */
  bool set;
  int64_t cpu_ns; /* that it had at the last look */
} TideAlarm;

/* Blocks the alarms' signal in the calling thread; WAITING gets the mask for ppoll(), which alarms end with
 * EINTR, and nothing else does.  Not before children were started that should not inherit it.  */
void tide_alarm_prepare (sigset_t *waiting);

/* Where the system gives no timer, PID is never said to sleep.  */
void tide_alarm_init (TideAlarm *self, pid_t pid);
void tide_alarm_finish (TideAlarm *self);

/* Whether there is one.  */
bool tide_alarm_is_there (const TideAlarm *self);

/* True: the process has not run since the last look, and an alarm comes when it does.  */
bool tide_alarm_look (TideAlarm *self);
