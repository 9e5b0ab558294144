#define _GNU_SOURCE
#include "tide-stack.h"
#include "tide-codes.h"
#include "tide-python.h"
#include "tide-ring.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where glibc keeps it, it is there for a load; a system call in each look would be a tenth of it.  */
static uint32_t
own_tid (const TidePythonLayout *layout)
{
  if (layout->pthread_tid < 0)
    return (uint32_t)syscall (SYS_gettid);
  return *(const uint32_t *)((const char *)pthread_self () + layout->pthread_tid);
}

bool
tide_stack_capture (TideStack *self, const TidePythonLayout *layout, const void *freed)
{
  void *tstate = layout->code_type ? tide_py.PyGILState_GetThisThreadState () : NULL;
  uint64_t frame = 0;

  self->tid = own_tid (layout);
  self->n_frames = 0;
  self->truncated = false;
  if (!tstate || tstate == freed)
    return true;
  tide_pylayout_top (layout, tide_codes_peek, NULL, (uint64_t)(uintptr_t)tstate, &frame);
  while (frame)
    {
      TidePyFrame read;
      uint32_t id = 0;

      if (self->n_frames == TIDE_RECORD_MAX_FRAMES)
        {
          self->truncated = true;
          break;
        }
      tide_pylayout_frame (layout, tide_codes_peek, NULL, frame, &read);
      if (read.code && !tide_codes_id (layout, read.code, false, &id))
        return false;
      if (id)
        self->frames[self->n_frames++] = (TideRecordFrame){ .code = id, .offset = read.offset };
      frame = read.previous;
    }
  return true;
}

void
tide_stack_write (const TideStack *self, TideSource source, uint64_t time_ns, int64_t delta, int64_t rss)
{
  size_t frames_size = self->n_frames * sizeof (TideRecordFrame);
  TideEventRecord *event = tide_ring_reserve (sizeof *event + frames_size, TIDE_RECORD_EVENT);

  /* Room was asked for before the difference was taken.  */
  if (!event)
    return;
  event->time_ns = time_ns;
  event->delta_pages = delta;
  event->rss_pages = (uint64_t)rss;
  event->tid = self->tid;
  event->source = (uint8_t)source;
  event->truncated = self->truncated;
  event->n_frames = self->n_frames;
  memcpy (event->frames, self->frames, frames_size);
  tide_ring_commit ();
}
