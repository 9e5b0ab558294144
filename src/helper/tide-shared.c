#include "tide-shared.h"

#include "tide-calls-area.h"
#include "tide-sites-area.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool
tide_shared_make (TideShared *self, bool filled)
{
  void *memory;

  self->region = NULL;
  memset (self->areas, 0, sizeof self->areas);
  self->fd = memfd_create ("pagetide", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (self->fd < 0)
    return false;
  /* Sealed: a target that shrinks it could kill us.  */
  if (ftruncate (self->fd, TIDE_REGION_SIZE) < 0
      || fcntl (self->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
    return false;
  memory = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | (filled ? MAP_POPULATE : 0),
                 self->fd, 0);
  if (memory == MAP_FAILED)
    return false;
  self->region = memory;
  self->region->magic = TIDE_REGION_MAGIC;
  self->region->version = TIDE_REGION_VERSION;
  self->region->size = TIDE_REGION_SIZE;
  self->region->faults_socket = -1;
  for (int i = 0; i < TIDE_N_AREAS; i++)
    self->region->areas[i].fd = -1;
  self->region->page_size = (uint32_t)sysconf (_SC_PAGESIZE);
  self->region->helper_pid = (uint32_t)getpid ();
  return true;
}

/* True: it is there and new, and the agent must still be told by publish().  */
static bool
make (TideShared *self, TideAreaKind kind, size_t size)
{
  return self->areas[kind].memory == NULL && tide_area_open (&self->areas[kind], size);
}

static void
publish (TideShared *self, TideAreaKind kind)
{
  self->region->areas[kind].size = self->areas[kind].size;
  self->region->areas[kind].fd = self->areas[kind].fd;
}

void
tide_shared_prepare (TideShared *self, uint32_t instruments)
{
  if (instruments & (TIDE_INSTRUMENT_CALLS | TIDE_INSTRUMENT_LINES)
      && make (self, TIDE_AREA_CALLS, TIDE_CALLS_AREA_SIZE))
    {
      TideCallsArea *area = self->areas[TIDE_AREA_CALLS].memory;

      area->magic = TIDE_CALLS_AREA_MAGIC;
      area->size = TIDE_CALLS_AREA_SIZE;
      publish (self, TIDE_AREA_CALLS);
    }
  if (instruments & (TIDE_INSTRUMENT_BYTES | TIDE_INSTRUMENT_BYTES_SAMPLED)
      && make (self, TIDE_AREA_SITES, TIDE_SITES_AREA_SIZE))
    publish (self, TIDE_AREA_SITES);
}

uint64_t
tide_shared_get_costs (const TideShared *self, uint64_t costs[TIDE_N_INSTRUMENTS])
{
  uint64_t sum = 0;

  for (int i = 0; i < TIDE_N_INSTRUMENTS; i++)
    {
      costs[i] = atomic_load_explicit (&self->region->cost_ns[i], memory_order_relaxed);
      sum += costs[i];
    }
  return sum;
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
  for (int i = 0; i < TIDE_N_AREAS; i++)
    tide_area_finish (&self->areas[i]);
  if (self->region != NULL)
    munmap (self->region, TIDE_REGION_SIZE);
  self->region = NULL;
}

static void
want (TideShared *self, const TideOptions *options)
{
  atomic_store (&self->region->wanted, options->instruments);
  atomic_store (&self->region->trigger_bytes, options->trigger_bytes);
  atomic_store (&self->region->sample_bytes, options->sample_bytes);
  atomic_store (&self->region->budget, options->budget);
  tide_shared_prepare (self, options->instruments);
}

bool
tide_shared_open (TideShared *self, const TideOptions *options)
{
  if (!tide_shared_make (self, true))
    return false;
  want (self, options);
  return true;
}

bool
tide_shared_join (TideShared *self, const TideOptions *options)
{
  int seals = fcntl (options->region_fd, F_GET_SEALS);
  struct stat st;
  TideRegion *region;

  memset (self, 0, sizeof *self);
  self->fd = options->region_fd;
  /* Unsealed, whoever made it could shorten it and so end us.  */
  if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat (self->fd, &st) < 0 || st.st_size != TIDE_REGION_SIZE)
    return false;
  region = mmap (NULL, TIDE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, self->fd, 0);
  if (region == MAP_FAILED)
    return false;
  self->region = region;
  if (region->magic != TIDE_REGION_MAGIC || region->version != TIDE_REGION_VERSION
      || region->target_pid != (uint32_t)options->pid
      || region->page_size != (uint32_t)sysconf (_SC_PAGESIZE))
    return false;
  region->helper_pid = (uint32_t)getpid ();
  want (self, options);
  return true;
}
