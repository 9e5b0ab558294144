#include "tide-grant.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  int ends[2];
} Pair;

static void
set_up (Pair *pair, gconstpointer unused)
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair->ends), ==, 0);
}

static void
tear_down (Pair *pair, gconstpointer unused)
{
  for (int i = 0; i < 2; i++)
    if (pair->ends[i] >= 0)
      close (pair->ends[i]);
}

static ino_t
inode_of (int fd)
{
  struct stat st;

  g_assert_cmpint (fstat (fd, &st), ==, 0);
  return st.st_ino;
}

/* As many descriptors as there can be, and none at all.  */
static void
test_passes (Pair *pair, gconstpointer unused)
{
  const uint32_t counts[] = { TIDE_GRANT_MAX, 1, 0 };

  for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
    {
      TideGrantAnswer sent = { .magic = TIDE_GRANT_ANSWER_MAGIC, .n_tids = counts[c] }, got;
      int fds[TIDE_GRANT_MAX], taken[TIDE_GRANT_MAX], pipes[TIDE_GRANT_MAX][2];

      sent.error = counts[c] == 0 ? EPERM : 0;
      for (uint32_t i = 0; i < counts[c]; i++)
        {
          g_assert_cmpint (pipe (pipes[i]), ==, 0);
          fds[i] = pipes[i][0];
          sent.tids[i] = 1000 + i;
        }
      g_assert_true (tide_grant_send (pair->ends[0], &sent, fds));
      g_assert_true (tide_grant_receive (pair->ends[1], &got, taken));
      g_assert_cmpmem (&got, sizeof got, &sent, sizeof sent);
      for (uint32_t i = 0; i < counts[c]; i++)
        {
          g_assert_cmpuint (inode_of (taken[i]), ==, inode_of (fds[i]));
          g_assert_cmpint (fcntl (taken[i], F_GETFD) & FD_CLOEXEC, !=, 0);
          close (taken[i]);
          close (pipes[i][0]);
          close (pipes[i][1]);
        }
    }
}

static void
test_nothing (Pair *pair, gconstpointer unused)
{
  TideGrantAnswer answer = { .magic = TIDE_GRANT_ANSWER_MAGIC };
  int fds[TIDE_GRANT_MAX];

  g_assert_false (tide_grant_receive (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EAGAIN);
  close (pair->ends[0]);
  pair->ends[0] = -1;
  g_assert_false (tide_grant_receive (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EPIPE);
  answer = (TideGrantAnswer){ .magic = TIDE_GRANT_ANSWER_MAGIC };
  g_assert_false (tide_grant_send (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EPIPE);
}

/* What does not say what it brings is closed, not kept.  */
static void
test_lies (Pair *pair, gconstpointer unused)
{
  TideGrantAnswer answer = { .magic = TIDE_GRANT_ANSWER_MAGIC, .n_tids = 1 };
  int ends[2], fds[TIDE_GRANT_MAX];
  char byte;

  g_assert_cmpint (pipe (ends), ==, 0);
  answer.magic++;
  g_assert_true (tide_grant_send (pair->ends[0], &answer, &ends[1]));
  g_assert_false (tide_grant_receive (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EPROTO);
  /* Nobody holds the other end any more.  */
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 0);
  close (ends[0]);

  answer = (TideGrantAnswer){ .magic = TIDE_GRANT_ANSWER_MAGIC, .n_tids = 1 };
  g_assert_cmpint (send (pair->ends[0], &answer, sizeof answer, 0), ==, sizeof answer);
  g_assert_false (tide_grant_receive (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EPROTO);
  g_assert_cmpint (send (pair->ends[0], "short", 5, 0), ==, 5);
  g_assert_false (tide_grant_receive (pair->ends[1], &answer, fds));
  g_assert_cmpint (errno, ==, EPROTO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/grant/passes", Pair, NULL, set_up, test_passes, tear_down);
  g_test_add ("/grant/nothing", Pair, NULL, set_up, test_nothing, tear_down);
  g_test_add ("/grant/lies", Pair, NULL, set_up, test_lies, tear_down);
  return g_test_run ();
}
