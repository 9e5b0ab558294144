/* A stand-in for pagetide-helper that emits events at a chosen rate, as a program that allocates wildly in
 * 20,000 functions would: so that the channel, the journal, the model and the window can be loaded without a
 * target.  Takes the helper's command line and heeds only
 * --frames FD; the environment says the rest:
 *
 *   FIREHOSE_RATE       events a second (1000000); 0: as fast as they are taken
 *   FIREHOSE_SECONDS    how long (6)
 *   FIREHOSE_FUNCTIONS  functions in all (20000)  */

#include "tide-frames.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 2000000
#define PAGE 4096

static uint64_t
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t
number (const char *name, uint64_t otherwise)
{
  const char *text = getenv (name);

  return text != NULL ? strtoull (text, NULL, 10) : otherwise;
}

/* Blocks, as no helper does: here the reader's speed is what is measured.  */
static void
flush (int fd, TideBuffer *buffer)
{
  size_t done = 0;

  if (!tide_buffer_ok (buffer))
    exit (3);
  while (done < buffer->length)
    {
      ssize_t n = write (fd, buffer->data + done, buffer->length - done);

      if (n < 0 && errno == EAGAIN)
        poll (&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
      else if (n < 0 && errno != EINTR)
        exit (0); /* nobody reads any more */
      else if (n > 0)
        done += (size_t)n;
    }
  tide_buffer_clear (buffer);
}

static TideSlice
slice (const char *text)
{
  return (TideSlice){ text, strlen (text) };
}

static void
define (TideBuffer *buffer, uint32_t n_functions)
{
  char text[64];

  tide_put_string (buffer, 0, slice ("/srv/firehose.py"));
  for (uint32_t i = 1; i <= n_functions; i++)
    {
      snprintf (text, sizeof text, "Module%u.function_%u", i / 50, i);
      tide_put_string (buffer, 0, slice (text));
      tide_put_code (buffer, 0, &(TideCodeInfo){ .file = 1, .name = i + 1, .first_line = i });
      /* A tree eight deep: each function is called by the one at an eighth of its number.  */
      tide_put_node (buffer, 0, &(TideNodeInfo){ .parent = i / 8, .code = i, .line = i + 3 });
    }
}

int
main (int argc, char **argv)
{
  static TideEvent events[TIDE_EVENTS_MAX_COUNT];
  const uint64_t rate = number ("FIREHOSE_RATE", 1000000), seconds = number ("FIREHOSE_SECONDS", 6);
  const uint32_t n_functions = (uint32_t)number ("FIREHOSE_FUNCTIONS", 20000);
  const TideSlice args[] = { slice ("firehose.py") };
  TideBuffer buffer;
  uint64_t start = now_ns (), made = 0, random = 88172645463325252u;
  uint64_t rss = 5000;
  int fd = -1;

  for (int i = 1; i + 1 < argc; i++)
    if (strcmp (argv[i], "--frames") == 0)
      fd = atoi (argv[i + 1]);
  if (fd < 0)
    {
      fprintf (stderr, "firehose: no --frames FD\n");
      return 2;
    }
  signal (SIGPIPE, SIG_IGN);
  tide_buffer_init (&buffer);
  tide_put_hello (&buffer, 0,
                  &(TideHello){ .pid = (uint32_t)getpid (),
                                .parent_pid = (uint32_t)getppid (),
                                .page_size = PAGE,
                                .clock_base_ns = start,
                                .start_wall_ns = (uint64_t)time (NULL) * 1000000000u,
                                .instruments = TIDE_INSTRUMENT_SAMPLER | TIDE_INSTRUMENT_EVENTS,
                                .producer = slice ("firehose"),
                                .executable = slice ("/usr/bin/firehose"),
                                .directory = slice ("/srv"),
                                .host = slice ("localhost") },
                  args, 1);
  tide_put_python (&buffer, 0, &(TidePythonInfo){ .version_hex = 0x030b02f0, .version = slice ("3.11.2") });
  define (&buffer, n_functions);
  flush (fd, &buffer);

  for (uint64_t t = 0; t < seconds * 1000000000u; t = now_ns () - start)
    {
      uint64_t due = rate == 0 ? made + TIDE_EVENTS_MAX_COUNT : t * rate / 1000000000u;

      while (made < due)
        {
          uint32_t n = due - made < TIDE_EVENTS_MAX_COUNT ? (uint32_t)(due - made) : TIDE_EVENTS_MAX_COUNT;

          for (uint32_t i = 0; i < n; i++)
            {
              int64_t delta;

              random ^= random << 13;
              random ^= random >> 7;
              random ^= random << 17;
              /* Drifts upwards, with falls.  */
              delta = (int64_t)(random % 9) - 3;
              if ((int64_t)rss + delta < 1000 || rss > 500000)
                delta = rss > 500000 ? -400000 : 8;
              rss = (uint64_t)((int64_t)rss + delta);
              events[i] = (TideEvent){ .time_ns = (int64_t)t + i,
                                       .delta_pages = delta,
                                       .rss_pages = rss,
                                       .node = 1 + (uint32_t)(random >> 20) % n_functions,
                                       .source = TIDE_SOURCE_ALLOC };
            }
          tide_put_events (&buffer, 0, events, n);
          made += n;
        }
      flush (fd, &buffer);
      if (rate != 0)
        nanosleep (&(struct timespec){ .tv_nsec = TICK_NS }, NULL);
    }
  tide_put_bye (&buffer, 0, &(TideBye){ .time_ns = (int64_t)(now_ns () - start), .kind = TIDE_END_EXITED });
  flush (fd, &buffer);
  tide_buffer_finish (&buffer);
  return 0;
}
