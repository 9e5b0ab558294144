#include "config.h"

#include "tide-render.h"

#include "tide-axis.h"
#include "tide-format.h"
#include "tide-life.h"
#include "tide-render-table.h"
#include "tide-text.h"

#include <cairo-svg.h>
#include <glib/gi18n-lib.h>

#include <math.h>

#define NICE_FONTS "Cantarell, Adwaita Sans, Inter, Noto Sans, Sans"
#define FONT_PX 12
#define MARGIN_PX 24

/* The chart takes at least this, then the table its rows, then the chart the rest.  */
#define CHART_MIN_PX 150

typedef struct
{
  cairo_t *cr;
  TideRecording *recording;
  TideProcess *process; /* or NULL */
  TideFunctionTable *table;
  TideTheme theme;
  TideTimelineView view;
  TideSpan data; /* what of the view was measured */
  TideText text;
  const TideRenderOptions *options;
} Picture;

typedef struct
{
  GOutputStream *stream;
  GCancellable *cancellable;
  GError *error;
} Sink;

gboolean
tide_render_format_from_path (const char *path, TideRenderFormat *format)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".png"))
    *format = TIDE_RENDER_PNG;
  else if (g_str_has_suffix (lower, ".svg"))
    *format = TIDE_RENDER_SVG;
  else
    return FALSE;
  return TRUE;
}

static cairo_status_t
write_to_sink (void *closure, const unsigned char *data, unsigned int length)
{
  Sink *sink = closure;

  if (sink->error == NULL
      && g_output_stream_write_all (sink->stream, data, length, NULL, sink->cancellable, &sink->error))
    return CAIRO_STATUS_SUCCESS;
  return CAIRO_STATUS_WRITE_ERROR;
}

static gboolean
is_python (const char *argument)
{
  g_autofree char *name = g_path_get_basename (argument);

  return g_str_has_prefix (name, "python") || g_str_has_prefix (name, "pypy");
}

/* The script's name, the module's, or what else was run.  */
static char *
program_name (const TideProcessInfo *info)
{
  char **argument = info->argv;

  if (argument != NULL && *argument != NULL && is_python (*argument))
    argument++;
  for (; argument != NULL && *argument != NULL; argument++)
    {
      if (g_str_equal (*argument, "-m") && argument[1] != NULL)
        return g_strdup (argument[1]);
      if (g_str_equal (*argument, "-c"))
        return g_strdup ("python -c");
      if ((g_str_equal (*argument, "-X") || g_str_equal (*argument, "-W")) && argument[1] != NULL)
        argument++;
      else if (**argument != '-' && **argument != '\0')
        return g_path_get_basename (*argument);
    }
  return info->executable != NULL ? g_path_get_basename (info->executable) : g_strdup ("Python");
}

static char *
date_of (const TideProcessInfo *info)
{
  g_autoptr (GDateTime) start = NULL;

  if (info->start_wall_ns <= 0)
    return NULL;
  start = g_date_time_new_from_unix_local (info->start_wall_ns / 1000000000);
  return start != NULL ? g_date_time_format (start, "%Y-%m-%d %H:%M") : NULL;
}

static char *
subtitle (Picture *self)
{
  const TideProcessInfo *info;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  char *date;

  if (self->process == NULL)
    return g_strdup (_ ("An empty recording"));
  info = tide_process_get_info (self->process);
  g_ptr_array_add (parts, g_strdup_printf (_ ("PID %u"), info->pid));
  if (info->python_version != NULL)
    g_ptr_array_add (parts, g_strdup_printf ("CPython %s", info->python_version));
  date = date_of (info);
  if (date != NULL)
    g_ptr_array_add (parts, date);
  g_ptr_array_add (parts, tide_format_duration (tide_process_get_last_time (self->process)));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **)parts->pdata);
}

static TideProcess *
first_measured (TideRecording *recording)
{
  for (guint i = 0; i < tide_recording_get_n_processes (recording); i++)
    {
      TideProcess *process = tide_recording_get_process (recording, i);

      if (tide_series_get_length (tide_process_get_rss (process)) > 0)
        return process;
    }
  return tide_recording_get_process (recording, 0);
}

/* The title and the line below it; gives the y below both.  */
static double
paint_title (Picture *self, double width)
{
  g_autofree char *name = self->options->title != NULL ? g_strdup (self->options->title)
                          : self->process != NULL      ? program_name (tide_process_get_info (self->process))
                                                       : g_strdup ("Pagetide");
  g_autofree char *line = subtitle (self);
  double y = MIN (MARGIN_PX * 0.8, self->options->height * 0.04), height;

  tide_text_set_max_width (&self->text, width, TRUE);
  tide_text_set_style (&self->text, 1.65, TRUE);
  tide_text_measure (&self->text, name, NULL, &height);
  tide_theme_source (&self->theme, self->cr, TIDE_INK_TEXT, 1);
  tide_text_draw (&self->text, MARGIN_PX, y, 0, name);
  y += height + 1;
  tide_text_set_style (&self->text, 1, FALSE);
  tide_text_measure (&self->text, line, NULL, &height);
  tide_theme_source (&self->theme, self->cr, TIDE_INK_DIM, 1);
  tide_text_draw (&self->text, MARGIN_PX, y, 0, line);
  tide_text_set_max_width (&self->text, -1, FALSE);
  return y + height;
}

