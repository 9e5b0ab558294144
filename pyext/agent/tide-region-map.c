#define _GNU_SOURCE
#include "tide-region-map.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static TideRegion *
map (int fd)
{
  struct stat st;
  int seals = fcntl (fd, F_GET_SEALS);
  void *memory;

  /* Without the seal its maker could shorten it, and our writes would kill the program.  */
  if (seals < 0 || !(seals & F_SEAL_SHRINK) || syscall (SYS_fstat, fd, &st) != 0
      || st.st_size != TIDE_REGION_SIZE)
    return NULL;
  /* Populated at once: its pages would else be charged to whoever runs when they come.  */
  memory = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

TideRegion *
tide_region_map (int fd, uint32_t pid, void *place)
{
  TideRegion *region = map (fd);
  bool good = region && region->magic == TIDE_REGION_MAGIC && region->version == TIDE_REGION_VERSION
              && region->size == TIDE_REGION_SIZE && region->page_size && region->target_pid == pid;

  if (good && place)
    good = mremap (region, TIDE_REGION_SIZE, TIDE_REGION_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place;
  if (good)
    return place ? place : region;
  if (region)
    munmap (region, TIDE_REGION_SIZE);
  return NULL;
}
