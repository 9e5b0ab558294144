#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What the helper told this process through its environment.  */
typedef struct
{
  int fd;
  int pid;
} TideInvitation;

/* False: there is none, or it cannot be read.  Changes nothing.  */
bool tide_environment_read (TideInvitation *invitation);

/* Where children come to be followed: the helper's pid, and the board's descriptor in it.  False: they are
 * not.  */
bool tide_environment_read_board (TideInvitation *board);

/* The path by which the dynamic linker has found us, and will in other programs.  False: there is none.  */
bool tide_environment_get_agent (char *path, size_t size);

/* Makes the environment as it was before the helper, so that the program and its children see nothing of us.
 * FOLLOWED: but for what programs need that are executed anew, if they can have it, and if who executed
 * this one did not leave it out (tide-exec.h).  */
void tide_environment_clean (bool followed);
