#include "config.h"

#include "tide-life.h"

#include "tide-digest.h"

/* More events than any start or end of an interpreter has; a recording may say otherwise.  */
#define MAX_EDGE_EVENTS 65536
/* So many more events of others than of the shutdown, counted from the end, and there is none before.  */
#define MAX_OTHERS 64

/* RSS at the begin of the program: what came before, while the interpreter started, is told by events of
 * their own at the very beginning.  */
static gint64
find_begin (TideProcess *process, gint64 *rss)
{
  gsize n = MIN (tide_process_get_n_events (process), MAX_EDGE_EVENTS), i = 0;
  gint64 time_ns = 0;

  while (i < n && tide_process_get_event (process, i)->source == TIDE_RSS_SOURCE_START)
    i++;
  if (i > 0)
    {
      time_ns = tide_process_get_event (process, i - 1)->time_ns;
      *rss = tide_process_get_event (process, i - 1)->rss_bytes;
    }
  else if (!tide_series_get (tide_process_get_rss (process), 0, &time_ns, rss))
    *rss = 0;
  return time_ns;
}

/* The first event of the shutdown, NULL: there is none.  Threads that go on, and what the kernel books late,
 * put events of others among its own: it begins where, from there on, half of them are its own.  */
static const TideRssEvent *
find_shutdown (TideProcess *process)
{
  gsize n = tide_process_get_n_events (process), n_own = 0, n_others = 0;
  const TideRssEvent *first = NULL;

  for (gsize i = n; i > 0 && n - i < MAX_EDGE_EVENTS && n_others <= n_own + MAX_OTHERS; i--)
    {
      const TideRssEvent *event = tide_process_get_event (process, i - 1);

      if (event->source != TIDE_RSS_SOURCE_SHUTDOWN)
        n_others++;
      else if (++n_own >= n_others)
        first = event;
    }
  return first;
}

gboolean
tide_life_init (TideLife *self, TideProcess *process)
{
  TideSeries *series = tide_process_get_rss (process);
  gsize length = tide_series_get_length (series);
  const TideRssEvent *shutdown;

  *self = (TideLife){ 0 };
  if (length == 0)
    return FALSE;
  self->span.begin_ns = find_begin (process, &self->begin_rss);
  tide_series_get (series, length - 1, &self->span.end_ns, &self->end_rss);
  self->span.end_ns = MAX (self->span.end_ns, tide_process_get_last_time (process));
  shutdown = find_shutdown (process);
  self->shutdown = shutdown != NULL;
  if (shutdown != NULL)
    {
      self->span.end_ns = MAX (shutdown->time_ns, self->span.begin_ns);
      if (__builtin_sub_overflow (shutdown->rss_bytes, shutdown->delta_bytes, &self->end_rss))
        self->end_rss = shutdown->rss_bytes;
    }
  return TRUE;
}
