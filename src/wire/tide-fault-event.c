#define _GNU_SOURCE
#include "tide-fault-event.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

int
tide_fault_event_open (pid_t tid, uint64_t period)
{
  struct perf_event_attr attr = {
    .type = PERF_TYPE_SOFTWARE,
    .size = sizeof attr,
    .config = PERF_COUNT_SW_PAGE_FAULTS,
    .sample_period = period,
    .sample_type = PERF_SAMPLE_ADDR,
    .exclude_kernel = 1,
    .exclude_hv = 1,
    .sigtrap = 1,
    .remove_on_exec = 1,
    .inherit = 1,
    .inherit_thread = 1,
    .disabled = 1,
  };

  return (int)syscall (SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}
