#include "tide-outlet.h"

#include "tide-clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* A reader that sleeps for a second must not cost us anything.  */
#define PIPE_SIZE (1 << 20)
/* Moving the rest of the buffer down costs less than writing it, once this much was written.  */
#define COMPACT_AT (1u << 18)
/* So much waits for so long at most.  */
#define WAIT_BYTES 4096u
#define WAIT_NS 8000000

void
tide_outlet_init (TideOutlet *self, int fd)
{
  int flags;

  memset (self, 0, sizeof *self);
  tide_buffer_init (&self->buffer);
  self->fd = fd;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  flags = fcntl (fd, F_GETFL);
  if (flags >= 0)
    fcntl (fd, F_SETFL, flags | O_NONBLOCK);
  /* Refused above the limit of an ordinary user, and on what is no pipe: then it stays as it is.  */
  fcntl (fd, F_SETPIPE_SZ, PIPE_SIZE);
}

void
tide_outlet_finish (TideOutlet *self)
{
  tide_outlet_close (self);
  tide_buffer_finish (&self->buffer);
}

void
tide_outlet_set_time (TideOutlet *self, int64_t start_ns)
{
  self->clock_base_ns = start_ns;
  self->start_wall_ns =
      tide_clock_ns (CLOCK_REALTIME) - (tide_clock_ns (CLOCK_MONOTONIC) - (uint64_t)start_ns);
}

bool
tide_outlet_is_open (const TideOutlet *self)
{
  return self->fd >= 0;
}

size_t
tide_outlet_get_pending (const TideOutlet *self)
{
  return self->buffer.length - self->sent;
}

bool
tide_outlet_has_room (const TideOutlet *self)
{
  return tide_outlet_get_pending (self) < TIDE_OUTLET_OUTPUT_LIMIT;
}

void
tide_outlet_close (TideOutlet *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->sent = 0;
  tide_buffer_clear (&self->buffer);
}

bool
tide_outlet_can_wait (const TideOutlet *self, int64_t now_ns, int64_t next_ns)
{
  return tide_outlet_get_pending (self) < WAIT_BYTES && now_ns - self->flushed_ns < WAIT_NS
         && next_ns - self->flushed_ns <= WAIT_NS;
}

void
tide_outlet_flush (TideOutlet *self, int64_t now_ns)
{
  self->flushed_ns = now_ns;
  if (self->fd < 0 || !tide_buffer_ok (&self->buffer))
    {
      tide_outlet_close (self);
      return;
    }
  while (self->sent < self->buffer.length)
    {
      ssize_t n = write (self->fd, self->buffer.data + self->sent, self->buffer.length - self->sent);

      if (n > 0)
        self->sent += (size_t)n;
      else if (n < 0 && errno == EINTR)
        continue;
      else if (n < 0 && errno == EAGAIN)
        break;
      else
        {
          tide_outlet_close (self);
          return;
        }
    }
  if (self->sent == self->buffer.length || self->sent >= COMPACT_AT)
    {
      tide_buffer_consume (&self->buffer, self->sent);
      self->sent = 0;
    }
}

void
tide_outlet_drain (TideOutlet *self, int timeout_ms)
{
  tide_outlet_flush (self, (int64_t)tide_clock_ns (CLOCK_MONOTONIC));
  while (self->fd >= 0 && tide_outlet_get_pending (self) > 0)
    {
      struct pollfd p = { .fd = self->fd, .events = POLLOUT };
      int n = poll (&p, 1, timeout_ms);

      if (n == 0 || (n < 0 && errno != EINTR))
        break;
      tide_outlet_flush (self, (int64_t)tide_clock_ns (CLOCK_MONOTONIC));
    }
}
