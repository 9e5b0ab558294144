#pragma once

#include <stdint.h>
#include <sys/types.h>

/* The threads of process PID (0: the calling one) that run now: at most MAX go into TIDS.  Gives how many
 * there are in all, 0 when it is gone.  Allocates nothing.  */
uint32_t tide_tasks_list (pid_t pid, uint32_t *tids, uint32_t max);
