#include "tide-join.h"

#include "tide-hello.h"
#include "tide-pidfd.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define EXIT_CANNOT 126

static void
put_hello (TideLoop *loop, TideStream *stream)
{
  TideHelloFacts facts = { .pid = (uint32_t)loop->pid,
                           .parent_pid = (uint32_t)getpid (),
                           .instruments = loop->options->instruments,
                           .start_ns = stream->outlet->clock_base_ns };

  tide_hello_put_running (stream, &facts);
}

/* Whoever waits may begin.  False: it is gone.  */
static bool
tell_ready (int fd)
{
  bool told = fd < 0 || write (fd, "1", 1) == 1;

  if (fd >= 0)
    close (fd);
  return told;
}

int
tide_join_run (TideLoop *loop, const TideOptions *options)
{
  TideShared shared = { .fd = -1 };
  TideMeasured *target;
  int64_t now_ns = tide_loop_now ();

  loop->options = options;
  loop->pid = options->pid;
  loop->child_fd = tide_pidfd_open (loop->pid);
  if (loop->child_fd < 0 || !tide_shared_join (&shared, options)
      || !tide_family_init (&loop->family, &loop->outlet, options->instruments, options->interval_ns))
    {
      fprintf (stderr, "pagetide-helper: process %d cannot be joined\n", options->pid);
      return EXIT_CANNOT;
    }
  target = tide_family_get_target (&loop->family);
  tide_outlet_init (&loop->outlet, options->frames_fd);
  tide_control_init (&loop->control, options->control_fd);
  tide_pump_init (&loop->pump);
  tide_broker_init (&loop->broker);
  loop->family.unit_bytes = tide_procfs_probe_unit ();
  tide_outlet_set_time (&loop->outlet, now_ns);
  tide_shared_close_fd (&shared);
  tide_family_welcome (&loop->family, now_ns);
  put_hello (loop, &target->stream);
  tide_stream_put_instrument (&target->stream, now_ns, TIDE_INSTRUMENT_SAMPLER, TIDE_STATE_ON,
                              loop->family.unit_bytes, NULL);
  tide_measured_start (target, loop->pid, &shared, options->instruments, true, now_ns);
  prctl (PR_SET_TIMERSLACK, 1000);
  tide_bell_start (&loop->bell, &target->shared.region->helper_idle);
  loop->ended = !tell_ready (options->ready_fd);
  tide_loop_run (loop);
  tide_family_finish (&loop->family);
  tide_broker_finish (&loop->broker);
  tide_pump_finish (&loop->pump);
  tide_control_finish (&loop->control);
  tide_outlet_finish (&loop->outlet);
  return EXIT_SUCCESS;
}
