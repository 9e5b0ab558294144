#include "config.h"

#include "tide-control.h"
#include "tide-frames.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct _TideControl
{
  int fd; /* -1: the other end is gone */
  TideBuffer buffer;
};

TideControl *
tide_control_new (int fd)
{
  TideControl *self = g_new (TideControl, 1);

  self->fd = fd;
  tide_buffer_init (&self->buffer);
  return self;
}

static void
give_up (TideControl *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
tide_control_free (TideControl *self)
{
  give_up (self);
  tide_buffer_finish (&self->buffer);
  g_free (self);
}

static void
flush (TideControl *self)
{
  while (self->fd >= 0 && tide_buffer_ok (&self->buffer) && self->buffer.length > 0)
    {
      gssize n = send (self->fd, self->buffer.data, self->buffer.length, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n > 0)
        tide_buffer_consume (&self->buffer, n);
      else if (n < 0 && errno == EINTR)
        continue;
      else
        /* A stuck helper has hundreds of frames unread: half a frame more would be the end of sense.  */
        give_up (self);
    }
  tide_buffer_clear (&self->buffer);
}

void
tide_control_send_signal (TideControl *self, int signal_number)
{
  tide_put_signal (&self->buffer, 0, (uint32_t)signal_number);
  flush (self);
}

void
tide_control_send_suspend (TideControl *self, gboolean suspend)
{
  tide_put_suspend (&self->buffer, 0, suspend);
  flush (self);
}

void
tide_control_send_detach (TideControl *self)
{
  tide_put_detach (&self->buffer, 0);
  flush (self);
}

void
tide_control_send_switch (TideControl *self, guint stream, const TideSwitch *wish)
{
  tide_put_switch (&self->buffer, (guint16)stream, wish);
  flush (self);
}

void
tide_control_send_budget (TideControl *self, guint thousandths)
{
  tide_put_budget (&self->buffer, TIDE_STREAM_ALL, thousandths);
  flush (self);
}
