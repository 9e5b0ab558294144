#define _GNU_SOURCE
#include "tide-calls-rings.h"
#include "tide-memory.h"
#include "tide-thread-key.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNTS_PER_PAGE (4096u / sizeof (uint64_t))

/* In place of a generation: the thread is ending.  */
#define LEAVING UINT32_MAX

static struct
{
  TideCallsArea *_Atomic area;
  uint32_t generation; /* goes up when it is closed */
  TideCallsThread *threads[TIDE_CALLS_N_RINGS];
  bool filled[TIDE_CALLS_N_RINGS]; /* rings of this mapping that are resident */
  _Atomic int64_t own_pages;
  _Atomic int n_leaving; /* threads that give their ring back just now */
  uint64_t n_counts;
  pthread_key_t key;
  bool has_key;
} rings = { .generation = 1 };

/* Small, so that they find room in any thread.  The second says whether the first is still this thread's: in
 * a later generation it may be another's.  */
static __thread TideCallsThread *current __attribute__ ((tls_model ("initial-exec")));
static __thread uint32_t current_generation __attribute__ ((tls_model ("initial-exec")));
static __thread uint32_t current_tid __attribute__ ((tls_model ("initial-exec")));

/* Makes SIZE bytes at AT resident without changing them: they are nobody's growth.  A little at a time, since
 * the helper must not see much that is not accounted yet.  */
static void
populate (void *at, size_t size)
{
  tide_memory_fill (at, size);
  atomic_fetch_add (&rings.own_pages, (int64_t)(size / tide_memory_page ()));
}

/* Whoever wins this closes the thread's gate and ring.  */
static bool
win (TideCallsThread *thread, uint32_t generation, uint32_t next)
{
  return generation != 0 && atomic_compare_exchange_strong (&thread->generation, &generation, next);
}

static void
release (TideCallsThread *thread)
{
  tide_rss_gate_close (&thread->gate);
  atomic_store (&thread->ring->state, TIDE_CALLS_RING_LEFT);
}

/* At a thread's end, without the GIL.  */
static void
leave (void *data)
{
  TideCallsThread *thread = data;

  current = NULL;
  atomic_fetch_add (&rings.n_leaving, 1);
  /* It is nobody else's before that is done, also if the rings are closed and opened meanwhile.  */
  if (atomic_load (&rings.area) && current_generation == rings.generation
      && win (thread, current_generation, LEAVING))
    {
      release (thread);
      atomic_store (&thread->generation, 0);
    }
  atomic_fetch_sub (&rings.n_leaving, 1);
}

