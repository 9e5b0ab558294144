#define _GNU_SOURCE
#include "tide-tasks.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What getdents64() fills in.  */
typedef struct
{
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t type;
  char name[];
} Entry;

/* 0: it is no number.  */
static uint32_t
read_number (const char *name)
{
  uint64_t number = 0;

  for (; *name >= '0' && *name <= '9' && number <= INT32_MAX; name++)
    number = number * 10 + (uint64_t)(*name - '0');
  return *name == '\0' && number <= INT32_MAX ? (uint32_t)number : 0;
}

uint32_t
tide_tasks_list (pid_t pid, uint32_t *tids, uint32_t max)
{
  _Alignas(Entry) char buffer[4096];
  uint32_t n = 0;
  char path[64];
  long size;
  int fd;

  if (pid == 0)
    strcpy (path, "/proc/self/task");
  else
    snprintf (path, sizeof path, "/proc/%d/task", (int)pid);
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  while ((size = syscall (SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < size;)
      {
        const Entry *entry = (const Entry *)(buffer + at);
        uint32_t tid = read_number (entry->name);

        if (tid != 0)
          {
            if (n < max)
              tids[n] = tid;
            n++;
          }
        at += entry->size;
      }
  close (fd);
  return n;
}
