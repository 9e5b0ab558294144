#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TIDE_PROCFS_MAX_PAGES 512u

/* What /proc says of one process.  The files stay open: a look is one pread.  */
typedef struct
{
  int pid;
  int statm;
  int stat;
  int status;
  int pagemap;
  bool cannot_scan; /* the kernel is too old to count pages in one call */
} TideProcfs;

typedef struct
{
  uint64_t minor_faults, major_faults;
  uint64_t child_faults; /* of children that were waited for */
  uint64_t user_ns, system_ns;
  uint32_t n_threads;
  uint64_t start_ns; /* CLOCK_BOOTTIME, by clock ticks */
  char state;        /* 'R', 'S', 'Z'... */
} TideProcStat;

void tide_procfs_init (TideProcfs *self, int pid);
void tide_procfs_finish (TideProcfs *self);

/* The process has executed another program, of whose memory tide_procfs_count_resident() is to tell.  */
void tide_procfs_reopen_memory (TideProcfs *self);

/* False once the process has no memory any more (0 pages are no measurement).  */
bool tide_procfs_read_rss (TideProcfs *self, uint64_t *pages);
/* How many of N_PAGES pages from ADDRESS on are resident; -1 when nobody says, as where N_PAGES is above
 * TIDE_PROCFS_MAX_PAGES.  */
int64_t tide_procfs_count_resident (TideProcfs *self, uint64_t address, uint64_t n_pages);
bool tide_procfs_read_stat (TideProcfs *self, TideProcStat *stat);
/* Bytes swapped out, and the highest RSS so far.  */
bool tide_procfs_read_status (TideProcfs *self, uint64_t *swap_bytes, uint64_t *peak_bytes);
/* Whether the main thread has a handler of its own for signal NUMBER, and does not block it.  */
bool tide_procfs_takes_signal (TideProcfs *self, int number);
/* CPU time of the process, exact to the nanosecond.  */
bool tide_procfs_read_cpu (TideProcfs *self, uint64_t *cpu_ns);

/* The wait status of a process that is a zombie, if we may know it.  */
bool tide_procfs_read_end (TideProcfs *self, int *status);

/* Reads an open /proc/.../stat of a process or thread.  */
bool tide_procfs_parse_stat (int fd, TideProcStat *stat);

/* By how much an RSS that is read may be behind: touches pages of our own and looks.  Kernels before 6.2 add
 * up 64 pages a thread before anybody sees them.  At least a page, in bytes.  */
uint64_t tide_procfs_probe_unit (void);
