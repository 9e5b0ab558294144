#define _GNU_SOURCE
#include "tide-exec.h"
#include "tide-agent.h"
#include "tide-board.h"
#include "tide-environment.h"
#include "tide-join.h"
#include "tide-python.h"

#include <alloca.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is added lies on the stack of whoever calls, who may share his memory with his parent (vfork) and may
 * be a thread with a small one: no more variables than so many, and no longer list of theirs.  */
#define MAX_VARIABLES 4096
#define MAX_LIST 4096
#define N_OWN 4

typedef char *const *Strings;

/* What is to be executed, with this environment.  Gives 0 or an errno.  */
typedef struct Order Order;
struct Order
{
  int (*execute) (const Order *self, Strings environment);
  const char *path;
  Strings arguments;
  pid_t *pid;
  const posix_spawn_file_actions_t *actions;
  const posix_spawnattr_t *attributes;
};

static struct
{
  /* libc's, or those of somebody else who stands before it.  NULL where dlsym() is not to be had.  */
  int (*execve) (const char *, Strings, Strings);
  int (*posix_spawn) (
      pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, Strings, Strings);
  bool follows;
  char agent[PATH_MAX];
  char board[sizeof TIDE_ENV_BOARD "=__________:__________"];
} next;

static void __attribute__ ((constructor)) find_next (void)
{
  *(void **)&next.execve = tide_symbol_behind_us ("execve");
  *(void **)&next.posix_spawn = tide_symbol_behind_us ("posix_spawn");
}

void
tide_exec_follow (void)
{
  TideInvitation board;

  next.follows =
      tide_environment_read_board (&board) && tide_environment_get_agent (next.agent, sizeof next.agent)
      && snprintf (next.board, sizeof next.board, TIDE_ENV_BOARD "=%d:%d", board.pid, board.fd) > 0;
}

/* The value when VARIABLE is the one called NAME, else NULL.  */
static const char *
value_of (const char *variable, const char *name)
{
  size_t length = strlen (name);

  return strncmp (variable, name, length) == 0 && variable[length] == '=' ? variable + length + 1 : NULL;
}

static bool
is_ours (const char *variable)
{
  return value_of (variable, "LD_PRELOAD") || value_of (variable, TIDE_ENV_BOARD)
         || value_of (variable, TIDE_ENV_PRELOAD) || value_of (variable, TIDE_ENV_ADDED);
}

/* LIST: of theirs, NULL when there is none.  N variables.  */
static int
execute_with_ours (const Order *order, Strings environment, size_t n, const char *list)
{
  size_t length = list ? strlen (list) : 0, used = 0;
  char *preload = alloca (sizeof "LD_PRELOAD=:" + strlen (next.agent) + length);
  char *before = alloca (sizeof TIDE_ENV_PRELOAD "=" + length);
  char **all = alloca ((n + N_OWN + 1) * sizeof *all);
  int error;

  for (size_t i = 0; i < n; i++)
    if (!is_ours (environment[i]))
      all[used++] = environment[i];
  stpcpy (stpcpy (stpcpy (stpcpy (preload, "LD_PRELOAD="), next.agent), length ? ":" : ""), list ? list : "");
  all[used++] = preload;
  all[used++] = next.board;
  all[used++] = (char *)TIDE_ENV_ADDED "=1";
  if (list)
    {
      stpcpy (stpcpy (before, TIDE_ENV_PRELOAD "="), list);
      all[used++] = before;
    }
  all[used] = NULL;
  error = order->execute (order, all);
  /* With ours it may be too much.  */
  return error == E2BIG ? order->execute (order, environment) : error;
}

/* Between fork() and exec, or after vfork(): nothing is allocated, locked or changed.  */
static int
execute (const Order *order, Strings environment)
{
  const char *list = NULL;
  bool has_board = false;
  size_t n = 0;

  tide_join_give_up ();
  if (!next.follows || !tide_join_is_open ())
    return order->execute (order, environment);
  for (; environment && environment[n]; n++)
    {
      const char *value = value_of (environment[n], "LD_PRELOAD");

      has_board = has_board || value_of (environment[n], TIDE_ENV_BOARD);
      if (value && !list)
        list = value;
    }
  if ((has_board && list && strstr (list, next.agent)) || n > MAX_VARIABLES
      || (list && strlen (list) > MAX_LIST))
    return order->execute (order, environment);
  return execute_with_ours (order, environment, n, list);
}

static int
call_execve (const Order *self, Strings environment)
{
  int error;

  tide_agent_tell_executing (true);
  if (next.execve)
    next.execve (self->path, self->arguments, environment);
  else
    syscall (SYS_execve, self->path, self->arguments, environment);
  error = errno;
  tide_agent_tell_executing (false);
  return error;
}

/* A path that has a slash is the same to posix_spawnp(), before which we do not stand.  */
static int
call_posix_spawn (const Order *self, Strings environment)
{
  const char *path = self->path;
  char *with_slash;

  if (next.posix_spawn)
    return next.posix_spawn (self->pid, path, self->actions, self->attributes, self->arguments, environment);
  if (*path && !strchr (path, '/'))
    {
      if (strlen (path) > NAME_MAX)
        return ENAMETOOLONG;
      with_slash = alloca (sizeof "./" + NAME_MAX);
      stpcpy (stpcpy (with_slash, "./"), path);
      path = with_slash;
    }
  return posix_spawnp (self->pid, path, self->actions, self->attributes, self->arguments, environment);
}

__attribute__ ((visibility ("default"))) int
execve (const char *path, Strings arguments, Strings environment)
{
  const Order order = { .execute = call_execve, .path = path, .arguments = arguments };

  errno = execute (&order, environment);
  return -1;
}

__attribute__ ((visibility ("default"))) int
execv (const char *path, Strings arguments)
{
  return execve (path, arguments, environ);
}

__attribute__ ((visibility ("default"))) int
posix_spawn (pid_t *pid,
             const char *path,
             const posix_spawn_file_actions_t *actions,
             const posix_spawnattr_t *attributes,
             Strings arguments,
             Strings environment)
{
  const Order order = { call_posix_spawn, path, arguments, pid, actions, attributes };

  return execute (&order, environment);
}
