#include "tide-grant-open.h"
#include "tide-fault-event.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_PERIOD 65536u

/* The text of /proc/PID/NAME, cut after SIZE.  False: it is gone.  */
static bool
read_file (pid_t pid, const char *name, char *text, size_t size)
{
  char path[64];
  ssize_t n;
  int fd;

  snprintf (path, sizeof path, "/proc/%d/%s", (int)pid, name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  n = read (fd, text, size - 1);
  close (fd);
  if (n <= 0)
    return false;
  text[n] = '\0';
  return true;
}

uint64_t
tide_grant_start_ticks (pid_t pid)
{
  char text[1024], *at;

  if (!read_file (pid, "stat", text, sizeof text))
    return 0;
  /* The name may hold anything, also blanks and parentheses; it is the second field.  */
  at = strrchr (text, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr (at + 1, ' ');
  return at != NULL ? strtoull (at + 1, NULL, 10) : 0;
}

/* Also that nobody but the user may look into it: the files of programs with rights of their own are root's.
 */
static bool
belongs_to (pid_t pid, uid_t user)
{
  static const char key[] = "\nUid:";
  char text[4096], path[64], *at;
  struct stat st;
  unsigned ids[4];

  snprintf (path, sizeof path, "/proc/%d/mem", (int)pid);
  if (stat (path, &st) != 0 || st.st_uid != user || !read_file (pid, "status", text, sizeof text))
    return false;
  at = strstr (text, key);
  if (at == NULL || sscanf (at + sizeof key - 1, "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
    return false;
  for (int i = 0; i < 4; i++)
    if (ids[i] != user)
      return false;
  return true;
}

/* Whether TID is a thread of PID, and not of somebody else.  */
static bool
is_thread_of (pid_t pid, uint32_t tid)
{
  char path[64];

  snprintf (path, sizeof path, "/proc/%d/task/%u", (int)pid, tid);
  return access (path, F_OK) == 0;
}

static bool
may_have (const TideGrantRequest *request, uid_t caller)
{
  pid_t pid = (pid_t)request->pid;
  uint64_t ticks = tide_grant_start_ticks (pid);

  return ticks != 0 && ticks == request->start_ticks && (caller == 0 || belongs_to (pid, caller));
}

void
tide_grant_open (const TideGrantRequest *request, uid_t caller, TideGrantAnswer *answer, int *fds)
{
  *answer = (TideGrantAnswer){ .magic = TIDE_GRANT_ANSWER_MAGIC, .error = ESRCH };
  if (request->magic != TIDE_GRANT_REQUEST_MAGIC || request->pid == 0 || request->pid > INT32_MAX
      || request->n_tids > TIDE_GRANT_MAX || request->period == 0 || request->period > MAX_PERIOD)
    {
      answer->error = EINVAL;
      return;
    }
  if (!may_have (request, caller))
    {
      answer->error = EPERM;
      return;
    }
  for (uint32_t i = 0; i < request->n_tids; i++)
    {
      int fd;

      if (!is_thread_of ((pid_t)request->pid, request->tids[i]))
        continue;
      fd = tide_fault_event_open ((pid_t)request->tids[i], request->period);
      if (fd < 0)
        {
          answer->error = errno;
          continue;
        }
      fds[answer->n_tids] = fd;
      answer->tids[answer->n_tids++] = request->tids[i];
    }
  /* Meanwhile its number may have become another's.  */
  if (answer->n_tids > 0 && !may_have (request, caller))
    {
      for (uint32_t i = 0; i < answer->n_tids; i++)
        close (fds[i]);
      answer->n_tids = 0;
      answer->error = ESRCH;
    }
  if (answer->n_tids > 0)
    answer->error = 0;
}

/* Keeps what opening these events takes, and nothing more.  */
static bool
drop_rights (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct has[2], keeps[2];
  const int wanted[] = { TIDE_FAULT_EVENT_CAPABILITY, CAP_KILL, CAP_SYS_PTRACE };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall (SYS_capget, &header, has) != 0)
    return false;
  memset (keeps, 0, sizeof keeps);
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    {
      uint32_t bit = 1u << (wanted[i] % 32), word = (uint32_t)wanted[i] / 32;

      keeps[word].permitted |= has[word].permitted & bit;
      keeps[word].effective |= has[word].permitted & bit;
    }
  return syscall (SYS_capset, &header, keeps) == 0;
}

/* Who asks.  pkexec runs us as root and says for whom.  */
static bool
find_caller (uid_t *caller)
{
  const char *text = getenv ("PKEXEC_UID");
  char *end;

  *caller = getuid ();
  if (*caller != 0 || text == NULL)
    return true;
  *caller = (uid_t)strtoul (text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == '\0';
}

int
tide_grant_serve (void)
{
  TideGrantRequest request;
  uid_t caller;
  ssize_t n;

  if (!find_caller (&caller) || !drop_rights ())
    {
      fprintf (stderr, "pagetide-helper: cannot limit its own rights\n");
      return EXIT_FAILURE;
    }
  while ((n = recv (STDIN_FILENO, &request, sizeof request, 0)) != 0)
    {
      TideGrantAnswer answer;
      int fds[TIDE_GRANT_MAX];

      if (n < 0 && errno == EINTR)
        continue;
      if (n != (ssize_t)sizeof request)
        {
          if (n < 0)
            fprintf (stderr, "pagetide-helper: standard input is no socket of Pagetide's: %s\n",
                     strerror (errno));
          return EXIT_FAILURE;
        }
      tide_grant_open (&request, caller, &answer, fds);
      if (!tide_grant_send (STDIN_FILENO, &answer, fds))
        return EXIT_FAILURE;
      for (uint32_t i = 0; i < answer.n_tids; i++)
        close (fds[i]);
    }
  return EXIT_SUCCESS;
}
