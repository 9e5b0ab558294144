#include "tide-threads.h"

#include "tide-procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
tide_threads_init (TideThreads *self, uint32_t pid)
{
  char path[64];

  self->pid = pid;
  self->n_there = self->n_watched = 0;
  self->hidden = 0;
  snprintf (path, sizeof path, "/proc/%u/task", pid);
  self->directory = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
forget (TideThreads *self, uint32_t from)
{
  for (uint32_t i = from; i < self->n_watched; i++)
    close (self->watched[i].fd);
  self->n_watched = from;
}

void
tide_threads_finish (TideThreads *self)
{
  forget (self, 0);
  if (self->directory >= 0)
    close (self->directory);
  self->directory = -1;
}

uint32_t
tide_threads_count (TideThreads *self)
{
  struct stat st;

  /* The directory counts a link for each thread beside its own two: one call, whatever their number.  */
  if (self->directory < 0 || fstat (self->directory, &st) < 0 || st.st_nlink <= 2)
    return 0;
  return (uint32_t)st.st_nlink - 2 - (self->hidden != 0 && st.st_nlink > 3);
}

/* Those that are there now; who was there before keeps what is known of it.  */
static void
list (TideThreads *self)
{
  TideWatchedThread before[TIDE_THREADS_MAX];
  uint32_t n_before = self->n_watched, n = 0;
  int copy = openat (self->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = copy >= 0 ? fdopendir (copy) : NULL;
  struct dirent *entry;

  if (directory == NULL)
    {
      if (copy >= 0)
        close (copy);
      return;
    }
  memcpy (before, self->watched, sizeof before);
  while (n < TIDE_THREADS_MAX && (entry = readdir (directory)) != NULL)
    {
      uint32_t tid = (uint32_t)strtoul (entry->d_name, NULL, 10);
      TideWatchedThread thread = { .tid = tid, .fd = -1 };
      char name[32];

      if (tid == 0 || tid == self->hidden)
        continue;
      for (uint32_t i = 0; i < n_before && thread.fd < 0; i++)
        if (before[i].tid == tid && before[i].fd >= 0)
          {
            thread = before[i];
            before[i].fd = -1;
          }
      if (thread.fd < 0)
        {
          snprintf (name, sizeof name, "%u/stat", tid);
          thread.fd = openat (self->directory, name, O_RDONLY | O_CLOEXEC);
        }
      if (thread.fd >= 0)
        self->watched[n++] = thread;
    }
  closedir (directory);
  for (uint32_t i = 0; i < n_before; i++)
    if (before[i].fd >= 0)
      close (before[i].fd);
  self->n_watched = n;
}

static int
likelier (const void *a, const void *b)
{
  const TideWatchedThread *s = *(TideWatchedThread *const *)a, *t = *(TideWatchedThread *const *)b;

  if (s->grown != t->grown)
    return s->grown > t->grown ? -1 : 1;
  if (s->runs != t->runs)
    return s->runs ? -1 : 1;
  return s->tid < t->tid ? -1 : s->tid > t->tid;
}

uint32_t
tide_threads_rank (TideThreads *self, uint32_t *tids, uint32_t max)
{
  TideWatchedThread *order[TIDE_THREADS_MAX];
  uint32_t there = tide_threads_count (self), n = 0;
  bool stale = there != self->n_there;

  if (there <= 1)
    {
      /* Its faults from here on are not watched, so they must not be compared with later ones.  */
      forget (self, 0);
      self->n_there = there;
      tids[0] = self->pid;
      return 1;
    }
  for (int round = 0; round < 2; round++)
    {
      if (stale)
        list (self);
      stale = false;
      for (uint32_t i = 0; i < self->n_watched; i++)
        {
          TideWatchedThread *thread = &self->watched[i];
          TideProcStat stat;

          if (!tide_procfs_parse_stat (thread->fd, &stat))
            {
              /* It ended, and another may have come: list them again, once.  */
              thread->grown = 0;
              thread->runs = false;
              stale = true;
              continue;
            }
          /* A new thread did all of its faults since the last look, but the first one was there before.  */
          if (thread->faults == 0 && thread->tid == self->pid)
            thread->grown = 0;
          else if (round == 0 || thread->faults == 0)
            thread->grown = stat.minor_faults - thread->faults;
          thread->faults = stat.minor_faults;
          thread->runs = stat.state == 'R';
        }
      if (!stale)
        break;
    }
  self->n_there = there;
  for (uint32_t i = 0; i < self->n_watched; i++)
    order[n++] = &self->watched[i];
  qsort (order, n, sizeof order[0], likelier);
  if (n > max)
    n = max;
  for (uint32_t i = 0; i < n; i++)
    tids[i] = order[i]->tid;
  return n;
}
