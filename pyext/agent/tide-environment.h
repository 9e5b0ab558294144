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

/* Makes the environment as it was before the helper, so that the program and its children see nothing of us.
 */
void tide_environment_clean (void);
