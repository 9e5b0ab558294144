#include "tide-render.h"

#include "tide-chart-fixture.h"

typedef struct
{
  const guint8 *data;
  gsize size, offset;
} Reader;

static cairo_status_t
read_bytes (void *closure, unsigned char *data, unsigned int length)
{
  Reader *reader = closure;

  if (length > reader->size - reader->offset)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->data + reader->offset, length);
  reader->offset += length;
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
render (TideRecording *recording, const TideRenderOptions *options)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (tide_render_timeline (recording, options, stream, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static cairo_surface_t *
render_png (TideRecording *recording, double width, double height, double scale, gboolean dark, TideSpan span)
{
  TideRenderOptions options = { TIDE_RENDER_PNG, width, height, scale, dark, span, NULL };
  g_autoptr (GBytes) bytes = render (recording, &options);
  Reader reader = { .offset = 0 };
  cairo_surface_t *surface;

  reader.data = g_bytes_get_data (bytes, &reader.size);
  surface = cairo_image_surface_create_from_png_stream (read_bytes, &reader);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  return surface;
}

static guint
count_pixels (cairo_surface_t *surface, guint32 color, guint tolerance)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      n += tide_fixture_distance (tide_fixture_pixel (surface, x, y), color) <= tolerance;
  return n;
}

static void
test_png (void)
{
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();

  for (gboolean dark = FALSE; dark <= TRUE; dark++)
    for (double scale = 1; scale <= 2; scale++)
      {
        cairo_surface_t *surface = render_png (job, 900, 600, scale, dark, TIDE_SPAN_ALL);
        TideTheme theme;

        tide_theme_init (&theme, dark);
        g_assert_cmpint (cairo_image_surface_get_width (surface), ==, (int)(900 * scale));
        g_assert_cmpint (cairo_image_surface_get_height (surface), ==, (int)(600 * scale));
        g_assert_cmphex (tide_fixture_pixel (surface, 0, 0), ==,
                         tide_fixture_ink (&theme, TIDE_INK_BACKGROUND));
        /* The area, the bars of the table.  */
        g_assert_cmpuint (count_pixels (surface, tide_fixture_ink (&theme, TIDE_INK_AREA), 4), >,
                          (guint)(20000 * scale * scale));
        g_assert_cmpuint (count_pixels (surface, tide_fixture_ink (&theme, TIDE_INK_GROWTH), 4), >,
                          (guint)(300 * scale * scale));
        g_assert_cmpuint (count_pixels (surface, tide_fixture_ink (&theme, TIDE_INK_RELEASE), 4), >,
                          (guint)(100 * scale * scale));
        cairo_surface_destroy (surface);
      }
}

static void
test_sizes (void)
{
  static const double sizes[][2] = { { 1, 1 }, { 40, 40 }, { 300, 200 }, { 2000, 100 }, { 100, 2000 } };
  g_autoptr (TideRecording) none = tide_recording_new ();
  g_autoptr (TideRecording) empty = tide_fixture_recording ();
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();
  TideRecording *const recordings[] = { none, empty, job };

  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        cairo_surface_t *surface =
            render_png (recordings[i], sizes[j][0], sizes[j][1], 1, FALSE, TIDE_SPAN_ALL);

        g_assert_cmpint (cairo_image_surface_get_width (surface), ==, (int)sizes[j][0]);
        g_assert_cmpint (cairo_image_surface_get_height (surface), ==, (int)sizes[j][1]);
        cairo_surface_destroy (surface);
      }
}

/* Only the range is shown: the release in it, and no growth.  */
static void
test_range (void)
{
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();
  cairo_surface_t *surface =
      render_png (job, 900, 600, 1, FALSE, (TideSpan){ 2060 * TIDE_MS, 2090 * TIDE_MS });
  TideTheme theme;

  tide_theme_init (&theme, FALSE);
  g_assert_cmpuint (count_pixels (surface, tide_fixture_ink (&theme, TIDE_INK_GROWTH), 4), ==, 0);
  g_assert_cmpuint (count_pixels (surface, tide_fixture_ink (&theme, TIDE_INK_RELEASE), 4), >, 100);
  cairo_surface_destroy (surface);
}