/* A headline figure with what it is; gives the x behind it.  */
static double
paint_figure (Picture *self, double x, double y, const char *figure, const char *caption)
{
  double width, height, caption_width, caption_height;

  tide_text_set_style (&self->text, 1, FALSE);
  tide_text_measure (&self->text, caption, &caption_width, &caption_height);
  tide_text_set_style (&self->text, 1.55, TRUE);
  tide_text_measure (&self->text, figure, &width, &height);
  if (x + width + 6 + caption_width > self->options->width - MARGIN_PX)
    return x;
  tide_theme_source (&self->theme, self->cr, TIDE_INK_TEXT, 1);
  tide_text_draw (&self->text, x, y, 0, figure);
  tide_text_set_style (&self->text, 1, FALSE);
  tide_theme_source (&self->theme, self->cr, TIDE_INK_DIM, 1);
  /* On one base line.  */
  tide_text_draw (&self->text, x + width + 6, y + (height - caption_height) * 0.80, 0, caption);
  return x + width + caption_width + 34;
}

static double
paint_figures (Picture *self, double y)
{
  gint64 step = 100000000;
  double x = MARGIN_PX;
  TideExtent extent;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *peak = NULL;
  g_autofree char *last = NULL;
  g_autofree char *change = NULL;
  g_autofree char *range = NULL;
  gboolean whole = self->options->span.begin_ns == G_MININT64 && self->options->span.end_ns == G_MAXINT64;
  TideLife life;

  if (self->process == NULL || self->data.begin_ns >= self->data.end_ns
      || !tide_series_extent (tide_process_get_rss (self->process), self->data.begin_ns, self->data.end_ns,
                              &extent))
    return y;
  /* Of the whole, neither the interpreter's own start nor its end is the program's doing.  */
  if (whole && tide_life_init (&life, self->process))
    {
      extent.first = life.begin_rss;
      extent.last = life.end_rss;
    }
  from = tide_format_time (self->data.begin_ns, step);
  to = tide_format_time (self->data.end_ns, step);
  peak = tide_format_bytes ((guint64)MAX (extent.max, 0));
  last = tide_format_bytes ((guint64)MAX (extent.last, 0));
  change = tide_format_bytes_signed (tide_axis_change (extent.first, extent.last));
  /* TRANSLATORS: two times.  */
  range = g_strdup_printf (_ ("from %s to %s"), from, to);
  x = paint_figure (self, x, y, peak, _ ("peak"));
  x = paint_figure (self, x, y, last, _ ("at the end"));
  paint_figure (self, x, y, change, whole ? _ ("growth of the program") : range);
  return y + self->theme.font_size * 2.4;
}

/* What was lost, and who measured: small, at the lower edge.  */
static void
paint_footer (Picture *self, double y, double width)
{
  g_autofree char *lost = NULL;
  gint64 n_lost;

  tide_text_set_style (&self->text, 0.9, FALSE);
  tide_theme_source (&self->theme, self->cr, TIDE_INK_DIM, 0.85);
  tide_text_draw (&self->text, MARGIN_PX + width, y, 1, "Pagetide " PAGETIDE_VERSION);
  if (self->process == NULL)
    return;
  n_lost = tide_process_get_n_lost (self->process);
  if (n_lost > 0)
    {
      g_autofree char *count = tide_format_count ((guint64)n_lost);

      tide_theme_source (&self->theme, self->cr, TIDE_INK_ALERT, 1);
      lost = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%s event lost", "%s events lost", (gulong)n_lost), count);
    }
  else
    lost = g_strdup (_ ("nothing lost"));
  tide_text_draw (&self->text, MARGIN_PX, y, 0, lost);
}

static void
paint_chart (Picture *self, double x, double y, double width, double height)
{
  TideTimelineLayout layout;

  if (width < 8 || height < 8)
    return;
  tide_timeline_layout (&self->view, width, height, &layout);
  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_rectangle (self->cr, 0, 0, width, height);
  cairo_clip (self->cr);
  tide_timeline_paint (self->cr, &self->view, &layout);
  cairo_restore (self->cr);
}

