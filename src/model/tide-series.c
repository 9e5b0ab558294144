#include "tide-series.h"

#include "tide-column.h"

/* 64^5 is a thousand million: with five levels the uppermost has 32 entries when the columns are full.  */
#define N_LEVELS 5
#define FAN_SHIFT 6
#define FAN_OUT ((gsize)1 << FAN_SHIFT)

typedef struct
{
  gint64 time_ns, value;
} Sample;

typedef struct
{
  gint64 min, max;
} Range;

struct _TideSeries
{
  TideColumn samples;
  /* Entries of closed blocks only.  They are written before the length of the samples is published, so that
   * this length says how many of each level may be read.  */
  TideColumn levels[N_LEVELS];
  /* The writer's: of the block that is being filled.  */
  Range open[N_LEVELS];
  gint64 last_time_ns;
};

static inline void
range_add (Range *range, gint64 min, gint64 max)
{
  range->min = MIN (range->min, min);
  range->max = MAX (range->max, max);
}

static inline const Sample *
sample_at (TideSeries *self, gsize index)
{
  return tide_column_at (&self->samples, index);
}

/* The highest level, at most MAX_LEVEL, with a closed block that begins at INDEX and ends by END.  Level 0:
 * the sample itself.  */
static inline guint
level_at (gsize index, gsize end, guint max_level)
{
  guint level = 0;

  while (level < max_level)
    {
      gsize size = (gsize)1 << (FAN_SHIFT * (level + 1));

      if ((index & (size - 1)) != 0 || size > end - index)
        break;
      level++;
    }
  return level;
}

/* Widens RANGE by the samples from BEGIN to before END: at most 63 steps to each side on each level.  */
static void
fold (TideSeries *self, gsize begin, gsize end, Range *range)
{
  while (begin < end)
    {
      guint level = level_at (begin, end, N_LEVELS);
      gsize first = begin >> (FAN_SHIFT * level);
      gsize n = MIN ((end - begin) >> (FAN_SHIFT * level), FAN_OUT - (first & (FAN_OUT - 1)));

      if (level == 0)
        {
          const Sample *samples = sample_at (self, first);

          for (gsize i = 0; i < n; i++)
            range_add (range, samples[i].value, samples[i].value);
        }
      else
        {
          const Range *ranges = tide_column_at (&self->levels[level - 1], first);

          for (gsize i = 0; i < n; i++)
            range_add (range, ranges[i].min, ranges[i].max);
        }
      begin += n << (FAN_SHIFT * level);
    }
}

