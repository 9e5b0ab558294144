#include "tide-calls-private.h"
#include "tide-python.h"

#include <stdio.h>

TideCallsState tide_calls_state;

static const TideCallsSource *_Atomic source;

bool
tide_calls_start (const TideCallsSink *sink, const TidePythonLayout *layout, char *reason, size_t size)
{
  const TideCallsSource *wanted =
      tide_python_has_monitoring () ? &tide_calls_by_monitor : &tide_calls_by_threads;

  reason[0] = '\0';
  if (source && !tide_calls_state.retired)
    {
      snprintf (reason, size, "Every call is told already, to an instrument or to a log of cPyMemTrace.");
      return false;
    }
  tide_calls_state.sink = *sink;
  tide_calls_state.thread = pthread_self ();
  if (!wanted->start (layout, reason, size))
    return false;
  source = wanted;
  atomic_store (&tide_calls_state.open, sink->kinds);
  return true;
}

void
tide_calls_silence (void)
{
  atomic_store (&tide_calls_state.open, 0);
}

void
tide_calls_take_away (void)
{
  const TideCallsSource *telling = atomic_load (&source);

  tide_calls_state.retired = false;
  if (telling)
    telling->stop ();
  atomic_store (&source, NULL);
}

void
tide_calls_stop (void)
{
  tide_calls_silence ();
  tide_calls_take_away ();
}

void
tide_calls_retire (void)
{
  tide_calls_silence ();
  tide_calls_state.retired = source != NULL;
}

const char *
tide_calls_check (void)
{
  const TideCallsSource *telling = atomic_load (&source);

  /* An interpreter that takes itself apart takes the functions out of its thread states by itself.  */
  if (tide_py.is_finalizing && tide_py.is_finalizing ())
    return NULL;
  return telling && telling->check ? telling->check () : NULL;
}

bool
tide_calls_are_told (void)
{
  return atomic_load_explicit (&tide_calls_state.open, memory_order_relaxed) != 0;
}

bool
tide_calls_can_be_replaced (void)
{
  const TideCallsSource *telling = atomic_load (&source);

  return telling && telling->check;
}

int
tide_calls_line (const TideCallsEvent *event)
{
  int line = event->line ? event->line : tide_py.PyCode_Addr2Line (event->code, event->offset);

  return line < 0 ? 0 : line;
}