static void
paint_picture (Picture *self)
{
  double width = self->options->width, height = self->options->height;
  double inner = width - 2 * MARGIN_PX, top = 0, bottom = height, table_height = 0;
  gboolean roomy = inner >= 200 && height >= 240;

  tide_theme_source (&self->theme, self->cr, TIDE_INK_BACKGROUND, 1);
  cairo_paint (self->cr);
  tide_text_init (&self->text, self->cr, &self->theme);
  if (roomy)
    {
      guint n_rows = 0;

      top = paint_title (self, inner) + 10;
      if (height >= 320)
        top = paint_figures (self, top) + 6;
      bottom = height - MARGIN_PX * 0.6 - self->theme.font_size * 1.4;
      paint_footer (self, bottom + 2, inner);
      if (self->table != NULL)
        n_rows = tide_render_table_fit (self->table, &self->theme, bottom - top - CHART_MIN_PX - 18,
                                        &table_height);
      if (n_rows > 0)
        {
          tide_render_table_paint (self->cr, self->table, &self->theme, n_rows, MARGIN_PX,
                                   bottom - table_height - 8, inner);
          bottom -= table_height + 18;
        }
    }
  /* The axis labels stand in the margin's line with the text: the chart's own left edge is theirs.  */
  paint_chart (self, roomy ? MARGIN_PX - 8 : 0, top, roomy ? width - 2 * MARGIN_PX + 24 : width,
               bottom - top);
  tide_text_clear (&self->text);
}

static gboolean
is_size (double size)
{
  return size >= 1 && size <= TIDE_RENDER_MAX_PX;
}

static gboolean
check_options (const TideRenderOptions *options, GError **error)
{
  double scale = options->format == TIDE_RENDER_PNG ? options->scale : 1;

  if (!(scale > 0) || !is_size (options->width) || !is_size (options->height)
      || !is_size (ceil (options->width * scale)) || !is_size (ceil (options->height * scale)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _ ("A picture is from 1 to %d pixels wide and high, its scale counted in."),
                   TIDE_RENDER_MAX_PX);
      return FALSE;
    }
  if (options->span.begin_ns >= options->span.end_ns)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _ ("The range ends before it begins."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_surface (cairo_surface_t *surface, TideRenderFormat format, Sink *sink, GError **error)
{
  cairo_status_t status = cairo_surface_status (surface);

  if (status == CAIRO_STATUS_SUCCESS && format == TIDE_RENDER_PNG)
    status = cairo_surface_write_to_png_stream (surface, write_to_sink, sink);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  if (sink->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&sink->error));
      return FALSE;
    }
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be made: %s"),
               cairo_status_to_string (status));
  return FALSE;
}

static cairo_surface_t *
create_surface (const TideRenderOptions *options, Sink *sink)
{
  cairo_surface_t *surface;

  if (options->format == TIDE_RENDER_SVG)
    {
      surface = cairo_svg_surface_create_for_stream (write_to_sink, sink, options->width, options->height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      return surface;
    }
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)ceil (options->width * options->scale),
                                        (int)ceil (options->height * options->scale));
  cairo_surface_set_device_scale (surface, options->scale, options->scale);
  return surface;
}

static void
choose_spans (Picture *self)
{
  gint64 last = self->process != NULL ? tide_process_get_last_time (self->process) : 0;
  TideSpan span = self->options->span;

  if (span.begin_ns == G_MININT64)
    span.begin_ns = 0;
  if (span.end_ns == G_MAXINT64)
    span.end_ns = MAX (last, span.begin_ns < G_MAXINT64 ? span.begin_ns + 1 : span.begin_ns);
  if (last <= 0 && self->options->span.end_ns == G_MAXINT64)
    span.end_ns = 10 * G_GINT64_CONSTANT (1000000000);
  self->view.visible = span;
  /* The last sample is measured too, whether or not a range ends there.  */
  self->data = (TideSpan){ MAX (span.begin_ns, 0),
                           span.end_ns >= last ? MIN (last, G_MAXINT64 - 1) + 1 : span.end_ns };
}

gboolean
tide_render_timeline (TideRecording *recording,
                      const TideRenderOptions *options,
                      GOutputStream *stream,
                      GCancellable *cancellable,
                      GError **error)
{
  Picture self = { .recording = recording, .options = options };
  Sink sink = { stream, cancellable, NULL };
  g_autoptr (TideFunctionTable) table = NULL;
  cairo_surface_t *surface;
  gboolean done;

  if (!check_options (options, error))
    return FALSE;
  self.process = first_measured (recording);
  tide_theme_init (&self.theme, options->dark);
  self.theme.font = NICE_FONTS;
  self.theme.font_size = FONT_PX;
  self.view = (TideTimelineView){ .process = self.process, .y_from_zero = TRUE, .theme = &self.theme };
  choose_spans (&self);
  if (self.process != NULL)
    {
      table = tide_function_table_new (self.process, options->span, cancellable);
      if (table == NULL)
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return FALSE;
        }
      self.table = table;
    }
  surface = create_surface (options, &sink);
  self.cr = cairo_create (surface);
  paint_picture (&self);
  cairo_destroy (self.cr);
  done = write_surface (surface, options->format, &sink, error);
  cairo_surface_destroy (surface);
  g_clear_error (&sink.error);
  return done;
}
