#include "config.h"

#include "tide-span-control.h"

#include <math.h>

/* What is seen is never shorter than this, also of no data at all: views divide by it.  */
static gint64
data_end (const TideSpanControl *self)
{
  return MAX (self->end_ns, TIDE_SPAN_MIN_LENGTH);
}

/* Shows a window of LENGTH that begins at BEGIN, as far as the data lets it.  */
static void
place (TideSpanControl *self, gint64 begin_ns, gint64 length_ns)
{
  gint64 end_ns = data_end (self);

  length_ns = CLAMP (length_ns, TIDE_SPAN_MIN_LENGTH, end_ns);
  begin_ns = CLAMP (begin_ns, 0, end_ns - length_ns);
  self->visible = (TideSpan){ begin_ns, begin_ns + length_ns };
}

/* After the person moved: what is shown is what is wanted.  */
static void
settle (TideSpanControl *self)
{
  gint64 length_ns = self->visible.end_ns - self->visible.begin_ns;

  self->follow = self->follow && self->live && self->visible.end_ns >= data_end (self);
  /* Young data that is seen whole says nothing of the length that is wanted of the grown.  */
  if (!self->follow || self->fit || self->visible.begin_ns > 0 || self->length_ns < length_ns)
    self->length_ns = length_ns;
  self->fit = FALSE;
}

void
tide_span_control_init (TideSpanControl *self, gboolean live)
{
  *self = (TideSpanControl){ .live = live, .follow = live, .fit = !live, .length_ns = TIDE_SPAN_LIVE_LENGTH };
  place (self, 0, 0);
}

void
tide_span_control_grow (TideSpanControl *self, gint64 end_ns)
{
  if (end_ns <= self->end_ns)
    return;
  self->end_ns = end_ns;
  if (self->fit)
    place (self, 0, end_ns);
  else if (self->follow)
    place (self, data_end (self) - self->length_ns, self->length_ns);
  else
    /* The data may have been too short for the least window.  */
    place (self, self->visible.begin_ns, self->visible.end_ns - self->visible.begin_ns);
}

void
tide_span_control_stop (TideSpanControl *self)
{
  self->live = FALSE;
  self->follow = FALSE;
}

TideSpan
tide_span_control_clamp (const TideSpanControl *self, TideSpan span)
{
  gint64 begin_ns = MIN (span.begin_ns, span.end_ns), end_ns = MAX (span.begin_ns, span.end_ns);

  begin_ns = CLAMP (begin_ns, 0, MAX (self->end_ns, 0));
  end_ns = CLAMP (end_ns, 0, MAX (self->end_ns, 0));
  return (TideSpan){ begin_ns, end_ns };
}

void
tide_span_control_set_visible (TideSpanControl *self, TideSpan span)
{
  TideSpan clamped = tide_span_control_clamp (self, span);

  place (self, clamped.begin_ns, clamped.end_ns - clamped.begin_ns);
  settle (self);
}

void
tide_span_control_zoom (TideSpanControl *self, gint64 at_ns, double factor)
{
  gint64 length_ns = self->visible.end_ns - self->visible.begin_ns;
  double share, wanted;

  if (!isfinite (factor) || factor <= 0)
    return;
  at_ns = CLAMP (at_ns, self->visible.begin_ns, self->visible.end_ns);
  share = (double)(at_ns - self->visible.begin_ns) / (double)length_ns;
  wanted = CLAMP ((double)length_ns * factor, (double)TIDE_SPAN_MIN_LENGTH, (double)data_end (self));
  length_ns = llround (wanted);
  place (self, at_ns - llround (share * wanted), length_ns);
  settle (self);
}

void
tide_span_control_pan (TideSpanControl *self, gint64 by_ns)
{
  gint64 end_ns = data_end (self);

  /* Further than the data is long is no further; and sums cannot overflow.  */
  by_ns = CLAMP (by_ns, -end_ns, end_ns);
  place (self, self->visible.begin_ns + by_ns, self->visible.end_ns - self->visible.begin_ns);
  settle (self);
}

void
tide_span_control_fit (TideSpanControl *self)
{
  self->fit = TRUE;
  self->follow = self->live;
  place (self, 0, data_end (self));
}

void
tide_span_control_set_follow (TideSpanControl *self, gboolean follow)
{
  self->follow = follow && self->live;
  if (!self->follow)
    {
      self->fit = self->fit && !self->live;
      if (!self->fit)
        self->length_ns = self->visible.end_ns - self->visible.begin_ns;
      return;
    }
  if (!self->fit)
    place (self, data_end (self) - self->length_ns, self->length_ns);
}
