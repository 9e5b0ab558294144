#pragma once

#include "tide-options.h"
#include "tide-pump.h"
#include "tide-shared.h"

#include <signal.h>
#include <sys/types.h>

typedef enum
{
  TIDE_SPAWN_FORK,        /* no process could be made           */
  TIDE_SPAWN_DIRECTORY,   /* it could not enter its directory   */
  TIDE_SPAWN_EXEC,        /* the program could not be executed  */
  TIDE_SPAWN_DESCRIPTORS, /* its descriptors could not be set   */
} TideSpawnStage;

/* A process that is about to become the target.  */
typedef struct
{
  pid_t pid;
  int report; /* read end: what went wrong in the child, or its end at exec */
  char **environment;
  char *executable; /* as far as it can be known before exec */
  int agent_fd;     /* -1, or the agent's directory, where its path cannot stand in LD_PRELOAD */
} TideSpawn;

/* Forks while the helper has one thread, so that the child may do what it needs.  The child has the region
 * and, when captured, the pump's slaves; no signal is blocked, those of IGNORED are ignored, and the others
 * have their default action.  FAULTS_FD (or -1) is its end of the broker's socket.  USE_AGENT false starts it
 * without; BOARD_FD is -1 when its children are left alone.  False and errno when that fails.  */
bool tide_spawn_start (TideSpawn *self,
                       const TideOptions *options,
                       TideShared *shared,
                       const TidePump *pump,
                       int faults_fd,
                       const sigset_t *ignored,
                       bool use_agent,
                       int board_fd);

/* Waits until the child has become the program.  False: it has not, ERROR is the errno and STAGE what it was
 * doing; it is reaped.  */
bool tide_spawn_wait (TideSpawn *self, TideSpawnStage *stage, int *error);

void tide_spawn_finish (TideSpawn *self);
