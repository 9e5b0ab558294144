#include "tide-control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void
tide_control_init (TideControl *self, int fd)
{
  self->fd = fd;
  self->length = 0;
  if (fd >= 0)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
}

void
tide_control_finish (TideControl *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
tide_control_read (TideControl *self)
{
  struct pollfd p = { .fd = self->fd, .events = POLLIN };

  /* Not O_NONBLOCK: the other end may be the same open file.  */
  while (self->fd >= 0 && self->length < sizeof self->data && poll (&p, 1, 0) > 0)
    {
      ssize_t n = read (self->fd, self->data + self->length, sizeof self->data - self->length);

      if (n > 0)
        self->length += (size_t)n;
      else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        tide_control_finish (self);
      else
        break;
    }
}

static TideControlCommand
decode (const TideFrameHeader *header, TideSlice payload)
{
  TideControlCommand command = { .kind = TIDE_CONTROL_NOTHING, .stream = header->stream };
  uint32_t number;
  bool suspend;

  switch (header->type)
    {
    case TIDE_FRAME_SIGNAL:
      if (tide_get_signal (payload, &number) && number > 0 && number < NSIG)
        {
          command.kind = TIDE_CONTROL_SIGNAL;
          command.signal_number = (int)number;
        }
      break;
    case TIDE_FRAME_SUSPEND:
      if (tide_get_suspend (payload, &suspend))
        command.kind = suspend ? TIDE_CONTROL_SUSPEND : TIDE_CONTROL_RESUME;
      break;
    case TIDE_FRAME_DETACH:
      command.kind = TIDE_CONTROL_DETACH;
      break;
    case TIDE_FRAME_SWITCH:
      if (tide_get_switch (payload, &command.wish))
        command.kind = TIDE_CONTROL_SWITCH;
      break;
    case TIDE_FRAME_BUDGET:
      if (tide_get_budget (payload, &command.thousandths))
        command.kind = TIDE_CONTROL_BUDGET;
      break;
    default:
      break;
    }
  return command;
}

TideControlCommand
tide_control_next (TideControl *self)
{
  TideControlCommand command = { .kind = TIDE_CONTROL_NOTHING };

  while (command.kind == TIDE_CONTROL_NOTHING)
    {
      TideFrameHeader header;
      TidePeek peek = tide_frame_peek (self->data, self->length, &header);
      size_t size;

      if (peek == TIDE_PEEK_FRAME)
        {
          const char *payload = (const char *)self->data + TIDE_WIRE_HEADER_SIZE;

          command = decode (&header, (TideSlice){ payload, header.length });
          size = TIDE_WIRE_HEADER_SIZE + header.length;
          self->length -= size;
          memmove (self->data, self->data + size, self->length);
          continue;
        }
      if (peek == TIDE_PEEK_BAD || self->length == sizeof self->data)
        {
          self->length = 0;
          tide_control_finish (self);
        }
      break;
    }
  return command;
}
