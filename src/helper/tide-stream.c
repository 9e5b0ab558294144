#include "tide-stream.h"

#include <string.h>

void
tide_stream_init (TideStream *self, TideOutlet *outlet, uint16_t number)
{
  memset (self, 0, sizeof *self);
  self->outlet = outlet;
  self->number = number;
}

TideBuffer *
tide_stream_get_buffer (TideStream *self)
{
  return &self->outlet->buffer;
}

int64_t
tide_stream_stamp (TideStream *self, int64_t monotonic_ns)
{
  int64_t time_ns = monotonic_ns - self->outlet->clock_base_ns;

  if (time_ns > self->last_ns)
    self->last_ns = time_ns;
  return self->last_ns;
}

void
tide_stream_put_lost (TideStream *self, int64_t monotonic_ns)
{
  TideLost lost;

  if (self->lost_output == 0 && self->lost_frames == 0)
    return;
  lost.time_ns = tide_stream_stamp (self, monotonic_ns);
  if (self->lost_output > 0)
    {
      lost.kind = TIDE_LOST_OUTPUT;
      lost.count = self->lost_output;
      tide_put_lost (&self->outlet->buffer, self->number, &lost);
    }
  if (self->lost_frames > 0)
    {
      lost.kind = TIDE_LOST_FRAMES;
      lost.count = self->lost_frames;
      tide_put_lost (&self->outlet->buffer, self->number, &lost);
    }
  self->lost_output = self->lost_frames = 0;
}

void
tide_stream_put_output (TideStream *self, int64_t monotonic_ns, uint32_t descriptor, TideSlice bytes)
{
  TideOutput output = { .descriptor = descriptor, .bytes = bytes };

  if (!tide_outlet_is_open (self->outlet))
    return;
  if (!tide_outlet_has_room (self->outlet))
    {
      self->lost_output += bytes.length;
      return;
    }
  /* A gap stands where it is.  */
  tide_stream_put_lost (self, monotonic_ns);
  output.time_ns = tide_stream_stamp (self, monotonic_ns);
  tide_put_output (&self->outlet->buffer, self->number, &output);
}

void
tide_stream_put_sample (TideStream *self, const TideSample *sample)
{
  size_t before = self->outlet->buffer.length;

  tide_put_sample (&self->outlet->buffer, self->number, sample);
  if (tide_outlet_get_pending (self->outlet) >= TIDE_OUTLET_SAMPLE_LIMIT
      && tide_buffer_ok (&self->outlet->buffer))
    {
      self->lost_frames += self->outlet->buffer.length - before;
      self->outlet->buffer.length = before;
    }
}

void
tide_stream_put_message (TideStream *self, int64_t monotonic_ns, TideSeverity severity, const char *text)
{
  TideMessage message = { .severity = severity, .text = { text, strlen (text) } };

  message.time_ns = tide_stream_stamp (self, monotonic_ns);
  tide_put_message (&self->outlet->buffer, self->number, &message);
}

void
tide_stream_put_instrument (TideStream *self,
                            int64_t monotonic_ns,
                            TideInstrument instrument,
                            TideInstrumentState state,
                            uint64_t unit_bytes,
                            const char *reason)
{
  TideInstrumentInfo info = { .instrument = instrument, .state = state, .unit_bytes = unit_bytes };

  if (reason != NULL)
    info.reason = (TideSlice){ reason, strlen (reason) };
  info.time_ns = tide_stream_stamp (self, monotonic_ns);
  tide_put_instrument (&self->outlet->buffer, self->number, &info);
}
