/* Query and paint times of the timeline over 10 million samples.  The figures are for people; it fails only
 * where a paint takes several times what the design allows, so that a busy machine does not.  */

#include "tide-chart-fixture.h"

#include "tide-columns.h"

#include <stdlib.h>

#define N_SAMPLES 10000000
#define N_ROUNDS 15

/* The budget of a 1200 x 300 paint is 4 ms.  */
#define WORST_MS 20

static TideTheme theme;

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

static double
median_ms (gint64 *times)
{
  qsort (times, N_ROUNDS, sizeof *times, compare);
  return times[N_ROUNDS / 2] / 1000.0;
}

/* A round pans by a little, so that nothing could be kept from the one before.  */
static double
measure (TideTimelineView view, int width, double scale, const char *what)
{
  cairo_surface_t *surface = tide_fixture_surface (&theme, width, 300, scale);
  gint64 queries[N_ROUNDS], paints[N_ROUNDS];
  double paint_ms;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_auto (TideColumns) columns = { 0 };
      TideTimelineLayout layout;
      cairo_t *cr = cairo_create (surface);
      gint64 start;

      view.visible.begin_ns += 12345;
      view.visible.end_ns += 12345;
      start = g_get_monotonic_time ();
      tide_columns_init (&columns, tide_process_get_rss (view.process), view.visible, (guint)(width * scale),
                         view.visible.end_ns);
      queries[i] = g_get_monotonic_time () - start;
      start = g_get_monotonic_time ();
      tide_timeline_layout (&view, width, 300, &layout);
      tide_timeline_paint (cr, &view, &layout);
      cairo_surface_flush (surface);
      paints[i] = g_get_monotonic_time () - start;
      cairo_destroy (cr);
    }
  cairo_surface_destroy (surface);
  paint_ms = median_ms (paints);
  g_print ("%4d x 300 at %gx, %-22s query %6.2f ms   query and paint %6.2f ms\n", width, scale, what,
           median_ms (queries), paint_ms);
  return paint_ms;
}

static void
measure_live (TideRecording *recording)
{
  cairo_surface_t *surface = tide_fixture_surface (&theme, 1200, 300, 1);
  gint64 times[N_ROUNDS];

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree TideRssSample *samples = g_new (TideRssSample, 16667);
      gint64 last = tide_recording_get_last_time (recording), start;
      TideTimelineView view = tide_fixture_view (recording, &theme);
      TideTimelineLayout layout;
      cairo_t *cr = cairo_create (surface);

      for (guint j = 0; j < 16667; j++)
        samples[j] = (TideRssSample){ last + (gint64)(j + 1) * 1000, (100 + j % 50) * TIDE_MIB };
      start = g_get_monotonic_time ();
      tide_fixture_add_samples (recording, samples, 16667);
      tide_timeline_layout (&view, 1200, 300, &layout);
      tide_timeline_paint (cr, &view, &layout);
      cairo_surface_flush (surface);
      times[i] = g_get_monotonic_time () - start;
      cairo_destroy (cr);
    }
  cairo_surface_destroy (surface);
  g_print ("1200 x 300 at 1x, a frame of 1 M samples/s: append and paint %6.2f ms\n", median_ms (times));
}

int
main (void)
{
  static const struct
  {
    int width;
    double scale;
  } sizes[] = { { 1200, 1 }, { 1200, 2 }, { 3840, 1 } };
  gsize spikes[] = { 123456, 5000000, 9876543 };
  g_autoptr (TideRecording) noise = tide_fixture_noise (N_SAMPLES, spikes, G_N_ELEMENTS (spikes));
  g_autoptr (TideRecording) job = tide_fixture_batch_job ();
  double paint_ms = 0;

  tide_theme_init (&theme, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      TideTimelineView view = tide_fixture_view (noise, &theme);
      double ms = measure (view, sizes[i].width, sizes[i].scale, "10 M samples, whole");

      if (i == 0)
        paint_ms = ms;
      view.visible = (TideSpan){ view.visible.end_ns / 3, view.visible.end_ns / 3 * 2 };
      measure (view, sizes[i].width, sizes[i].scale, "10 M samples, a third");
      view.visible.end_ns = view.visible.begin_ns + 5000 * 1000;
      measure (view, sizes[i].width, sizes[i].scale, "5 000 of them");
      measure (tide_fixture_view (job, &theme), sizes[i].width, sizes[i].scale, "a batch job");
    }
  measure_live (noise);
  return paint_ms <= WORST_MS ? EXIT_SUCCESS : EXIT_FAILURE;
}
