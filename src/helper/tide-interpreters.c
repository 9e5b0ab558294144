#include "tide-interpreters.h"

#include <stdio.h>

/* Words for which there is room in a sentence of 240.  */
static const struct
{
  TideInstrument bit;
  const char *name;
} names[] = {
  { TIDE_INSTRUMENT_CALLS, "calls" },
  { TIDE_INSTRUMENT_LINES, "lines" },
  { TIDE_INSTRUMENT_GC, "collections" },
};

static void
put (TideStream *stream, int64_t now_ns, uint32_t n, uint32_t blind, bool last)
{
  char text[240];
  size_t length;

  length = (size_t)snprintf (text, sizeof text, "The program has made %u subinterpreter%s%s, in which ", n,
                             n == 1 ? "" : "s", last ? " in all" : " so far");
  for (size_t i = 0, n_told = 0; i < sizeof names / sizeof names[0]; i++)
    if (blind & (uint32_t)names[i].bit)
      length += (size_t)snprintf (text + length, sizeof text - length, "%s%s", n_told++ == 0 ? "" : " and ",
                                  names[i].name);
  snprintf (text + length, sizeof text - length, " are not measured.");
  tide_stream_put_message (stream, now_ns, TIDE_SEVERITY_WARNING, text);
}

void
tide_interpreters_follow (
    TideInterpreters *self, const TideRegion *region, TideStream *stream, int64_t now_ns, bool last)
{
  uint32_t n = atomic_load_explicit (&region->n_subinterpreters, memory_order_relaxed), blind = 0;

  for (size_t i = 0; n > 0 && i < sizeof names / sizeof names[0]; i++)
    if (region->main_only & (uint32_t)names[i].bit
        && region->instruments[tide_instrument_index (names[i].bit)].state == TIDE_STATE_ON)
      blind |= (uint32_t)names[i].bit;
  if (blind & ~self->told)
    {
      self->told |= blind;
      self->n_told = n;
      put (stream, now_ns, n, self->told, last);
    }
  else if (last && self->told && n > self->n_told)
    {
      self->n_told = n;
      put (stream, now_ns, n, self->told, true);
    }
}
