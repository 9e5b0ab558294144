#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* A descriptor of a process that is not our child: readable once it has ended.  -1: this kernel has none
 * (before 5.3), or no more descriptors.  */
int tide_pidfd_open (pid_t pid);

/* The wait status of a process that has ended, which newer kernels (6.15) tell although we are not its
 * parent.  */
bool tide_pidfd_get_status (int pidfd, int *status);
