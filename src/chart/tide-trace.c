#include "config.h"

#include "tide-trace.h"

#include <math.h>

/* Samples nearer than this are joined by a line, others hold until the next one: below it nobody can tell the
 * two apart.  */
#define DENSE_PX 4

/* A greater move is a step, drawn as a bar: that is what the data says, and thousands of steep lines are dear
 * where bars are not.  */
#define STEEP_PX 6

/* A stroke's cost grows faster than its length where a line turns again and again.  */
#define STROKE_POINTS 48

/* So many bars in a row that go up and down are no line any more but a band: it is drawn softer, with its
 * upper edge as the line.
 */
#define BAND_BARS 8
#define BAND_ALPHA 0.45

/* What lies further outside is brought here: cairo's fixed-point numbers end at 2^23.  */
#define FAR_PX 1e5

typedef struct
{
  double x, y;
  gboolean starts; /* a new piece of line */
} Point;

typedef struct
{
  double x, top, bottom; /* X: the column's left edge */
  int direction;         /* 1: rises, -1: falls, 0: does both */
  gboolean band;         /* one of many in a row that go up and down */
} Bar;

/* Where the pen is while a trace is made.  A piece of line is begun only once it has a length.  */
typedef struct
{
  TideTrace *trace;
  const TideTraceScale *scale;
  double x, y;
  gboolean drawing;
} Pen;

static double
y_of (const TideTraceScale *scale, gint64 value)
{
  double y = scale->bottom - ((double)value - (double)scale->y_min) * scale->px_per_byte;

  return CLAMP (y, scale->bottom - FAR_PX, scale->bottom + FAR_PX);
}

static void
pen_lift (Pen *pen, double x, double y)
{
  pen->x = x;
  pen->y = y;
  pen->drawing = FALSE;
}

static void
pen_draw (Pen *pen, double x, double y)
{
  Point points[] = { { pen->x, pen->y, TRUE }, { x, y, FALSE } };

  if (x <= pen->x && y == pen->y)
    return;
  if (pen->drawing)
    g_array_append_val (pen->trace->points, points[1]);
  else
    g_array_append_vals (pen->trace->points, points, 2);
  pen->drawing = TRUE;
  pen->x = x;
  pen->y = y;
}

/* A column with samples, its left edge at X.  */
static void
add_column (Pen *pen, const TideColumn *column, double x)
{
  const TideTraceScale *scale = pen->scale;
  double first = y_of (scale, column->first), last = y_of (scale, column->last);
  double middle = x + scale->column_width / 2;
  gboolean peaks =
      column->min < MIN (column->first, column->last) || column->max > MAX (column->first, column->last);

  if (peaks || fabs (first - last) > STEEP_PX)
    {
      Bar bar = { .x = x,
                  .top = y_of (scale, column->max),
                  .bottom = y_of (scale, column->min),
                  .direction = peaks ? 0 : (column->last > column->first) - (column->last < column->first) };

      pen_draw (pen, x, first);
      g_array_append_val (pen->trace->bars, bar);
      pen_lift (pen, x + scale->column_width, last);
      return;
    }
  if (middle - pen->x > DENSE_PX)
    pen_draw (pen, middle, first);
  pen_draw (pen, middle, last);
}

/* Bars from BEGIN to before END stand side by side: many turns make them a band, a steep slope has none.  */
static gboolean
is_band (const Bar *bars, guint begin, guint end)
{
  guint n_turns = 0;

  for (guint i = begin; i < end; i++)
    n_turns += bars[i].direction == 0 || (i > begin && bars[i].direction == -bars[i - 1].direction);
  return end - begin >= BAND_BARS && n_turns * 3 >= end - begin;
}

static void
mark_bands (TideTrace *self)
{
  Bar *bars = (Bar *)(void *)self->bars->data;
  guint begin = 0;

  for (guint i = 1; i <= self->bars->len; i++)
    if (i == self->bars->len || bars[i].x - bars[i - 1].x > self->column_width * 1.5)
      {
        gboolean band = is_band (bars, begin, i);

        for (; begin < i; begin++)
          bars[begin].band = band;
      }
}

void
tide_trace_init (TideTrace *self, const TideColumns *columns, const TideTraceScale *scale)
{
  Pen pen = { .trace = self, .scale = scale };
  gboolean known = FALSE;

  self->column_width = scale->column_width;
  self->points = g_array_sized_new (FALSE, FALSE, sizeof (Point), columns->n_columns + 2);
  self->bars = g_array_new (FALSE, FALSE, sizeof (Bar));
  for (guint i = 0; i < columns->n_columns; i++)
    {
      const TideColumn *column = &columns->columns[i];
      double x = scale->left + i * scale->column_width;

      if (!column->known)
        {
          known = FALSE;
          continue;
        }
      if (!known)
        pen_lift (&pen, x, y_of (scale, column->first));
      known = TRUE;
      if (column->n_samples > 0)
        add_column (&pen, column, x);
      /* What was last known holds to the end of what is known.  */
      if (i + 1 == columns->n_columns || !columns->columns[i + 1].known)
        pen_draw (&pen, x + scale->column_width, y_of (scale, column->last));
    }
  mark_bands (self);
}

void
tide_trace_clear (TideTrace *self)
{
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->bars, g_array_unref);
}

