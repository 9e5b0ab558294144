/* no-perf [--no-readv] PROGRAM [ARG…]: runs PROGRAM where perf_event_open is refused, as in most containers
 * and with perf_event_paranoid = 3; --no-readv: process_vm_readv as well, as older containers do.  */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int
main (int argc, char **argv)
{
  bool no_readv = argc > 1 && strcmp (argv[1], "--no-readv") == 0;
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 1, 0),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, no_readv ? SYS_process_vm_readv : SYS_perf_event_open, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { .len = sizeof filter / sizeof filter[0], .filter = filter };

  argc -= no_readv;
  argv += no_readv;
  if (argc < 2)
    {
      fprintf (stderr, "usage: no-perf [--no-readv] PROGRAM [ARG...]\n");
      return 2;
    }
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
      || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    {
      fprintf (stderr, "no-perf: cannot install the filter: %s\n", strerror (errno));
      return 1;
    }
  execvp (argv[1], argv + 1);
  fprintf (stderr, "no-perf: cannot run %s: %s\n", argv[1], strerror (errno));
  return 127;
}
