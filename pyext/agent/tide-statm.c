#define _GNU_SOURCE
#include "tide-statm.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How many descriptors we may have at most above the program's limit, and how many of its own it must have
 * for us to be among them.  */
#define ROOM 16
/* From here on the table of descriptors would be large, which each fork copies.  */
#define MAX_LIMIT 4096u

static struct
{
  int fd;
  dev_t dev;
  ino_t ino;
} statm = { .fd = -1 };

/* These as system calls, since libc's are places where a thread that is cancelled ends, and ours may hold
 * the account's lock.  */
static int
open_statm (void)
{
  return (int)syscall (SYS_openat, AT_FDCWD, "/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

static ssize_t
read_statm (char *text, size_t size)
{
  return syscall (SYS_pread64, statm.fd, text, size, (off_t)0);
}

void
tide_descriptor_close (int fd)
{
  syscall (SYS_close, fd);
}

/* fstat() as a function is younger than the oldest libc that we serve.  */
static bool
identify (int fd, struct stat *st)
{
  return syscall (SYS_fstat, fd, st) == 0;
}

/* A number beyond the limit can be had while the limit is higher for a moment, and stays good after.  */
static int
raise_above_limit (int fd, const struct rlimit *limit)
{
  struct rlimit higher = { limit->rlim_cur + ROOM, limit->rlim_max };
  int raised;

  if (limit->rlim_cur >= MAX_LIMIT || higher.rlim_cur > limit->rlim_max
      || setrlimit (RLIMIT_NOFILE, &higher) != 0)
    return -1;
  raised = fcntl (fd, F_DUPFD_CLOEXEC, (int)limit->rlim_cur);
  setrlimit (RLIMIT_NOFILE, limit);
  return raised;
}

int
tide_descriptor_raise (int fd)
{
  struct rlimit limit;
  int raised = -1;

  if (fd < 0 || getrlimit (RLIMIT_NOFILE, &limit) != 0 || (rlim_t)fd >= limit.rlim_cur)
    return fd;
  raised = raise_above_limit (fd, &limit);
  if (raised < 0)
    {
      int floor = limit.rlim_cur < 1024 ? (int)limit.rlim_cur - 8 : 1000;

      if (floor <= fd)
        return fd;
      raised = fcntl (fd, F_DUPFD_CLOEXEC, floor);
    }
  if (raised < 0)
    return fd;
  tide_descriptor_close (fd);
  return raised;
}

bool
tide_statm_open (void)
{
  struct stat st;
  int fd = open_statm ();

  if (fd < 0)
    return false;
  fd = tide_descriptor_raise (fd);
  /* Down there each number is one that the program may miss.  */
  if (fd < ROOM || !identify (fd, &st))
    {
      tide_descriptor_close (fd);
      return false;
    }
  statm.fd = fd;
  statm.dev = st.st_dev;
  statm.ino = st.st_ino;
  return true;
}

static bool
is_ours (void)
{
  struct stat st;

  return statm.fd >= 0 && identify (statm.fd, &st) && st.st_dev == statm.dev && st.st_ino == statm.ino;
}

void
tide_statm_close (void)
{
  if (is_ours ())
    tide_descriptor_close (statm.fd);
  statm.fd = -1;
}

int64_t
tide_statm_read (void)
{
  char text[96];
  int64_t pages = 0;
  ssize_t n, i = 0;

  if (!is_ours () && !tide_statm_open ())
    return -1;
  n = read_statm (text, sizeof text);
  while (i < n && text[i] != ' ')
    i++;
  if (++i >= n)
    return -1;
  for (; i < n && text[i] >= '0' && text[i] <= '9'; i++)
    pages = pages * 10 + (text[i] - '0');
  return pages;
}

static int64_t
probe_lag (void)
{
  enum
  {
    N_PAGES = 64
  };
  size_t page_size = (size_t)sysconf (_SC_PAGESIZE);
  volatile char *pages =
      mmap (NULL, N_PAGES * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int64_t first, lag = 0;

  if (pages == MAP_FAILED)
    return 0;
  /* A huge page would come whole at the first touch.  */
  madvise ((void *)pages, N_PAGES * page_size, MADV_NOHUGEPAGE);
  first = tide_statm_read ();
  for (int i = 0; i < N_PAGES; i++)
    {
      int64_t missing;

      pages[(size_t)i * page_size] = 1;
      missing = i + 1 - (tide_statm_read () - first);
      if (lag < missing)
        lag = missing;
    }
  munmap ((void *)pages, N_PAGES * page_size);
  return lag;
}

int64_t
tide_statm_lag (void)
{
  static int64_t lag = -1;

  if (lag < 0)
    lag = probe_lag ();
  return lag;
}