/* Number of the first LENGTH samples with time < TIME_NS, or <=.  */
static gsize
count_before (TideSeries *self, gsize low, gsize length, gint64 time_ns, gboolean inclusive)
{
  gsize high = length;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      gint64 t = sample_at (self, middle)->time_ns;

      if (t < time_ns || (inclusive && t == time_ns))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

TideSeries *
tide_series_new (void)
{
  TideSeries *self = g_new0 (TideSeries, 1);

  tide_column_init (&self->samples, sizeof (Sample), G_MAXSIZE);
  for (guint i = 0; i < N_LEVELS; i++)
    tide_column_init (&self->levels[i], sizeof (Range), G_MAXSIZE);
  self->last_time_ns = G_MININT64;
  return self;
}

void
tide_series_free (TideSeries *self)
{
  if (self == NULL)
    return;
  tide_column_clear (&self->samples);
  for (guint i = 0; i < N_LEVELS; i++)
    tide_column_clear (&self->levels[i]);
  g_free (self);
}

void
tide_series_append (TideSeries *self, gint64 time_ns, gint64 value)
{
  gsize index = self->samples.filled;
  Sample *sample = tide_column_push (&self->samples);
  Range closed = { value, value };

  if (sample == NULL)
    return;
  self->last_time_ns = MAX (self->last_time_ns, time_ns);
  sample->time_ns = self->last_time_ns;
  sample->value = value;

  for (guint level = 0; level < N_LEVELS; level++)
    {
      Range *open = &self->open[level];
      gsize position = index & (FAN_OUT - 1);

      if (position == 0)
        *open = closed;
      else
        range_add (open, closed.min, closed.max);
      if (position != FAN_OUT - 1)
        break;

      closed = *open;
      *(Range *)tide_column_push (&self->levels[level]) = closed;
      index >>= FAN_SHIFT;
    }

  tide_column_publish (&self->samples);
}

gsize
tide_series_get_length (TideSeries *self)
{
  return tide_column_get_length (&self->samples);
}

gboolean
tide_series_get (TideSeries *self, gsize index, gint64 *time_ns, gint64 *value)
{
  const Sample *sample;

  if (index >= tide_series_get_length (self))
    return FALSE;
  sample = sample_at (self, index);
  if (time_ns != NULL)
    *time_ns = sample->time_ns;
  if (value != NULL)
    *value = sample->value;
  return TRUE;
}

gsize
tide_series_count_before (TideSeries *self, gint64 time_ns, gboolean inclusive)
{
  return count_before (self, 0, tide_series_get_length (self), time_ns, inclusive);
}

gboolean
tide_series_value_at (TideSeries *self, gint64 time_ns, gint64 *value)
{
  gsize n = tide_series_count_before (self, time_ns, TRUE);

  return n > 0 && tide_series_get (self, n - 1, NULL, value);
}

/* Of the samples from BEGIN to before END, which are those in a span from BEGIN_NS on.  */
static gboolean
get_extent (TideSeries *self, gsize begin, gsize end, gint64 begin_ns, TideExtent *extent)
{
  gsize held;
  Range range;

  if (end == 0)
    return FALSE;

  /* What holds at the begin: the last of the samples that stand at it, else the one before it, else nothing
   * until the first.  */
  held = begin;
  if (begin < end && sample_at (self, begin)->time_ns == begin_ns)
    held = count_before (self, begin, end, begin_ns, TRUE);
  if (held > 0)
    held--;

  extent->first = sample_at (self, held)->value;
  extent->last = sample_at (self, end - 1)->value;
  extent->n_samples = end - begin;
  range = (Range){ extent->first, extent->first };
  fold (self, begin, end, &range);
  extent->min = range.min;
  extent->max = range.max;
  return TRUE;
}

gboolean
tide_series_extent (TideSeries *self, gint64 begin_ns, gint64 end_ns, TideExtent *extent)
{
  gsize length = tide_series_get_length (self);
  gsize begin;

  if (begin_ns >= end_ns)
    return FALSE;
  begin = count_before (self, 0, length, begin_ns, FALSE);
  return get_extent (self, begin, count_before (self, begin, length, end_ns, FALSE), begin_ns, extent);
}

/* count_before() where the answer is likely to be near GUESS: steps away from it that double, then halves. */
static gsize
count_before_near (TideSeries *self, gsize low, gsize length, gint64 time_ns, gsize guess)
{
  gsize high = length, step = FAN_OUT / 2;

  guess = CLAMP (guess, low, length);
  if (guess < length && sample_at (self, guess)->time_ns < time_ns)
    {
      low = guess + 1;
      while (step < high - low && sample_at (self, low + step)->time_ns < time_ns)
        {
          low += step + 1;
          step *= 2;
        }
      high = MIN (high, low + MIN (step, high - low));
    }
  else
    {
      high = guess;
      while (step < high - low && sample_at (self, high - step)->time_ns >= time_ns)
        {
          high -= step;
          step *= 2;
        }
      low = MAX (low, high - MIN (step, high - low));
    }
  return count_before (self, low, high, time_ns, FALSE);
}

void
tide_series_walk_begin (TideSeriesWalk *self, TideSeries *series, gint64 begin_ns)
{
  gsize length = tide_series_get_length (series);

  *self = (TideSeriesWalk){ .series = series,
                            .length = length,
                            .index = count_before (series, 0, length, begin_ns, FALSE),
                            .begin_ns = begin_ns };
}

gboolean
tide_series_walk_to (TideSeriesWalk *self, gint64 end_ns, TideExtent *extent)
{
  gsize begin = self->index;
  gint64 begin_ns = self->begin_ns;

  g_return_val_if_fail (begin_ns < end_ns, FALSE);

  self->index = count_before_near (self->series, begin, self->length, end_ns,
                                   begin + MIN (self->n_samples, self->length - begin));
  self->n_samples = self->index - begin;
  self->begin_ns = end_ns;
  return get_extent (self->series, begin, self->index, begin_ns, extent);
}

gboolean
tide_series_peak (TideSeries *self, gint64 *time_ns, gint64 *value)
{
  gsize length = tide_series_get_length (self);
  guint max_level = N_LEVELS;
  gsize index = 0;
  Range range;

  if (length == 0)
    return FALSE;
  range = (Range){ sample_at (self, 0)->value, sample_at (self, 0)->value };
  fold (self, 0, length, &range);

  /* Over the blocks from the left, and into the first that has it.  */
  for (;;)
    {
      guint level = level_at (index, length, max_level);
      gint64 max;

      if (level == 0)
        max = sample_at (self, index)->value;
      else
        max = ((Range *)tide_column_at (&self->levels[level - 1], index >> (FAN_SHIFT * level)))->max;

      if (max != range.max)
        index += (gsize)1 << (FAN_SHIFT * level);
      else if (level > 0)
        max_level = level - 1;
      else
        break;
    }
  return tide_series_get (self, index, time_ns, value);
}
