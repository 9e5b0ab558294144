/* What the painter paints, read back from the pixels: no golden pictures, so no font and no rounding is
 * pinned.  */

#include "tide-chart-fixture.h"

#include "tide-gaps.h"

#include <math.h>

typedef struct
{
  TideTheme theme;
  TideTimelineLayout layout;
  cairo_surface_t *surface;
  double scale;
} Picture;

static void
picture_init (Picture *self, TideTimelineView *view, gboolean dark, int width, int height, double scale)
{
  cairo_t *cr;

  tide_theme_init (&self->theme, dark);
  view->theme = &self->theme;
  self->scale = scale;
  self->surface = tide_fixture_surface (&self->theme, width, height, scale);
  tide_timeline_layout (view, width, height, &self->layout);
  cr = cairo_create (self->surface);
  tide_timeline_paint (cr, view, &self->layout);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
}

static void
picture_clear (Picture *self)
{
  cairo_surface_destroy (self->surface);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static guint32
at (Picture *self, double x, double y)
{
  return tide_fixture_pixel (self->surface, (int)floor (x * self->scale), (int)floor (y * self->scale));
}

static guint
distance_to (Picture *self, double x, double y, TideInk ink)
{
  return tide_fixture_distance (at (self, x, y), tide_fixture_ink (&self->theme, ink));
}

/* All of the spikes among ten million samples are there at full height.  */
static void
test_spikes (void)
{
  gsize indices[12];
  g_autoptr (TideRecording) recording = NULL;
  TideTimelineView view;

  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    indices[i] = 100003 + i * 833333;
  recording = tide_fixture_noise (10000000, indices, G_N_ELEMENTS (indices));
  view = tide_fixture_view (recording, NULL);
  for (double scale = 1; scale <= 2; scale++)
    {
      g_auto (Picture) picture = { 0 };
      double y;

      picture_init (&picture, &view, FALSE, 1200, 300, scale);
      /* Below the ring of the peak, and far above the noise.  */
      y = tide_timeline_y_at (&picture.layout, 450 * TIDE_MIB);
      for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
        {
          double x = tide_timeline_x_at (&picture.layout, (gint64)indices[i] * 1000);
          guint best = 255;

          for (double dx = -2; dx <= 2; dx += 1 / scale)
            best = MIN (best, distance_to (&picture, x + dx, y, TIDE_INK_LINE));
          g_test_message ("spike %u", i);
          g_assert_cmpuint (best, <, 40);
          /* And nothing where there is none.  */
          g_assert_cmpuint (distance_to (&picture, x + 30, y, TIDE_INK_BACKGROUND), <, 8);
        }
    }
}

static void
test_line_and_area (void)
{
  for (gboolean dark = FALSE; dark <= TRUE; dark++)
    for (double scale = 1; scale <= 2; scale++)
      {
        g_autoptr (TideRecording) recording = tide_fixture_recording ();
        TideRssSample samples[] = { { 0, 50 * TIDE_MIB },
                                    { 5 * TIDE_S, 150 * TIDE_MIB },
                                    { 10 * TIDE_S, 150 * TIDE_MIB } };
        TideTimelineView view;
        g_auto (Picture) picture = { 0 };
        double x, low, high;

        tide_fixture_add_samples (recording, samples, 3);
        view = tide_fixture_view (recording, NULL);
        picture_init (&picture, &view, dark, 800, 240, scale);
        low = tide_timeline_y_at (&picture.layout, 50 * TIDE_MIB);
        high = tide_timeline_y_at (&picture.layout, 150 * TIDE_MIB);

        /* A value holds until the next: half of the way the line is still low.  */
        x = tide_timeline_x_at (&picture.layout, 2500 * TIDE_MS);
        g_assert_cmpuint (distance_to (&picture, x, low, TIDE_INK_LINE), <, 90);
        g_assert_cmpuint (distance_to (&picture, x, low + 12, TIDE_INK_AREA), <, 30);
        g_assert_cmpuint (distance_to (&picture, x, low - 12, TIDE_INK_BACKGROUND), <, 30);
        x = tide_timeline_x_at (&picture.layout, 7500 * TIDE_MS);
        g_assert_cmpuint (distance_to (&picture, x, high, TIDE_INK_LINE), <, 90);
        g_assert_cmpuint (distance_to (&picture, x, (low + high) / 2 + 3, TIDE_INK_AREA), <, 30);
        /* The step itself is upright.  */
        x = tide_timeline_x_at (&picture.layout, 5 * TIDE_S);
        g_assert_cmpuint (MIN (distance_to (&picture, x, (low + high) / 2 + 3, TIDE_INK_LINE),
                               distance_to (&picture, x + 1, (low + high) / 2 + 3, TIDE_INK_LINE)),
                          <, 90);
      }
}

/* A notch right after a slope that is too steep for a line is as dark as a line all along; noise of the same
 * size is not.  */
static void
test_notch_and_band (void)
{
  for (guint noise = 0; noise <= 1; noise++)
    {
      g_autoptr (TideRecording) recording = tide_fixture_recording ();
      g_autofree TideRssSample *samples = g_new (TideRssSample, 2000);
      TideTimelineView view;
      g_auto (Picture) picture = { 0 };
      guint n_line = 0, n = 0;

      for (guint i = 0; i < 2000; i++)
        {
          gint64 value = noise ? (i % 2) * 20 : i == 1021 ? 0 : CLAMP ((gint64)i - 1000, 0, 20);

          samples[i] = (TideRssSample){ i * TIDE_MS, (20 + value * 10) * TIDE_MIB };
        }
      tide_fixture_add_samples (recording, samples, 2000);
      view = tide_fixture_view (recording, NULL);
      view.visible = (TideSpan){ 900 * TIDE_MS, 1100 * TIDE_MS };
      /* A plot of 200 px: a sample for each.  */
      picture_init (&picture, &view, FALSE, 400, 400, 1);
      view.visible.end_ns =
          view.visible.begin_ns + (gint64)(picture.layout.right - picture.layout.left) * TIDE_MS;
      picture_clear (&picture);
      picture_init (&picture, &view, FALSE, 400, 400, 1);
      for (gint64 bytes = 50 * TIDE_MIB; bytes < 190 * TIDE_MIB; bytes += TIDE_MIB)
        {
          double x = tide_timeline_x_at (&picture.layout, 1021 * TIDE_MS);
          double y = tide_timeline_y_at (&picture.layout, bytes);
          guint best = 255;

          for (double dx = -2; dx <= 2; dx++)
            best = MIN (best, distance_to (&picture, x + dx, y, TIDE_INK_LINE));
          n++;
          n_line += best < 60;
        }
      if (noise)
        g_assert_cmpuint (n_line, <, n / 4);
      else
        g_assert_cmpuint (n_line, ==, n);
    }
}

static void
test_selection (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_batch_job ();
  TideTimelineView view = tide_fixture_view (recording, NULL);
  g_auto (Picture) picture = { 0 };
  double y, begin, end;

  view.selection = (TideSpan){ 4 * TIDE_S, 8 * TIDE_S };
  picture_init (&picture, &view, FALSE, 1200, 300, 1);
  y = picture.layout.top + 20;
  begin = tide_timeline_x_at (&picture.layout, view.selection.begin_ns);
  end = tide_timeline_x_at (&picture.layout, view.selection.end_ns);
  g_assert_cmpuint (distance_to (&picture, (begin + end) / 2, y, TIDE_INK_TINT), <, 4);
  g_assert_cmpuint (distance_to (&picture, begin - 20, y, TIDE_INK_BACKGROUND), <, 4);
  g_assert_cmpuint (distance_to (&picture, end + 20, y, TIDE_INK_BACKGROUND), <, 4);
  g_assert_cmpuint (distance_to (&picture, begin - 0.5, y, TIDE_INK_ACCENT), <, 40);
  g_assert_cmpuint (distance_to (&picture, end - 0.5, y, TIDE_INK_ACCENT), <, 40);
  /* The grip is wider than the line.  */
  g_assert_cmpuint (
      distance_to (&picture, begin + 2, (picture.layout.top + picture.layout.bottom) / 2, TIDE_INK_ACCENT), <,
      60);
}

/* A pause has no line and no area, but a hatch.  */
static void
test_pause (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_recording ();
  TideRssSample samples[] = { { 0, 100 * TIDE_MIB },
                              { 8 * TIDE_S, 100 * TIDE_MIB },
                              { 12 * TIDE_S, 100 * TIDE_MIB } };
  TideTimelineView view;
  g_auto (Picture) picture = { 0 };
  guint n_background = 0, n_hatch = 0;
  double y, x;

  tide_fixture_add_samples (recording, samples, 1);
  tide_fixture_add_note (recording, TIDE_NOTE_PAUSE, 2 * TIDE_S, 1);
  tide_fixture_add_note (recording, TIDE_NOTE_PAUSE, 8 * TIDE_S, 0);
  tide_fixture_add_samples (recording, samples + 1, 2);
  view = tide_fixture_view (recording, NULL);
  picture_init (&picture, &view, FALSE, 1000, 240, 1);
  y = round (tide_timeline_y_at (&picture.layout, 30 * TIDE_MIB));
  for (x = tide_timeline_x_at (&picture.layout, 3 * TIDE_S);
       x < tide_timeline_x_at (&picture.layout, 7 * TIDE_S); x++)
    {
      guint distance = distance_to (&picture, x, y, TIDE_INK_BACKGROUND);

      n_background += distance < 6;
      n_hatch += distance >= 20;
    }
  g_assert_cmpuint (n_background, >, 50);
  g_assert_cmpuint (n_hatch, >, 30);
  x = tide_timeline_x_at (&picture.layout, TIDE_S);
  g_assert_cmpuint (distance_to (&picture, x, y, TIDE_INK_AREA), <, 8);
}

static void
test_end (void)
{
  for (guint status = 0; status <= 1; status++)
    {
      g_autoptr (TideRecording) recording = tide_fixture_recording ();
      TideRssSample sample = { 0, 100 * TIDE_MIB };
      TideTimelineView view;
      g_auto (Picture) picture = { 0 };
      guint n_alert = 0;
      double x;

      tide_fixture_add_samples (recording, &sample, 1);
      tide_fixture_end (recording, 5 * TIDE_S, 0, status);
      view = tide_fixture_view (recording, NULL);
      view.visible.end_ns = 10 * TIDE_S;
      picture_init (&picture, &view, FALSE, 1000, 240, 1);
      x = tide_timeline_x_at (&picture.layout, 5 * TIDE_S);
      for (double y = picture.layout.top; y < picture.layout.bottom; y++)
        n_alert += distance_to (&picture, x, y, TIDE_INK_ALERT) < 60;
      if (status == 0)
        g_assert_cmpuint (n_alert, ==, 0);
      else
        g_assert_cmpuint (n_alert, >, 20);
      /* After the end nothing is claimed.  */
      g_assert_cmpuint (distance_to (&picture, x + 50, picture.layout.bottom - 5, TIDE_INK_BACKGROUND), <, 6);
      g_assert_cmpuint (distance_to (&picture, x - 50, picture.layout.bottom - 5, TIDE_INK_AREA), <, 6);
    }
}

/* Nothing of these may crash, hang or warn; something is painted each time.  */
static void
test_extremes (void)
{
  static const TideSpan spans[] = {
    { 0, 10 },
    { 0, 864000 * TIDE_S },
    { 864000 * TIDE_S - 5, 864000 * TIDE_S + 5 },
    { G_MININT64, G_MAXINT64 },
    { 7, 3 },
  };
  static const int sizes[][2] = { { 1, 1 }, { 3, 400 }, { 400, 3 }, { 60, 40 }, { 1200, 300 } };
  static const gint64 values[] = { 0, 1, G_GINT64_CONSTANT (1) << 40, G_MAXINT64, G_MININT64 };

  for (guint n_samples = 0; n_samples <= G_N_ELEMENTS (values); n_samples++)
    {
      g_autoptr (TideRecording) recording = tide_fixture_recording ();

      for (guint i = 0; i < n_samples; i++)
        {
          TideRssSample sample = { i * 216000 * TIDE_S + i, values[i] };

          tide_fixture_add_samples (recording, &sample, 1);
        }
      for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
        for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
          {
            TideTimelineView view = tide_fixture_view (recording, NULL);
            g_auto (Picture) picture = { 0 };
            g_autofree char *text = NULL;
            cairo_t *cr;

            view.visible = spans[i];
            view.selection = (TideSpan){ G_MININT64, G_MAXINT64 };
            view.live = j % 2 == 0;
            view.y_from_zero = i % 2 == 0;
            picture_init (&picture, &view, j % 2 != 0, sizes[j][0], sizes[j][1], 1);
            cr = cairo_create (picture.surface);
            tide_timeline_paint_hover (cr, &view, &picture.layout, spans[i].begin_ns);
            tide_timeline_paint_hover (cr, &view, &picture.layout, 5);
            tide_overview_paint (cr, &view, spans[i], sizes[j][0], sizes[j][1]);
            g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
            cairo_destroy (cr);
            text = tide_timeline_describe (&view);
            g_assert_true (g_utf8_validate (text, -1, NULL));
          }
    }
}

/* The card stays inside, wherever the pointer is.  */
static void
test_hover (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_batch_job ();
  TideTheme theme;
  TideTimelineView view = tide_fixture_view (recording, &theme);
  TideTimelineLayout layout;

  tide_theme_init (&theme, FALSE);
  tide_timeline_layout (&view, 800, 240, &layout);
  for (double x = layout.left; x <= layout.right; x += (layout.right - layout.left) / 20)
    {
      cairo_surface_t *surface = tide_fixture_surface (&theme, 800, 240, 1);
      guint32 background = tide_fixture_ink (&theme, TIDE_INK_BACKGROUND);
      cairo_t *cr = cairo_create (surface);
      guint n_card = 0;

      tide_timeline_paint_hover (cr, &view, &layout, tide_timeline_time_at (&layout, x));
      cairo_destroy (cr);
      for (int row = 0; row < 240; row++)
        for (int column = 0; column < 800; column++)
          if (tide_fixture_pixel (surface, column, row) != background)
            {
              n_card++;
              /* The shadow and the dot may reach over the edge by a little.  */
              g_assert_cmpint (column, >=, (int)layout.left - 6);
              g_assert_cmpint (column, <=, (int)layout.right + 6);
            }
      g_assert_cmpuint (n_card, >, 1000);
      cairo_surface_destroy (surface);
    }
}

static void
test_readout (void)
{
  g_autoptr (TideRecording) recording = tide_fixture_recording ();
  TideRssSample samples[] = { { 0, 490 * TIDE_MIB }, { 62 * TIDE_S, 490 * TIDE_MIB } };
  TideTheme theme;
  TideTimelineView view;
  TideTimelineLayout layout;
  g_autofree char *inside = NULL;
  g_autofree char *after = NULL;

  tide_theme_init (&theme, FALSE);
  tide_fixture_add_samples (recording, samples, 2);
  view = tide_fixture_view (recording, &theme);
  tide_timeline_layout (&view, 1200, 300, &layout);
  inside = tide_timeline_readout (&view, &layout, 31400 * TIDE_MS);
  after = tide_timeline_readout (&view, &layout, 70 * TIDE_S);
  g_assert_cmpstr (inside, ==, "0:31.4 · RSS 490 MiB");
  g_assert_cmpstr (after, ==, "1:10.0");
}

/* How many pixels that could be of dim words stand above the line of all processes, where a child of BYTES
 * beside the 10 MiB of its parent begins.  */
static guint
count_words_above_total (gint64 bytes)
{
  static const TideRssSample parent[] = { { 0, 10 * TIDE_MIB }, { 10 * TIDE_S, 10 * TIDE_MIB } };
  TideRssSample child[] = { { 4 * TIDE_S, bytes }, { 9 * TIDE_S, bytes } };
  g_autoptr (TideRecording) recording = tide_fixture_recording ();
  TideBatch *batch = tide_batch_new (1);
  g_auto (Picture) picture = { 0 };
  TideTimelineView view;
  double x, y;
  guint n = 0;

  tide_fixture_add_samples (recording, parent, G_N_ELEMENTS (parent));
  batch->info = g_new0 (TideProcessInfo, 1);
  batch->info->pid = 43;
  batch->info->start_ns = child[0].time_ns;
  g_array_append_vals (batch->samples, child, G_N_ELEMENTS (child));
  batch->last_time_ns = child[1].time_ns;
  tide_recording_append (recording, batch);
  view = tide_fixture_view (recording, NULL);
  view.recording = recording;
  picture_init (&picture, &view, FALSE, 800, 300, 1);
  x = tide_timeline_x_at (&picture.layout, child[0].time_ns);
  y = tide_timeline_y_at (&picture.layout, 10 * TIDE_MIB + bytes);
  for (double dy = -16; dy <= -5; dy++)
    {
      for (double dx = -40; dx <= 40; dx++)
        n += distance_to (&picture, x + dx, y + dy, TIDE_INK_DIM) < 60;
    }
  return n;
}

/* A line that nobody names says nothing; where the two are near, words would stand in each other's way.  */
static void
test_total_is_named (void)
{
  g_assert_cmpuint (count_words_above_total (110 * TIDE_MIB), >, 40);
  g_assert_cmpuint (count_words_above_total (1 * TIDE_MIB), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline-view/spikes", test_spikes);
  g_test_add_func ("/timeline-view/line-and-area", test_line_and_area);
  g_test_add_func ("/timeline-view/notch-and-band", test_notch_and_band);
  g_test_add_func ("/timeline-view/selection", test_selection);
  g_test_add_func ("/timeline-view/pause", test_pause);
  g_test_add_func ("/timeline-view/end", test_end);
  g_test_add_func ("/timeline-view/extremes", test_extremes);
  g_test_add_func ("/timeline-view/hover", test_hover);
  g_test_add_func ("/timeline-view/readout", test_readout);
  g_test_add_func ("/timeline-view/total-is-named", test_total_is_named);
  return g_test_run ();
}
