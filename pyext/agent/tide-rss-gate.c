#define _GNU_SOURCE
#include "tide-rss-gate.h"
#include "tide-heap-word.h"
#include "tide-python.h"
#include "tide-statm.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const volatile uint64_t no_faults;
static const volatile uintptr_t no_top;
static const volatile size_t no_mapped;
static const _Atomic uint64_t no_word;

TideRssGateShared tide_rss_gate_shared = {
  .top = &no_top,
  .mapped = &no_mapped,
  .words = { &no_word, &no_word },
  .timed = true,
};

void
tide_rss_gate_set_words (const _Atomic uint64_t *a, const _Atomic uint64_t *b)
{
  const volatile uintptr_t *top = tide_symbol ("__curbrk", NULL);
  const volatile size_t *mapped = tide_heap_find_mapped ();

  tide_rss_gate_shared.top = top ? top : &no_top;
  tide_rss_gate_shared.mapped = mapped ? mapped : &no_mapped;
  tide_rss_gate_shared.words[0] = a ? a : &no_word;
  tide_rss_gate_shared.words[1] = b ? b : &no_word;
  tide_rss_gate_shared.timed = !a && !b;
}

/* Each fault writes a record of 8 bytes; the ring is mapped so that the kernel writes over what nobody reads,
 * and only its head is of interest.  */
static int
open_event (bool with_kernel)
{
  struct perf_event_attr attr = {
    .type = PERF_TYPE_SOFTWARE,
    .size = sizeof attr,
    .config = PERF_COUNT_SW_PAGE_FAULTS,
    .sample_period = 1,
    .exclude_kernel = !with_kernel,
    .exclude_hv = 1,
    .watermark = 1,
    .wakeup_watermark = 1u << 30,
  };

  return (int)syscall (SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

void
tide_rss_gate_open_shared (TideRssGate *self)
{
  memset (self, 0, sizeof *self);
  self->faults = &no_faults;
  self->fd = -1;
  self->words_seen = tide_rss_gate_words () - 1;
}

void
tide_rss_gate_open (TideRssGate *self)
{
  size_t page_size = (size_t)sysconf (_SC_PAGESIZE);

  tide_rss_gate_open_shared (self);
  self->fd = open_event (true);
  if (self->fd < 0)
    self->fd = open_event (false);
  if (self->fd >= 0)
    {
      self->fd = tide_descriptor_raise (self->fd);
      self->map = mmap (NULL, 2 * page_size, PROT_READ, MAP_SHARED, self->fd, 0);
      if (self->map == MAP_FAILED || ioctl (self->fd, PERF_EVENT_IOC_ID, &self->id) != 0)
        {
          if (self->map != MAP_FAILED)
            munmap (self->map, 2 * page_size);
          self->map = NULL;
          close (self->fd);
          self->fd = -1;
        }
      else
        self->faults = (const volatile uint64_t *)&((struct perf_event_mmap_page *)self->map)->data_head;
    }
}

/* Programs close descriptors that they do not know.  */
static void
close_event (TideRssGate *self)
{
  uint64_t id = 0;

  if (self->fd >= 0 && ioctl (self->fd, PERF_EVENT_IOC_ID, &id) == 0 && id == self->id)
    close (self->fd);
  self->fd = -1;
}

void
tide_rss_gate_close (TideRssGate *self)
{
  self->faults = &no_faults;
  if (self->map)
    munmap (self->map, 2 * (size_t)sysconf (_SC_PAGESIZE));
  self->map = NULL;
  close_event (self);
}

void
tide_rss_gate_drop (TideRssGate *self)
{
  self->faults = &no_faults;
  /* Pages of events are not inherited, and their place may be somebody else's by now.  */
  self->map = NULL;
  close_event (self);
}

bool
tide_rss_gate_counts_faults (const TideRssGate *self)
{
  return self->map != NULL;
}

const volatile uint32_t *
tide_rss_gate_switches (const TideRssGate *self)
{
  return self->map ? &((const volatile struct perf_event_mmap_page *)self->map)->lock : NULL;
}

int64_t
tide_rss_gate_read (TideRssGate *self, uint64_t now_ns)
{
  int64_t pages;

  /* What moves from here on is seen the next time.  */
  self->faults_seen = *self->faults;
  self->top_seen = *tide_rss_gate_shared.top;
  self->mapped_seen = *tide_rss_gate_shared.mapped;
  self->words_seen = tide_rss_gate_words ();
  self->read_ns = now_ns;
  pages = tide_statm_read ();
  if (pages < 0)
    return atomic_load (&tide_rss_gate_shared.pages);
  atomic_store_explicit (&tide_rss_gate_shared.pages, pages, memory_order_relaxed);
  return pages;
}
