#define _GNU_SOURCE
#include "tide-grant.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union
{
  struct cmsghdr header;
  char space[CMSG_SPACE (TIDE_GRANT_MAX * sizeof (int))];
} Control;

bool
tide_grant_send (int socket, const TideGrantAnswer *answer, const int *fds)
{
  struct iovec part = { (void *)answer, sizeof *answer };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  size_t size = answer->n_tids * sizeof fds[0];
  Control control;

  memset (&control, 0, sizeof control);
  if (size > 0)
    {
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (size);
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (size);
      memcpy (CMSG_DATA (&control.header), fds, size);
    }
  return sendmsg (socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof *answer;
}

/* The descriptors that came with MESSAGE.  */
static uint32_t
take_descriptors (struct msghdr *message, int *fds)
{
  uint32_t n = 0;

  for (struct cmsghdr *part = CMSG_FIRSTHDR (message); part; part = CMSG_NXTHDR (message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
      {
        n = (uint32_t)((part->cmsg_len - CMSG_LEN (0)) / sizeof fds[0]);
        memcpy (fds, CMSG_DATA (part), n * sizeof fds[0]);
      }
  return n;
}

bool
tide_grant_receive (int socket, TideGrantAnswer *answer, int *fds)
{
  struct iovec part = { answer, sizeof *answer };
  Control control;
  struct msghdr message = {
    .msg_iov = &part,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  ssize_t size = recvmsg (socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  uint32_t n;

  if (size <= 0)
    {
      if (size == 0 || errno == ECONNRESET)
        errno = EPIPE;
      return false;
    }
  n = take_descriptors (&message, fds);
  if (size == (ssize_t)sizeof *answer && answer->magic == TIDE_GRANT_ANSWER_MAGIC && answer->n_tids == n
      && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
    return true;
  for (uint32_t i = 0; i < n; i++)
    close (fds[i]);
  errno = EPROTO;
  return false;
}
