#include "tide-pump.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One stream that never ends must not keep us from looking at memory.  */
#define MAX_CHUNKS 8

/* How long the last words are waited for when nothing comes, and how often more of them are taken.  */
#define LAST_WORDS_MS 100
#define LAST_ROUNDS 64

void
tide_pump_init (TidePump *self)
{
  for (int i = 0; i < 2; i++)
    self->master[i] = self->slave[i] = -1;
}

static bool
open_pair (int *master, int *slave)
{
  struct termios mode;
  char name[128];

  *master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (*master < 0 || grantpt (*master) < 0 || unlockpt (*master) < 0
      || ptsname_r (*master, name, sizeof name) != 0)
    return false;
  /* Nobody's controlling terminal: its end must not hang the target up.  */
  *slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0)
    return false;
  if (tcgetattr (*slave, &mode) == 0)
    {
      /* Bytes as they were written: no carriage returns.  */
      mode.c_oflag &= ~(tcflag_t)OPOST;
      mode.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
      tcsetattr (*slave, TCSANOW, &mode);
    }
  return true;
}

bool
tide_pump_open (TidePump *self)
{
  for (int i = 0; i < 2; i++)
    if (!open_pair (&self->master[i], &self->slave[i]))
      return false;
  return true;
}

void
tide_pump_close_slaves (TidePump *self)
{
  for (int i = 0; i < 2; i++)
    {
      if (self->slave[i] >= 0)
        close (self->slave[i]);
      self->slave[i] = -1;
    }
}

void
tide_pump_finish (TidePump *self)
{
  tide_pump_close_slaves (self);
  for (int i = 0; i < 2; i++)
    {
      if (self->master[i] >= 0)
        close (self->master[i]);
      self->master[i] = -1;
    }
}

static void
run_one (TidePump *self, int which, TideStream *stream, int64_t now_ns)
{
  for (int round = 0; round < MAX_CHUNKS && self->master[which] >= 0; round++)
    {
      size_t filled = 0;
      bool more = true;

      /* A terminal gives at most 4 KiB at a time.  */
      while (more && filled < TIDE_PUMP_CHUNK)
        {
          ssize_t n = read (self->master[which], self->chunk + filled, TIDE_PUMP_CHUNK - filled);

          if (n > 0)
            filled += (size_t)n;
          else if (n < 0 && errno == EINTR)
            continue;
          else
            {
              more = false;
              /* EIO: nobody holds the other end any more.  */
              if (n == 0 || errno != EAGAIN)
                {
                  close (self->master[which]);
                  self->master[which] = -1;
                }
            }
        }
      if (filled > 0)
        tide_stream_put_output (stream, now_ns, (uint32_t)which + 1, (TideSlice){ self->chunk, filled });
      if (!more)
        break;
    }
}

void
tide_pump_run (TidePump *self, TideStream *stream, int64_t now_ns)
{
  for (int i = 0; i < 2; i++)
    run_one (self, i, stream, now_ns);
}

/* Our own hold on the other ends lasts until here: with the last holder of a terminal go the bytes that
 * nobody has read yet, now and then (the kernel looks for bytes first, and for the hang-up after that). While
 * it is held, nothing to read means that nothing is left of what the program wrote.  Then a child that it
 * left behind may still write, for ever.  */
void
tide_pump_drain (TidePump *self, TideStream *stream, int64_t now_ns)
{
  struct pollfd p[2];

  tide_pump_run (self, stream, now_ns);
  tide_pump_close_slaves (self);
  for (int round = 0; round < LAST_ROUNDS; round++)
    {
      tide_pump_run (self, stream, now_ns);
      p[0] = (struct pollfd){ .fd = self->master[0], .events = POLLIN };
      p[1] = (struct pollfd){ .fd = self->master[1], .events = POLLIN };
      if ((p[0].fd < 0 && p[1].fd < 0) || poll (p, 2, LAST_WORDS_MS) <= 0)
        break;
    }
}
