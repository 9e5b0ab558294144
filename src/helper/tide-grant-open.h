#pragma once

#include "tide-grant.h"

#include <sys/types.h>

/* When process PID was started, in clock ticks since the system was.  0: it is gone.  */
uint64_t tide_grant_start_ticks (pid_t pid);

/* Opens the events that REQUEST asks for and fills ANSWER; FDS has room for TIDE_GRANT_MAX.  CALLER, who
 * asks, gets them only for a process that is wholly his own; 0 gets them for all.  */
void tide_grant_open (const TideGrantRequest *request, uid_t caller, TideGrantAnswer *answer, int *fds);

/* `pagetide-helper grant`: serves requests that come over standard input until that is closed.  Run with the
 * rights of root, by pkexec (PKEXEC_UID says who asks), or with the file capabilities cap_perfmon and
 * cap_kill; gives all other rights away before it reads the first request.  Gives the exit status.  */
int tide_grant_serve (void);
