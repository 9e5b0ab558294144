#include "tide-environment.h"

#include "tide-board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for two numbers, filled in the child.  */
#define REGION_TEMPLATE TIDE_ENV_REGION "=__________:__________"
#define FD_DIRECTORY "/proc/self/fd"
_Static_assert(sizeof FD_DIRECTORY "/" == sizeof TIDE_PRELOAD_BY_FD, "the agent knows it by that");
#define FD_TEMPLATE "/__________"

const char *
tide_environment_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

static size_t
name_length (const char *assignment)
{
  return strcspn (assignment, "=");
}

static char **
find (char **environment, const char *name)
{
  size_t length = name_length (name);

  for (char **e = environment; *e != NULL; e++)
    if (strncmp (*e, name, length) == 0 && (*e)[length] == '=')
      return e;
  return NULL;
}

static void
unset (char **environment, const char *name)
{
  char **at = find (environment, name);

  if (at == NULL)
    return;
  free (*at);
  for (; *at != NULL; at++)
    at[0] = at[1];
}

/* Takes ASSIGNMENT; there must be room.  */
static bool
set (char **environment, char *assignment)
{
  char **at;

  if (assignment == NULL)
    return false;
  at = find (environment, assignment);
  if (at != NULL)
    free (*at);
  else
    {
      for (at = environment; *at != NULL; at++)
        ;
      at[1] = NULL;
    }
  *at = assignment;
  return true;
}

static char *
join (const char *a, const char *b, const char *c, const char *d)
{
  char *text;

  return asprintf (&text, "%s%s%s%s", a, b, c, d) < 0 ? NULL : text;
}

static bool
set_preload (char **environment, const char *agent, bool by_fd)
{
  char **before = find (environment, "LD_PRELOAD");
  const char *rest = before != NULL ? *before + strlen ("LD_PRELOAD=") : "";
  char *where =
      by_fd ? join (FD_DIRECTORY, FD_TEMPLATE, "/", tide_environment_base_name (agent)) : strdup (agent);
  char *preload = where != NULL ? join ("LD_PRELOAD=", where, rest[0] != '\0' ? ":" : "", rest) : NULL;
  bool good = preload != NULL;

  free (where);
  if (good && before != NULL)
    good = set (environment, join (TIDE_ENV_PRELOAD, "=", rest, ""));
  if (good)
    return set (environment, preload);
  free (preload);
  return false;
}

/* The folder that holds our Python package: `python` beside the agent, or the agent's own in a build.
 * Allocated, NULL when there is none.  */
static char *
find_package (const char *agent)
{
  static const char *const folders[] = { "python", "." };
  int directory_length = (int)(tide_environment_base_name (agent) - agent);

  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    {
      char *folder, *module;
      bool there;

      if (asprintf (&folder, "%.*s%s", directory_length, agent, folders[i]) < 0)
        return NULL;
      module = join (folder, "/pagetide", "/__init__.py", "");
      there = module != NULL && access (module, R_OK) == 0;
      free (module);
      if (there)
        return folder;
      free (folder);
    }
  return NULL;
}

/* Without the agent, which puts the package where it is in nobody's way, a variable has to do.  */
static bool
set_python_path (char **environment, const char *agent)
{
  char **before = find (environment, "PYTHONPATH");
  const char *rest = before != NULL ? *before + strlen ("PYTHONPATH=") : "";
  char *folder = find_package (agent);
  bool good =
      folder == NULL || set (environment, join ("PYTHONPATH=", rest, rest[0] != '\0' ? ":" : "", folder));

  free (folder);
  return good;
}

static char *
format_board (int fd)
{
  char *text;

  return asprintf (&text, "%s=%d:%d", TIDE_ENV_BOARD, (int)getpid (), fd) < 0 ? NULL : text;
}

char **
tide_environment_build (const TideOptions *options, bool use_agent, bool agent_by_fd, int board_fd)
{
  enum
  {
    OUR_OWN = 5 /* TERM, region, board, LD_PRELOAD and the one before, or PYTHONPATH */
  };
  size_t n = 0;
  char **environment;
  bool good = true;

  while (environ[n] != NULL)
    n++;
  environment = calloc (n + options->n_changes + OUR_OWN + 1, sizeof *environment);
  if (environment == NULL)
    return NULL;
  for (size_t i = 0; i < n && good; i++)
    {
      environment[i] = strdup (environ[i]);
      good = environment[i] != NULL;
    }
  if (good && options->capture)
    good = set (environment, strdup ("TERM=dumb"));
  for (uint32_t i = 0; i < options->n_changes && good; i++)
    {
      if (options->changes[i].unset)
        unset (environment, options->changes[i].assignment);
      else
        good = set (environment, strdup (options->changes[i].assignment));
    }
  /* Left over where Pagetide itself is started by a program that is measured.  */
  unset (environment, TIDE_ENV_REGION);
  unset (environment, TIDE_ENV_PRELOAD);
  unset (environment, TIDE_ENV_BOARD);
  unset (environment, TIDE_ENV_ADDED);
  if (good && use_agent && board_fd >= 0)
    good = set (environment, format_board (board_fd));
  if (good && use_agent)
    good =
        set (environment, strdup (REGION_TEMPLATE)) && set_preload (environment, options->agent, agent_by_fd);
  else if (good && options->agent != NULL)
    good = set_python_path (environment, options->agent);
  if (good)
    return environment;
  tide_environment_free (environment);
  return NULL;
}

void
tide_environment_free (char **environment)
{
  if (environment == NULL)
    return;
  for (char **e = environment; *e != NULL; e++)
    free (*e);
  free (environment);
}

bool
tide_environment_complete (char **environment, int region_fd, pid_t pid, int directory_fd)
{
  char **region = find (environment, TIDE_ENV_REGION), **preload = find (environment, "LD_PRELOAD");
  char *name;

  if (region == NULL || region_fd < 0)
    return false;
  snprintf (*region, strlen (*region) + 1, "%s=%d:%d", TIDE_ENV_REGION, region_fd, (int)pid);
  name = preload != NULL ? strstr (*preload, FD_DIRECTORY FD_TEMPLATE) : NULL;
  if (name != NULL)
    {
      char digits[16];
      size_t n = (size_t)snprintf (digits, sizeof digits, "%d", directory_fd), width = strlen (FD_TEMPLATE);

      if (directory_fd < 0)
        return false;
      /* What the number leaves of its place becomes slashes, which do no harm in a path.  */
      name += strlen (FD_DIRECTORY);
      memset (name, '/', width);
      memcpy (name + width - n, digits, n);
    }
  return true;
}

char *
tide_environment_find_program (char **environment, const char *program)
{
  char **path = find (environment, "PATH");
  const char *at = path != NULL ? *path + strlen ("PATH=") : "/bin:/usr/bin";

  while (strchr (program, '/') == NULL && *at != '\0')
    {
      size_t length = strcspn (at, ":");
      char *candidate;

      if (asprintf (&candidate, "%.*s/%s", (int)length, length > 0 ? at : ".", program) < 0)
        return NULL;
      if (access (candidate, X_OK) == 0)
        return candidate;
      free (candidate);
      at += length;
      if (*at == ':')
        at++;
    }
  return strdup (program);
}
