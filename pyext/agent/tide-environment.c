#include "tide-environment.h"
#include "tide-board.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SELF "pagetide-agent.so"

/* Digits up to END; gives what stands behind, or NULL.  */
static const char *
read_number (const char *text, char end, int *number)
{
  long value = 0;

  if (*text < '0' || *text > '9')
    return NULL;
  for (; *text >= '0' && *text <= '9'; text++)
    {
      value = value * 10 + (*text - '0');
      if (value > INT_MAX)
        return NULL;
    }
  *number = (int)value;
  return *text == end ? text + 1 : NULL;
}

bool
tide_environment_read (TideInvitation *invitation)
{
  const char *text = getenv (TIDE_ENV_REGION);

  if (text)
    text = read_number (text, ':', &invitation->fd);
  return text && read_number (text, '\0', &invitation->pid);
}

bool
tide_environment_read_board (TideInvitation *board)
{
  const char *text = getenv (TIDE_ENV_BOARD);

  if (text)
    text = read_number (text, ':', &board->pid);
  return text && read_number (text, '\0', &board->fd);
}

static bool
is_self (const char *entry, size_t length)
{
  size_t self = strlen (SELF);

  return length >= self && memcmp (entry + length - self, SELF, self) == 0
         && (length == self || entry[length - self - 1] == '/');
}

bool
tide_environment_get_agent (char *path, size_t size)
{
  static const char separators[] = ": ";
  const char *list = getenv ("LD_PRELOAD");
  size_t entry = 0;

  for (; list && *list; list += entry + strspn (list + entry, separators))
    {
      entry = strcspn (list, separators);
      /* A descriptor is not the same in every process, and the dynamic linker would complain of it.  */
      if (!is_self (list, entry) || strncmp (list, TIDE_PRELOAD_BY_FD, strlen (TIDE_PRELOAD_BY_FD)) == 0
          || entry >= size)
        continue;
      memcpy (path, list, entry);
      path[entry] = '\0';
      return true;
    }
  return false;
}

/* Copies the preload list without us.  A wrapper may have put others before or behind us.  */
static void
copy_others (char *to, const char *list)
{
  static const char separators[] = ": ";

  while (*list)
    {
      size_t entry = strcspn (list, separators);
      size_t gap = strspn (list + entry, separators);

      if (!is_self (list, entry))
        {
          memcpy (to, list, entry + gap);
          to += entry + gap;
        }
      list += entry + gap;
    }
  *to = '\0';
}

void
tide_environment_clean (bool followed)
{
  const char *list = getenv ("LD_PRELOAD");
  const char *before = getenv (TIDE_ENV_PRELOAD);
  bool added = getenv (TIDE_ENV_ADDED) != NULL;
  char path[PATH_MAX], *others;

  unsetenv (TIDE_ENV_REGION);
  unsetenv (TIDE_ENV_ADDED);
  if (followed && !added && tide_environment_get_agent (path, sizeof path))
    return;
  unsetenv (TIDE_ENV_BOARD);
  others = list ? malloc (strlen (list) + 1) : NULL;
  if (others)
    {
      size_t length;

      copy_others (others, list);
      /* What was behind us is gone, so a separator at the end is ours, unless it was there before.  */
      length = strlen (others);
      if (length && (!before || strlen (before) < length))
        {
          while (length && (others[length - 1] == ':' || others[length - 1] == ' '))
            others[--length] = '\0';
        }
      if (*others)
        setenv ("LD_PRELOAD", others, 1);
      else if (before)
        setenv ("LD_PRELOAD", before, 1);
      else
        unsetenv ("LD_PRELOAD");
      free (others);
    }
  unsetenv (TIDE_ENV_PRELOAD);
}
