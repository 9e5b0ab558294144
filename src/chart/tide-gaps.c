#include "config.h"

#include "tide-gaps.h"

/* Index of the first note at or after TIME_NS.  */
static gsize
first_note_at (TideProcess *process, gint64 time_ns)
{
  gsize low = 0, high = tide_process_get_n_notes (process);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (tide_process_get_note (process, middle)->time_ns < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The pause that has begun before the note at INDEX and not ended: its begin, or -1.  */
static gint64
open_pause_before (TideProcess *process, gsize index)
{
  gint64 begin = -1;

  while (index-- > 0)
    {
      const TideNote *note = tide_process_get_note (process, index);

      if (note->kind != TIDE_NOTE_PAUSE)
        continue;
      if (note->value == 0)
        break;
      begin = note->time_ns;
    }
  return begin;
}

/* Events were lost between the last thing that came before the note and the note.  */
static gint64
begin_of_loss (TideProcess *process, gint64 time_ns)
{
  TideSeries *rss = tide_process_get_rss (process);
  gsize n_before = tide_series_count_before (rss, time_ns, FALSE);
  gint64 begin, value;

  if (n_before == 0 || !tide_series_get (rss, n_before - 1, &begin, &value))
    return time_ns;
  return begin;
}

static void
add_loss (GArray *gaps, TideProcess *process, const TideNote *note, gint64 merge_ns)
{
  TideGap *before = gaps->len > 0 ? &g_array_index (gaps, TideGap, gaps->len - 1) : NULL;
  TideGap gap = { TIDE_GAP_LOST, { 0, note->time_ns }, MAX (note->value, 0) };

  if (before != NULL && before->kind == TIDE_GAP_LOST && note->time_ns - before->span.end_ns <= merge_ns)
    {
      before->span.end_ns = note->time_ns;
      before->n_lost += MIN (gap.n_lost, G_MAXINT64 - before->n_lost);
      return;
    }
  gap.span.begin_ns = begin_of_loss (process, note->time_ns);
  g_array_append_val (gaps, gap);
}

GArray *
tide_gaps_collect (TideProcess *process, TideSpan visible, gint64 merge_ns)
{
  GArray *gaps = g_array_new (FALSE, FALSE, sizeof (TideGap));
  gsize n_notes = tide_process_get_n_notes (process);
  gsize index = first_note_at (process, visible.begin_ns);
  gint64 paused_at = open_pause_before (process, index);

  for (; index < n_notes; index++)
    {
      const TideNote *note = tide_process_get_note (process, index);

      if (note->time_ns >= visible.end_ns)
        break;
      if (note->kind == TIDE_NOTE_LOST)
        add_loss (gaps, process, note, merge_ns);
      else if (note->kind == TIDE_NOTE_PAUSE && note->value != 0 && paused_at < 0)
        paused_at = note->time_ns;
      else if (note->kind == TIDE_NOTE_PAUSE && note->value == 0 && paused_at >= 0)
        {
          TideGap gap = { TIDE_GAP_PAUSE, { paused_at, note->time_ns }, 0 };

          g_array_append_val (gaps, gap);
          paused_at = -1;
        }
    }
  if (paused_at >= 0)
    {
      TideGap gap = { TIDE_GAP_PAUSE,
                      { paused_at, MIN (tide_process_get_last_time (process), visible.end_ns) },
                      0 };

      g_array_append_val (gaps, gap);
    }
  return gaps;
}

gboolean
tide_gaps_is_paused (TideProcess *process, gint64 time_ns)
{
  return time_ns < G_MAXINT64 && open_pause_before (process, first_note_at (process, time_ns + 1)) >= 0;
}
