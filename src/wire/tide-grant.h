#pragma once

/* What passes between who may open fault events and who may not, over a Unix socket (SOCK_SEQPACKET): a
 * request, and an answer with as many descriptors as it says.  Three take part: the helper asks
 * `pagetide-helper grant`, which a question of polkit or file capabilities made able, and hands on what it
 * gets to the agent in the target.  */

#include <stdbool.h>
#include <stdint.h>

#define TIDE_GRANT_REQUEST_MAGIC 0x31515254u
#define TIDE_GRANT_ANSWER_MAGIC 0x31415254u
/* Of more threads than these the first are asked for: Linux passes at most 253 descriptors at once, and a
 * program has other uses for them.  */
#define TIDE_GRANT_MAX 64

typedef struct
{
  uint32_t magic;
  uint32_t pid;
  uint64_t start_ticks; /* field 22 of /proc/PID/stat: that process, and no later one of its number */
  uint64_t period;      /* of the events */
  uint32_t n_tids;
  uint32_t tids[TIDE_GRANT_MAX];
} TideGrantRequest;

typedef struct
{
  uint32_t magic;
  int32_t error; /* errno where there is no event at all */
  uint32_t n_tids;
  uint32_t tids[TIDE_GRANT_MAX]; /* whose event each of the descriptors is */
} TideGrantAnswer;

/* Sends ANSWER and its n_tids descriptors, which stay the caller's.  Does not block.  False, and errno: it
 * was not sent.  */
bool tide_grant_send (int socket, const TideGrantAnswer *answer, const int *fds);

/* Takes an answer, if one has come.  FDS has room for TIDE_GRANT_MAX; they are close-on-exec, and the
 * caller's from then on.  Does not block.  False, and errno: EAGAIN when none has come, EPIPE when the other
 * side is gone, EPROTO for what is no answer.  */
bool tide_grant_receive (int socket, TideGrantAnswer *answer, int *fds);
