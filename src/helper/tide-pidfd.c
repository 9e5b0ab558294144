#include "tide-pidfd.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* Of <linux/pidfd.h>, which older systems have not.  */
typedef struct
{
  uint64_t mask;
  uint64_t cgroup;
  uint32_t pid, tgid, parent;
  uint32_t ids[8];
  int32_t exit_code;
} PidfdInfo;

#define INFO_EXIT (1u << 3)
#define GET_INFO _IOWR (0xff, 11, PidfdInfo)

_Static_assert(sizeof (PidfdInfo) == 64, "the size is part of the request's number");

int
tide_pidfd_open (pid_t pid)
{
  return (int)syscall (SYS_pidfd_open, pid, 0);
}

bool
tide_pidfd_get_status (int pidfd, int *status)
{
  PidfdInfo info = { .mask = INFO_EXIT };

  if (pidfd < 0 || ioctl (pidfd, GET_INFO, &info) != 0 || !(info.mask & INFO_EXIT))
    return false;
  *status = info.exit_code;
  return true;
}
