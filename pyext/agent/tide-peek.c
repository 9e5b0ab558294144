#define _GNU_SOURCE
#include "tide-peek.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

/* Where a filter refuses process_vm_readv(): what it tells is in a file as well.  */
static int memory = -1;

bool
tide_peek (void *unused, uint64_t address, void *to, size_t size)
{
  struct iovec local = { to, size };
  struct iovec remote = { (void *)(uintptr_t)address, size };

  if (memory < 0)
    {
      if (process_vm_readv (getpid (), &local, 1, &remote, 1, 0) == (ssize_t)size)
        return true;
      if (errno != EPERM && errno != ENOSYS && errno != EACCES)
        return false;
      memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    }
  return memory >= 0 && pread (memory, to, size, (off_t)address) == (ssize_t)size;
}

void
tide_peek_end (void)
{
  if (memory >= 0)
    close (memory);
  memory = -1;
}
