#include "tide-call-sums.h"

#include "tide-process-private.h"

/* How often the query looks whether it is still wanted.  */
#define CHECK_MASK 0xffffu

static gboolean
sum_range (TideProcess *process, TideSpan span, gint64 *sums, guint32 n_codes, GCancellable *cancellable)
{
  const TideColumn *rises = &process->call_rises;
  gsize begin = tide_column_count_before (rises, span.begin_ns);
  gsize end = tide_column_count_before (rises, span.end_ns);

  if (tide_column_get_length (rises) == rises->limit)
    return FALSE;
  for (guint32 function = 0; function <= n_codes; function++)
    sums[function] = 0;
  for (gsize i = begin; i < end; i++)
    {
      const TideCallRise *rise = tide_column_at (rises, i);

      /* Not code that came after the codes were counted.  */
      if (rise->function <= n_codes)
        sums[rise->function] = tide_add_saturated (sums[rise->function], rise->n);
      if ((i & CHECK_MASK) == CHECK_MASK && cancellable != NULL && g_cancellable_is_cancelled (cancellable))
        return FALSE;
    }
  return TRUE;
}

gboolean
tide_call_sums (TideProcess *process, TideSpan span, gint64 *sums, guint32 n_codes, GCancellable *cancellable)
{
  if (n_codes == 0 || tide_process_get_n_calls_of (process, 1) < 0)
    return FALSE;
  if (span.begin_ns != G_MININT64 || span.end_ns != G_MAXINT64)
    return sum_range (process, span, sums, n_codes, cancellable);
  sums[0] = 0;
  for (guint32 function = 1; function <= n_codes; function++)
    sums[function] = tide_process_get_n_calls_of (process, function);
  return TRUE;
}
