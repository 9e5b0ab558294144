#pragma once

#include "tide-options.h"

#include <sys/types.h>

/* The target's environment: ours, changed as asked for, with what makes the agent load.  Its strings are
 * allocated; NULL when memory is out.  AGENT_BY_FD: the agent is named by a descriptor, since blanks and
 * colons of a path would cut LD_PRELOAD.  BOARD_FD: in this process, -1: nobody is followed.  */
char **tide_environment_build (const TideOptions *options, bool use_agent, bool agent_by_fd, int board_fd);
void tide_environment_free (char **environment);

/* Writes the numbers that only the child knows into their places.  False when a descriptor that is needed is
 * -1.  */
bool tide_environment_complete (char **environment, int region_fd, pid_t pid, int directory_fd);

/* What PATH of that environment makes of a program's name; the name itself when nothing is found.  Allocated.
 */
char *tide_environment_find_program (char **environment, const char *program);

const char *tide_environment_base_name (const char *path);
