#include "tide-shared.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool
tide_shared_open (TideShared *self, uint32_t instruments)
{
  void *memory;

  self->region = NULL;
  self->fd = memfd_create ("pagetide", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (self->fd < 0)
    return false;
  /* Sealed: a target that shrinks it could kill us.  Filled with pages now, so that its growth is nobody's
   * event.  */
  if (ftruncate (self->fd, TIDE_REGION_SIZE) < 0
      || fcntl (self->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
    return false;
  memory = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, self->fd, 0);
  if (memory == MAP_FAILED)
    return false;
  self->region = memory;
  self->region->magic = TIDE_REGION_MAGIC;
  self->region->version = TIDE_REGION_VERSION;
  self->region->size = TIDE_REGION_SIZE;
  atomic_store (&self->region->wanted, instruments);
  self->region->faults_socket = -1;
  for (int i = 0; i < TIDE_N_AREAS; i++)
    self->region->areas[i].fd = -1;
  self->region->page_size = (uint32_t)sysconf (_SC_PAGESIZE);
  self->region->helper_pid = (uint32_t)getpid ();
  return true;
}

void
tide_shared_close_fd (TideShared *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
tide_shared_finish (TideShared *self)
{
  tide_shared_close_fd (self);
  if (self->region != NULL)
    munmap (self->region, TIDE_REGION_SIZE);
  self->region = NULL;
}
