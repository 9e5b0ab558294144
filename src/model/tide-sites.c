#include "tide-sites.h"

#include "tide-process-private.h"

#include <math.h>

/* How often the query looks whether it is still wanted.  */
#define CHECK_MASK 0xffffu

/* Of one site: its states around the range, as indices + 1; 0: none.  */
typedef struct
{
  gsize before, last;
  gint64 highest; /* live bytes, in the states of the range */
} Ends;

static gboolean
find_ends (TideProcess *process, TideSpan span, GCancellable *cancellable, Ends *ends, gsize n_sites)
{
  const TideColumn *states = &process->site_states;
  gsize begin = span.begin_ns == G_MININT64 ? 0 : tide_column_count_before (states, span.begin_ns);
  gsize end = span.end_ns == G_MAXINT64 ? tide_column_get_length (states)
                                        : tide_column_count_before (states, span.end_ns);

  for (gsize i = 0; i < end; i++)
    {
      const TideSiteState *state = tide_column_at (states, i);
      Ends *site;

      /* What came after the number of sites was read.  */
      if (state->site > n_sites)
        continue;
      site = &ends[state->site - 1];
      if (i < begin)
        site->before = i + 1;
      else
        site->highest = MAX (site->highest, state->live_bytes);
      site->last = i + 1;
      if ((i & CHECK_MASK) == CHECK_MASK && cancellable != NULL && g_cancellable_is_cancelled (cancellable))
        return FALSE;
    }
  return TRUE;
}

/* Figures that went down can only be those of a damaged recording.  */
static gint64
rise (gint64 from, gint64 to)
{
  return MAX (to - from, 0);
}

static TideSiteFigures
figures_of (TideProcess *process, const Ends *ends)
{
  static const TideSiteState nothing = { 0 };
  const TideSiteState *a =
      ends->before == 0 ? &nothing : tide_column_at (&process->site_states, ends->before - 1);
  const TideSiteState *b =
      ends->last == 0 ? &nothing : tide_column_at (&process->site_states, ends->last - 1);
  double before = (double)a->allocated_error * (double)a->allocated_error;
  double after = (double)b->allocated_error * (double)b->allocated_error;

  return (TideSiteFigures){
    .allocated = rise (a->allocated_bytes, b->allocated_bytes),
    .freed = rise (a->freed_bytes, b->freed_bytes),
    .live = b->live_bytes,
    .peak = b->peak_bytes > a->peak_bytes ? b->peak_bytes : MAX (ends->highest, a->live_bytes),
    .n_allocated = rise (a->n_allocated, b->n_allocated),
    .n_freed = rise (a->n_freed, b->n_freed),
    .n_live = b->live_blocks,
    .n_temporary = rise (a->n_temporary, b->n_temporary),
    .live_variance = (double)b->live_error * (double)b->live_error,
    .allocated_variance = MAX (after - before, 0),
  };
}

static void
add (TideSiteFigures *to, const TideSiteFigures *from)
{
  to->allocated = tide_add_saturated (to->allocated, from->allocated);
  to->freed = tide_add_saturated (to->freed, from->freed);
  to->live = tide_add_saturated (to->live, from->live);
  to->peak = tide_add_saturated (to->peak, from->peak);
  to->n_allocated = tide_add_saturated (to->n_allocated, from->n_allocated);
  to->n_freed = tide_add_saturated (to->n_freed, from->n_freed);
  to->n_live = tide_add_saturated (to->n_live, from->n_live);
  to->n_temporary = tide_add_saturated (to->n_temporary, from->n_temporary);
  to->live_variance += from->live_variance;
  to->allocated_variance += from->allocated_variance;
}

static gboolean
is_nothing (const TideSiteFigures *figures)
{
  return figures->n_allocated == 0 && figures->n_live == 0 && figures->n_freed == 0 && figures->live == 0
         && figures->allocated == 0;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const TideSiteRow *x = a, *y = b;

  if (x->code != y->code)
    return x->code < y->code ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* One row for each place: code that was loaded twice, and blocks that were counted with and without the
 * interpreter's lock, have several sites.  */
static void
merge (GArray *rows)
{
  guint n = 0;

  g_array_sort (rows, compare_rows);
  for (guint i = 0; i < rows->len; i++)
    {
      TideSiteRow *row = &g_array_index (rows, TideSiteRow, i);
      TideSiteRow *last = n > 0 ? &g_array_index (rows, TideSiteRow, n - 1) : NULL;

      if (last != NULL && compare_rows (last, row) == 0)
        add (&last->figures, &row->figures);
      else
        g_array_index (rows, TideSiteRow, n++) = *row;
    }
  g_array_set_size (rows, n);
}

/* Functions with the sums of their lines; PEAKS has their own peaks.  */
static void
sum_functions (TideSiteSums *self, GArray *peaks)
{
  guint next = 0;

  merge (peaks);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const TideSiteRow *line = &g_array_index (self->lines, TideSiteRow, i);
      TideSiteRow row = { .code = line->code, .figures = line->figures };

      g_array_append_val (self->functions, row);
    }
  merge (self->functions);
  for (guint i = 0; i < self->functions->len; i++)
    {
      TideSiteRow *row = &g_array_index (self->functions, TideSiteRow, i);

      while (next < peaks->len && g_array_index (peaks, TideSiteRow, next).code < row->code)
        next++;
      if (next < peaks->len && g_array_index (peaks, TideSiteRow, next).code == row->code)
        row->figures.peak = g_array_index (peaks, TideSiteRow, next).figures.peak;
    }
}

TideSiteSums *
tide_site_sums_new (TideProcess *process, TideSpan span, GCancellable *cancellable)
{
  gsize n_sites = tide_column_get_length (&process->sites);
  g_autoptr (TideSiteSums) self = NULL;
  g_autoptr (GArray) peaks = NULL;
  g_autofree Ends *ends = NULL;

  g_return_val_if_fail (TIDE_IS_PROCESS (process), NULL);
  if (n_sites == 0)
    return NULL;
  self = g_new0 (TideSiteSums, 1);
  self->lines = g_array_new (FALSE, FALSE, sizeof (TideSiteRow));
  self->functions = g_array_new (FALSE, FALSE, sizeof (TideSiteRow));
  peaks = g_array_new (FALSE, FALSE, sizeof (TideSiteRow));
  ends = g_new0 (Ends, n_sites);
  if (!find_ends (process, span, cancellable, ends, n_sites))
    return NULL;

  for (gsize i = 0; i < n_sites; i++)
    {
      const TideSite *site = tide_column_at (&process->sites, i);
      guint32 function = site->code != 0 ? tide_process_get_function (process, site->code) : 0;
      TideSiteRow row = { function == TIDE_CODE_BEFORE ? 0 : function, site->line,
                          figures_of (process, &ends[i]) };

      if (site->scope == TIDE_SITE_SCOPE_PROCESS)
        self->peak = tide_add_saturated (self->peak, row.figures.peak);
      else if (site->scope == TIDE_SITE_SCOPE_FUNCTION)
        g_array_append_val (peaks, row);
      else if (!is_nothing (&row.figures))
        g_array_append_val (self->lines, row);
    }
  merge (self->lines);
  sum_functions (self, peaks);
  return g_steal_pointer (&self);
}

void
tide_site_sums_free (TideSiteSums *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->lines);
  g_array_unref (self->functions);
  g_free (self);
}

gint64
tide_site_error (double variance)
{
  return variance > 0 ? (gint64)(sqrt (MIN (variance, 1e36)) + 0.5) : 0;
}
