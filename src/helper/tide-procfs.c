#include "tide-procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The bit of an entry of pagemap that says that the page is in memory, its highest.  */
#define PAGEMAP_PRESENT 63

static int
open_of (int pid, const char *name)
{
  char path[64];

  snprintf (path, sizeof path, "/proc/%d/%s", pid, name);
  return open (path, O_RDONLY | O_CLOEXEC);
}

void
tide_procfs_init (TideProcfs *self, int pid)
{
  self->pid = pid;
  self->cannot_scan = false;
  self->statm = open_of (pid, "statm");
  self->stat = open_of (pid, "stat");
  self->status = open_of (pid, "status");
  self->pagemap = open_of (pid, "pagemap");
}

void
tide_procfs_reopen_memory (TideProcfs *self)
{
  if (self->pagemap >= 0)
    close (self->pagemap);
  self->pagemap = open_of (self->pid, "pagemap");
}

void
tide_procfs_finish (TideProcfs *self)
{
  if (self->statm >= 0)
    close (self->statm);
  if (self->stat >= 0)
    close (self->stat);
  if (self->status >= 0)
    close (self->status);
  if (self->pagemap >= 0)
    close (self->pagemap);
  self->statm = self->stat = self->status = self->pagemap = -1;
}

/* The whole of a small file, zero-terminated; false when there is nothing.  */
static bool
read_text (int fd, char *text, size_t size)
{
  ssize_t n = pread (fd, text, size - 1, 0);

  if (n <= 0)
    return false;
  text[n] = '\0';
  return true;
}

static bool
read_pages (int fd, uint64_t *pages)
{
  char text[128];
  const char *space;

  if (!read_text (fd, text, sizeof text))
    return false;
  space = strchr (text, ' ');
  if (space == NULL)
    return false;
  *pages = strtoull (space + 1, NULL, 10);
  return *pages > 0;
}

bool
tide_procfs_read_rss (TideProcfs *self, uint64_t *pages)
{
  return read_pages (self->statm, pages);
}

/* What PAGEMAP_SCAN of Linux 6.7 takes and gives, which older headers lack.  */
typedef struct
{
  uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
  uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
} Scan;

typedef struct
{
  uint64_t start, end, categories;
} ScanRegion;

#define SCAN _IOWR ('f', 16, Scan)
#define SCAN_PRESENT (1ull << 3)

/* The same by a call that looks at page tables alone, where reading pagemap looks at each page as well.  Only
 * of whole pages.  */
static int64_t
scan_resident (TideProcfs *self, uint64_t address, uint64_t n_pages, uint64_t page_size)
{
  ScanRegion regions[TIDE_PROCFS_MAX_PAGES / 2];
  Scan scan = { .size = sizeof scan,
                .start = address,
                .end = address + n_pages * page_size,
                .vec = (uint64_t)(uintptr_t)regions,
                .vec_len = sizeof regions / sizeof regions[0],
                .category_mask = SCAN_PRESENT,
                .return_mask = SCAN_PRESENT };
  int n_regions = ioctl (self->pagemap, SCAN, &scan);
  int64_t n = 0;

  self->cannot_scan = n_regions < 0 && (errno == ENOTTY || errno == EINVAL);
  if (n_regions < 0 || scan.walk_end != scan.end)
    return -1;
  for (int i = 0; i < n_regions; i++)
    n += (int64_t)((regions[i].end - regions[i].start) / page_size);
  return n;
}

int64_t
tide_procfs_count_resident (TideProcfs *self, uint64_t address, uint64_t n_pages)
{
  uint64_t entries[TIDE_PROCFS_MAX_PAGES];
  ssize_t size = (ssize_t)(n_pages * sizeof entries[0]);
  uint64_t page_size = (uint64_t)sysconf (_SC_PAGESIZE), first = address / page_size;
  int64_t n = 0;

  if (self->pagemap < 0 || n_pages > TIDE_PROCFS_MAX_PAGES)
    return -1;
  if (!self->cannot_scan && address % page_size == 0)
    {
      n = scan_resident (self, address, n_pages, page_size);
      if (n >= 0)
        return n;
      n = 0;
    }
  if (first > INT64_MAX / sizeof entries[0]
      || pread (self->pagemap, entries, (size_t)size, (off_t)(first * sizeof entries[0])) != size)
    return -1;
  for (uint64_t i = 0; i < n_pages; i++)
    n += (int64_t)(entries[i] >> PAGEMAP_PRESENT);
  return n;
}

