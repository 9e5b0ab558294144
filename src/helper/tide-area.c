#include "tide-area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

bool
tide_area_open (TideArea *self, size_t size)
{
  int fd = memfd_create ("pagetide", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  void *memory;

  *self = (TideArea){ NULL, 0, -1 };
  if (fd < 0)
    return false;
  /* Sealed: a target that shrinks it could kill us.  */
  if (ftruncate (fd, (off_t)size) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0
      && (memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) != MAP_FAILED)
    {
      *self = (TideArea){ memory, size, fd };
      return true;
    }
  close (fd);
  return false;
}

void
tide_area_finish (TideArea *self)
{
  if (self->memory == NULL)
    return;
  munmap (self->memory, self->size);
  close (self->fd);
  self->memory = NULL;
}
