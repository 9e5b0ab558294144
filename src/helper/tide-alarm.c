#include "tide-alarm.h"

#include <sys/syscall.h>
#include <unistd.h>

/* To wake up and sleep again is not to run.  */
#define RUNS_NS 100000

static void
ignore (int number)
{
  (void)number;
}

void
tide_alarm_prepare (sigset_t *waiting)
{
  struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };
  sigset_t alarms;

  sigaction (SIGALRM, &action, NULL);
  sigemptyset (&alarms);
  sigaddset (&alarms, SIGALRM);
  sigprocmask (SIG_BLOCK, &alarms, waiting);
  sigdelset (waiting, SIGALRM);
}

/* timer_create() and its kin have moved from one library to another: the calls themselves have not.  */
void
tide_alarm_init (TideAlarm *self, pid_t pid)
{
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };

  *self = (TideAlarm){ .timer = -1, .cpu_ns = -1 };
  if (clock_getcpuclockid (pid, &self->clock) != 0
      || syscall (SYS_timer_create, self->clock, &event, &self->timer) != 0)
    self->timer = -1;
}

void
tide_alarm_finish (TideAlarm *self)
{
  if (self->timer >= 0)
    syscall (SYS_timer_delete, self->timer);
  self->timer = -1;
}

bool
tide_alarm_is_there (const TideAlarm *self)
{
  return self->timer >= 0;
}

bool
tide_alarm_look (TideAlarm *self)
{
  struct itimerspec when = { 0 };
  struct timespec now;
  int64_t cpu_ns, at_ns;

  if (self->timer < 0 || clock_gettime (self->clock, &now) != 0)
    return false;
  cpu_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  if (cpu_ns != self->cpu_ns)
    {
      self->cpu_ns = cpu_ns;
      self->set = false;
      return false;
    }
  if (!self->set)
    {
      /* Of a time that has passed by now it comes at once.  */
      at_ns = cpu_ns + RUNS_NS;
      when.it_value = (struct timespec){ at_ns / 1000000000, at_ns % 1000000000 };
      self->set = syscall (SYS_timer_settime, self->timer, TIMER_ABSTIME, &when, NULL) == 0;
    }
  return self->set;
}