bool
tide_procfs_parse_stat (int fd, TideProcStat *stat)
{
  enum
  {
    STATE = 3,
    MINFLT = 10,
    CMINFLT = 11,
    MAJFLT = 12,
    CMAJFLT = 13,
    UTIME = 14,
    STIME = 15,
    N_THREADS = 20,
    START = 22,
  };
  char text[1024], *at;
  uint64_t tick_ns = 1000000000u / (uint64_t)sysconf (_SC_CLK_TCK);
  uint64_t field[START + 1] = { 0 };

  if (!read_text (fd, text, sizeof text))
    return false;
  /* The name may hold anything, a parenthesis too: fields are counted from the last one.  */
  at = strrchr (text, ')');
  if (at == NULL || at[1] != ' ' || at[2] == '\0')
    return false;
  stat->state = at[2];
  at += 3;
  for (int i = STATE + 1; i <= START; i++)
    {
      char *end;

      field[i] = strtoull (at, &end, 10);
      if (end == at)
        return false;
      at = end;
    }
  stat->minor_faults = field[MINFLT];
  stat->major_faults = field[MAJFLT];
  stat->child_faults = field[CMINFLT] + field[CMAJFLT];
  stat->user_ns = field[UTIME] * tick_ns;
  stat->system_ns = field[STIME] * tick_ns;
  stat->n_threads = (uint32_t)field[N_THREADS];
  stat->start_ns = field[START] * tick_ns;
  return true;
}

bool
tide_procfs_read_stat (TideProcfs *self, TideProcStat *stat)
{
  return tide_procfs_parse_stat (self->stat, stat);
}

bool
tide_procfs_read_end (TideProcfs *self, int *status)
{
  char text[1024];
  const char *last;
  struct stat st;

  /* To those who may not know, the kernel says 0.  */
  if (fstat (self->stat, &st) < 0 || (geteuid () != 0 && st.st_uid != geteuid ())
      || !read_text (self->stat, text, sizeof text))
    return false;
  last = strrchr (text, ')');
  if (last == NULL || last[1] != ' ' || last[2] != 'Z')
    return false;
  *status = (int)strtol (strrchr (text, ' '), NULL, 10);
  return true;
}

static uint64_t
kibibytes_of (const char *text, const char *key)
{
  const char *at = strstr (text, key);

  return at != NULL ? strtoull (at + strlen (key), NULL, 10) << 10 : 0;
}

bool
tide_procfs_read_status (TideProcfs *self, uint64_t *swap_bytes, uint64_t *peak_bytes)
{
  char text[4096];

  if (!read_text (self->status, text, sizeof text))
    return false;
  *swap_bytes = kibibytes_of (text, "\nVmSwap:");
  *peak_bytes = kibibytes_of (text, "\nVmHWM:");
  return true;
}

/* The signals of a mask of /proc, as bits.  */
static uint64_t
signals_of (const char *text, const char *key)
{
  const char *at = strstr (text, key);

  return at != NULL ? strtoull (at + strlen (key), NULL, 16) : 0;
}

bool
tide_procfs_takes_signal (TideProcfs *self, int number)
{
  const uint64_t bit = 1ull << (number - 1);
  char text[4096];

  return read_text (self->status, text, sizeof text) && (signals_of (text, "\nSigCgt:") & bit) != 0
         && (signals_of (text, "\nSigBlk:") & bit) == 0;
}

bool
tide_procfs_read_cpu (TideProcfs *self, uint64_t *cpu_ns)
{
  struct timespec ts;
  clockid_t id;

  if (clock_getcpuclockid (self->pid, &id) != 0 || clock_gettime (id, &ts) != 0)
    return false;
  *cpu_ns = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
  return true;
}

uint64_t
tide_procfs_probe_unit (void)
{
  enum
  {
    N_PAGES = 128 /* twice the largest batch that a kernel is known to have */
  };
  const size_t page = (size_t)sysconf (_SC_PAGESIZE);
  uint64_t before, error = 1;
  int fd = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  char *pages = mmap (NULL, N_PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (fd >= 0 && pages != MAP_FAILED && read_pages (fd, &before))
    {
      madvise (pages, N_PAGES * page, MADV_NOHUGEPAGE);
      for (uint64_t i = 1; i <= N_PAGES; i++)
        {
          uint64_t now, behind;

          ((volatile char *)pages)[(i - 1) * page] = 1;
          if (!read_pages (fd, &now))
            break;
          behind = before + i > now ? before + i - now : 0;
          if (behind > error)
            error = behind;
        }
    }
  if (pages != MAP_FAILED)
    munmap (pages, N_PAGES * page);
  if (fd >= 0)
    close (fd);
  return error * page;
}
