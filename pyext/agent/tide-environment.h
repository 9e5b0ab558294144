#pragma once

#include <stdbool.h>

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

/* Makes the environment as it was before the helper, so that the program and its children see nothing of us.
 * FOLLOWED: but for what programs need that are executed anew, if they can have it.  */
void tide_environment_clean (bool followed);