typedef struct
{
  guint n_svg, n_shapes;
  char *width, *height;
} Svg;

static void
start_element (GMarkupParseContext *context,
               const char *name,
               const char **names,
               const char **values,
               gpointer data,
               GError **error)
{
  Svg *svg = data;

  if (g_str_equal (name, "path") || g_str_equal (name, "use"))
    svg->n_shapes++;
  if (!g_str_equal (name, "svg"))
    return;
  svg->n_svg++;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], "width"))
      svg->width = g_strdup (values[i]);
    else if (g_str_equal (names[i], "height"))
      svg->height = g_strdup (values[i]);
}

static void
test_svg (void)
{
  static const GMarkupParser parser = { .start_element = start_element };
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();
  TideRenderOptions options = {
    TIDE_RENDER_SVG, 900, 600, 1, FALSE, TIDE_SPAN_ALL, "a <&> \"title\"\nof two lines"
  };
  g_autoptr (GBytes) bytes = render (job, &options);
  Svg svg = { 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &svg, NULL);
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  g_assert_true (g_markup_parse_context_parse (context, text, (gssize)size, &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (svg.n_svg, ==, 1);
  g_assert_cmpuint (svg.n_shapes, >, 100);
  g_assert_cmpint (atoi (svg.width), ==, 900);
  g_assert_cmpint (atoi (svg.height), ==, 600);
  /* A picture that is sent around: not a file of megabytes.  */
  g_assert_cmpuint (size, <, 400000);
  g_free (svg.width);
  g_free (svg.height);
}

static void
test_errors (void)
{
  static const TideRenderOptions cases[] = {
    { TIDE_RENDER_PNG, 0, 600, 1, FALSE, TIDE_SPAN_ALL, NULL },
    { TIDE_RENDER_PNG, 800, -1, 1, FALSE, TIDE_SPAN_ALL, NULL },
    { TIDE_RENDER_PNG, 800, 600, 0, FALSE, TIDE_SPAN_ALL, NULL },
    { TIDE_RENDER_PNG, 800, 600, 1e6, FALSE, TIDE_SPAN_ALL, NULL },
    { TIDE_RENDER_SVG, 1e9, 600, 1, FALSE, TIDE_SPAN_ALL, NULL },
    { TIDE_RENDER_PNG, 800, 600, 1, FALSE, { 5, 5 }, NULL },
    { TIDE_RENDER_PNG, 800, 600, 0.0 / 0.0, FALSE, TIDE_SPAN_ALL, NULL },
  };
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr (GError) error = NULL;

      g_assert_false (tide_render_timeline (job, &cases[i], stream, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* A stream that takes only so much.  */
static void
test_full (void)
{
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();

  for (TideRenderFormat format = TIDE_RENDER_PNG; format <= TIDE_RENDER_SVG; format++)
    {
      TideRenderOptions options = { format, 800, 600, 1, FALSE, TIDE_SPAN_ALL, NULL };
      guint8 buffer[2000];
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new (buffer, sizeof buffer, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (tide_render_timeline (job, &options, stream, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();
  TideRenderOptions options = { TIDE_RENDER_PNG, 800, 600, 1, FALSE, TIDE_SPAN_ALL, NULL };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (tide_render_timeline (job, &options, stream, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_format (void)
{
  TideRenderFormat format;

  g_assert_true (tide_render_format_from_path ("a/b.PNG", &format));
  g_assert_cmpint (format, ==, TIDE_RENDER_PNG);
  g_assert_true (tide_render_format_from_path ("x.svg", &format));
  g_assert_cmpint (format, ==, TIDE_RENDER_SVG);
  g_assert_false (tide_render_format_from_path ("x.jpeg", &format));
  g_assert_false (tide_render_format_from_path ("", &format));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/png", test_png);
  g_test_add_func ("/render/sizes", test_sizes);
  g_test_add_func ("/render/range", test_range);
  g_test_add_func ("/render/svg", test_svg);
  g_test_add_func ("/render/errors", test_errors);
  g_test_add_func ("/render/full", test_full);
  g_test_add_func ("/render/cancelled", test_cancelled);
  g_test_add_func ("/render/format", test_format);
  return g_test_run ();
}