const char *
tide_calls_rings_open (TideRegion *region)
{
  int (*volatile create_key) (pthread_key_t *, void (*) (void *)) = pthread_key_create;
  TideRegionArea shared = region->areas[TIDE_AREA_CALLS];
  TideCallsArea *area;
  struct stat st;
  char path[64];
  int fd, seals;

  if (atomic_load (&rings.area))
    return NULL;
  if (!rings.has_key)
    rings.has_key = create_key && create_key (&rings.key, leave) == 0;
  if (shared.fd < 0)
    return "Pagetide's helper gave no memory for events.";
  snprintf (path, sizeof path, "/proc/%u/fd/%d", region->helper_pid, shared.fd);
  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return "The memory for events cannot be opened (the program has other rights, or no free descriptor).";
  seals = fcntl (fd, F_GET_SEALS);
  /* Without the seal its maker could shorten it, and our writes would kill the program.  */
  if (seals < 0 || !(seals & F_SEAL_SHRINK) || syscall (SYS_fstat, fd, &st) != 0
      || st.st_size != (off_t)TIDE_CALLS_AREA_SIZE || shared.size != TIDE_CALLS_AREA_SIZE)
    {
      close (fd);
      return "The memory for events is not what it should be.";
    }
  area = mmap (NULL, TIDE_CALLS_AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (area == MAP_FAILED)
    return "There is no memory for events.";
  if (area->magic != TIDE_CALLS_AREA_MAGIC || area->size != TIDE_CALLS_AREA_SIZE)
    {
      munmap (area, TIDE_CALLS_AREA_SIZE);
      return "The memory for events is not what it should be.";
    }
  memset (rings.filled, 0, sizeof rings.filled);
  populate (area, TIDE_CALLS_COUNTS_OFFSET);
  rings.n_counts = atomic_load (&area->n_counts);
  if (rings.n_counts > 0)
    populate (tide_calls_area_counts (area), rings.n_counts * sizeof (uint64_t));
  atomic_store (&rings.area, area);
  /* The first ring is there before anything is measured, others are counted out of RSS.  */
  tide_calls_rings_enter ();
  atomic_store (&rings.own_pages, 0);
  return NULL;
}

/* Each part once: between two steps another thread may map something where the one before was.  */
static void
give_back (TideCallsArea *area)
{
  char *counts = (char *)tide_calls_area_counts (area);
  size_t used = rings.n_counts * sizeof (uint64_t);

  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    (rings.filled[i] ? tide_memory_unfill : tide_memory_release) (tide_calls_area_ring (area, i),
                                                                  TIDE_CALLS_RING_SIZE);
  tide_memory_unfill (counts, used);
  tide_memory_release (counts + used, TIDE_CALLS_N_COUNTS * sizeof (uint64_t) - used);
  tide_memory_unfill (area, TIDE_CALLS_COUNTS_OFFSET);
}

void
tide_calls_rings_close (void)
{
  TideCallsArea *area = atomic_load (&rings.area);

  if (!area)
    return;
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    if (rings.threads[i] && win (rings.threads[i], rings.generation, 0))
      release (rings.threads[i]);
  atomic_store (&rings.area, NULL);
  if (++rings.generation == LEAVING)
    rings.generation = 1;
  /* A thread that is just ending may still write to its ring: then the memory stays.  */
  if (atomic_load (&rings.n_leaving) == 0)
    give_back (area);
}

void
tide_calls_rings_drop (void)
{
  TideCallsArea *area = atomic_load (&rings.area);

  if (!area)
    return;
  atomic_store (&rings.area, NULL);
  for (uint32_t i = 0; i < TIDE_CALLS_N_RINGS; i++)
    if (rings.threads[i] && win (rings.threads[i], rings.generation, 0))
      tide_rss_gate_drop (&rings.threads[i]->gate);
  if (++rings.generation == LEAVING)
    rings.generation = 1;
  munmap (area, TIDE_CALLS_AREA_SIZE);
}

static TideCallsThread *
take (TideCallsArea *area, uint32_t index)
{
  TideCallsThread *thread = rings.threads[index];
  TideCallsRing *ring = tide_calls_area_ring (area, index);
  size_t thread_size = (sizeof *thread + 4095) & ~(size_t)4095;
  uint32_t expected = TIDE_CALLS_RING_FREE;

  if (thread && atomic_load (&thread->generation) != 0)
    return NULL;
  if (!thread)
    {
      thread = mmap (NULL, thread_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (thread == MAP_FAILED)
        return NULL;
      populate (thread, thread_size);
      rings.threads[index] = thread;
      thread->index = index;
    }
  if (!rings.filled[index])
    populate (ring, TIDE_CALLS_RING_SIZE);
  rings.filled[index] = true;
  thread->ring = ring;
  thread->records = tide_calls_ring_records (ring);
  if (!atomic_compare_exchange_strong (&ring->state, &expected, TIDE_CALLS_RING_TAKEN))
    return NULL;
  atomic_store (&ring->tid, (uint32_t)syscall (SYS_gettid));
  thread->head = thread->end = atomic_load (&ring->head);
  thread->n_events = 0;
  memset (thread->cache, 0, sizeof thread->cache);
  thread->turn = 0;
  if (index >= TIDE_CALLS_N_OWN)
    tide_rss_gate_open_shared (&thread->gate);
  else
    tide_rss_gate_open (&thread->gate);
  tide_cpu_clock_open (&thread->clock, tide_rss_gate_switches (&thread->gate));
  thread->idle_ns = 0;
  atomic_store (&thread->generation, rings.generation);
  return thread;
}

/* One of those that several threads share.  */
static TideCallsThread *
share (TideCallsArea *area)
{
  uint32_t index = TIDE_CALLS_N_OWN + current_tid % (TIDE_CALLS_N_RINGS - TIDE_CALLS_N_OWN);
  TideCallsThread *shared = rings.threads[index];

  if (shared && atomic_load (&shared->generation) == rings.generation)
    return shared;
  return take (area, index);
}

TideCallsThread *
tide_calls_rings_enter (void)
{
  TideCallsArea *area = atomic_load_explicit (&rings.area, memory_order_relaxed);
  TideCallsThread *thread = current;

  if (__builtin_expect (thread != NULL && current_generation == rings.generation, 1))
    return thread;
  if (!area)
    return NULL;
  thread = NULL;
  for (uint32_t i = 0; i < TIDE_CALLS_N_OWN && !thread; i++)
    if (atomic_load (&tide_calls_area_ring (area, i)->state) == TIDE_CALLS_RING_FREE)
      thread = take (area, i);
  /* Also where there is none: that of an earlier generation may be another thread's now, and is not for us to
   * give back.  */
  if (rings.has_key)
    pthread_setspecific (rings.key, thread);
  current_tid = (uint32_t)syscall (SYS_gettid);
  if (!thread)
    thread = share (area);
  current = thread;
  current_generation = rings.generation;
  return thread;
}

void
tide_calls_rings_look_again (void)
{
  TideCallsArea *area = atomic_load_explicit (&rings.area, memory_order_relaxed);

  for (uint32_t i = 0; area && i < TIDE_CALLS_N_OWN; i++)
    if (atomic_load (&tide_calls_area_ring (area, i)->state) == TIDE_CALLS_RING_FREE)
      current = NULL;
}

TideCallsRecord *
tide_calls_ring_reserve (TideCallsThread *thread)
{
  if (__builtin_expect (thread->head == thread->end, 0))
    {
      thread->end = atomic_load_explicit (&thread->ring->tail, memory_order_acquire) + TIDE_CALLS_RING_EVENTS;
      if (thread->end - thread->head - 1 >= TIDE_CALLS_RING_EVENTS)
        {
          thread->end = thread->head;
          atomic_fetch_add_explicit (&thread->ring->lost, 1, memory_order_relaxed);
          return NULL;
        }
    }
  return &thread->records[thread->head & (TIDE_CALLS_RING_EVENTS - 1)];
}

void
tide_calls_ring_publish (TideCallsThread *thread)
{
  atomic_store_explicit (&thread->ring->head, ++thread->head, memory_order_release);
}

bool
tide_calls_ring_take_turn (TideCallsThread *thread, uint64_t time_ns)
{
  TideCallsRecord *record;

  if (thread->turn == current_tid)
    return true;
  record = tide_calls_ring_reserve (thread);
  if (!record)
    return false;
  *record = (TideCallsRecord){ .time_ns = time_ns, .code = TIDE_CALLS_TURN, .caller = current_tid };
  tide_calls_ring_publish (thread);
  thread->turn = current_tid;
  return true;
}

void
tide_calls_rings_lose (void)
{
  TideCallsArea *area = atomic_load_explicit (&rings.area, memory_order_relaxed);

  if (area)
    atomic_fetch_add_explicit (&area->lost, 1, memory_order_relaxed);
}

void
tide_calls_rings_count (uint32_t id)
{
  TideCallsArea *area = atomic_load_explicit (&rings.area, memory_order_relaxed);
  _Atomic uint64_t *counts = tide_calls_area_counts (area);

  if (__builtin_expect (id >= rings.n_counts, 0))
    {
      uint64_t wanted = (id / COUNTS_PER_PAGE + 1) * COUNTS_PER_PAGE;

      if (id >= TIDE_CALLS_N_COUNTS)
        return;
      populate (counts + rings.n_counts, (wanted - rings.n_counts) * sizeof counts[0]);
      rings.n_counts = wanted;
      atomic_store (&area->n_counts, wanted);
    }
  /* Of holders of the GIL alone.  */
  atomic_store_explicit (&counts[id], atomic_load_explicit (&counts[id], memory_order_relaxed) + 1,
                         memory_order_relaxed);
}

int64_t
tide_calls_rings_get_own_pages (void)
{
  return atomic_load_explicit (&rings.own_pages, memory_order_relaxed);
}
