#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TIDE_THREADS_MAX 128

/* Which thread of a process made its memory change: the one whose page faults grew most since the last look,
 * and when none did (memory was released), one that runs.  With one thread there is nothing to ask.  */
typedef struct
{
  uint32_t tid;
  int fd; /* its stat */
  uint64_t faults;
  uint64_t grown; /* faults since the look before */
  bool runs;
} TideWatchedThread;

typedef struct
{
  uint32_t pid;
  int directory;   /* /proc/PID/task */
  uint32_t hidden; /* a thread that is not the program's own; 0: there is none */
  uint32_t n_there;
  uint32_t n_watched;
  TideWatchedThread
      watched[TIDE_THREADS_MAX]; /* of more than these the rest is not watched, and the account says so */
} TideThreads;

void tide_threads_init (TideThreads *self, uint32_t pid);
void tide_threads_finish (TideThreads *self);

/* How many threads there are now, without the hidden one; 0: it has none any more.  */
uint32_t tide_threads_count (TideThreads *self);

/* Looks, and puts the kernel tids of those that may have done it into TIDS, the likeliest first.  Gives their
 * number, at least 1; MAX is not 0.  */
uint32_t tide_threads_rank (TideThreads *self, uint32_t *tids, uint32_t max);