static gboolean
is_image (cairo_t *cr)
{
  return cairo_surface_get_type (cairo_get_group_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE;
}

/* Rectangles that do not overlap.  Into an image one by one, which is several times faster than as one path
 * of thousands; into a file as one path, which is smaller and has no seams.  */
static void
fill_rectangle (cairo_t *cr, double x, double y, double width, double height)
{
  cairo_rectangle (cr, x, y, width, height);
  if (is_image (cr))
    cairo_fill (cr);
}

/* What is under one piece of line.  A piece begins and ends at a pixel's edge, so that into an image each is
 * filled by itself: of hundreds of pieces in one path each line of pixels would meet all sides.  And only its
 * upper part is more than a rectangle.  */
static void
fill_piece (cairo_t *cr, const Point *points, guint n_points, double bottom)
{
  double left = points[0].x, right = points[n_points - 1].x, cut = bottom;

  if (is_image (cr))
    {
      double lowest = points[0].y;

      for (guint i = 1; i < n_points; i++)
        lowest = MAX (lowest, points[i].y);
      cut = MIN (bottom, ceil (lowest));
    }
  cairo_move_to (cr, left, cut);
  for (guint i = 0; i < n_points; i++)
    cairo_line_to (cr, points[i].x, points[i].y);
  cairo_line_to (cr, right, cut);
  cairo_close_path (cr);
  if (is_image (cr))
    cairo_fill (cr);
  if (cut < bottom)
    fill_rectangle (cr, left, cut, right - left, bottom - cut);
}

void
tide_trace_fill (const TideTrace *self, cairo_t *cr, double bottom)
{
  const Point *points = (const Point *)(void *)self->points->data;
  const Bar *bars = (const Bar *)(void *)self->bars->data;

  for (guint begin = 0, i = 1; i <= self->points->len; i++)
    if (i == self->points->len || points[i].starts)
      {
        fill_piece (cr, points + begin, i - begin, bottom);
        begin = i;
      }
  cairo_fill (cr);
  for (guint i = 0; i < self->bars->len; i++)
    {
      double top = bars[i].band ? bars[i].top : bars[i].bottom;

      if (top < bottom)
        fill_rectangle (cr, bars[i].x, top, self->column_width, bottom - top);
    }
  cairo_fill (cr);
}

/* What of one pixel column is covered by bars.  */
typedef struct
{
  double top, bottom;
  gboolean band;
} Cover;

/* A bar is made as thick as the line by letting it reach over its neighbours' columns.  */
static Cover *
cover_columns (const TideTrace *self, guint thickness, guint *n_columns)
{
  const Bar *bars = (const Bar *)(void *)self->bars->data;
  guint n_bars = self->bars->len;
  Cover *covers;

  *n_columns = (guint)round ((bars[n_bars - 1].x - bars[0].x) / self->column_width) + thickness;
  covers = g_new (Cover, *n_columns);
  for (guint i = 0; i < *n_columns; i++)
    covers[i] = (Cover){ G_MAXDOUBLE, -G_MAXDOUBLE, FALSE };
  for (guint i = 0; i < n_bars; i++)
    {
      guint column = (guint)round ((bars[i].x - bars[0].x) / self->column_width);

      for (guint j = column; j < column + thickness; j++)
        {
          covers[j].top = MIN (covers[j].top, bars[i].top);
          covers[j].bottom = MAX (covers[j].bottom, bars[i].bottom);
          covers[j].band = covers[j].band || bars[i].band;
        }
    }
  return covers;
}

/* How far down the full line reaches in a column: over all of a bar, in a band only to where its neighbours'
 * edges are.  */
static double
line_bottom (const Cover *covers, guint n_columns, guint i)
{
  double bottom = covers[i].top;

  if (!covers[i].band)
    return covers[i].bottom;
  if (i > 0 && covers[i - 1].band)
    bottom = MAX (bottom, covers[i - 1].top);
  if (i + 1 < n_columns && covers[i + 1].band)
    bottom = MAX (bottom, covers[i + 1].top);
  return MIN (bottom, covers[i].bottom);
}

static void
fill_bars (const TideTrace *self, cairo_t *cr, const TideTheme *theme, TideInk ink, double line_width)
{
  double width = self->column_width, half = line_width / 2, left;
  guint thickness = MAX (1, (guint)round (line_width / width)), n_columns;
  g_autofree Cover *covers = NULL;

  if (self->bars->len == 0)
    return;
  covers = cover_columns (self, thickness, &n_columns);
  left = g_array_index (self->bars, Bar, 0).x - (thickness - 1) / 2 * width;
  for (guint i = 0; i < n_columns; i++)
    if (covers[i].top <= covers[i].bottom)
      fill_rectangle (cr, left + i * width, covers[i].top - half, width,
                      line_bottom (covers, n_columns, i) - covers[i].top + line_width);
  cairo_fill (cr);
  tide_theme_source (theme, cr, ink, BAND_ALPHA);
  for (guint i = 0; i < n_columns; i++)
    {
      double top = line_bottom (covers, n_columns, i) + half;

      if (covers[i].band && covers[i].bottom + half > top)
        fill_rectangle (cr, left + i * width, top, width, covers[i].bottom + half - top);
    }
  cairo_fill (cr);
}

void
tide_trace_stroke (const TideTrace *self, cairo_t *cr, const TideTheme *theme, TideInk ink, double line_width)
{
  const Point *points = (const Point *)(void *)self->points->data;

  tide_theme_source (theme, cr, ink, 1);
  cairo_set_line_width (cr, line_width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0, n = 0; i < self->points->len; i++)
    {
      if (points[i].starts)
        cairo_move_to (cr, points[i].x, points[i].y);
      else
        cairo_line_to (cr, points[i].x, points[i].y);
      if (++n >= STROKE_POINTS && !points[i].starts)
        {
          cairo_stroke (cr);
          /* Begins one back, so that the corner is joined.  */
          cairo_move_to (cr, points[i - 1].x, points[i - 1].y);
          cairo_line_to (cr, points[i].x, points[i].y);
          n = 0;
        }
    }
  cairo_stroke (cr);
  fill_bars (self, cr, theme, ink, line_width);
}
