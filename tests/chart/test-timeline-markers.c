#include "tide-chart-fixture.h"

#include <string.h>

#define WIDTH 800
#define HEIGHT 300
#define N_MANY 200000

static TideTheme theme;
static const TideRssSample samples[] = { { 0, 16 * TIDE_MIB }, { 20 * TIDE_S, 16 * TIDE_MIB } };

static TideRecording *
make_recording (void)
{
  TideRecording *recording = tide_fixture_recording ();
  TideBatch *batch = tide_batch_new (0);
  TideMark mark = { .time_ns = 6 * TIDE_S + TIDE_S / 2,
                    .text = g_strdup ("A"),
                    .kind = TIDE_MARKER_SNAPSHOT };
  TideCollection collection = { .generation = 1 };

  tide_fixture_add_samples (recording, samples, G_N_ELEMENTS (samples));
  g_array_append_val (batch->marks, mark);
  for (guint i = 0; i < N_MANY; i++)
    {
      collection.time_ns = 11 * TIDE_S + i;
      g_array_append_val (batch->collections, collection);
    }
  collection.time_ns = 14 * TIDE_S;
  g_array_append_val (batch->collections, collection);
  tide_recording_append (recording, batch);
  return recording;
}

static void
test_text (void)
{
  static const struct
  {
    gint64 time_ns;
    const char *part; /* NULL: nothing */
  } cases[] = {
    { 6 * TIDE_S + TIDE_S / 2, "Snapshot “A”" },
    { 6 * TIDE_S + TIDE_S / 2 + 50 * TIDE_MS, "Snapshot “A”" },
    { 8 * TIDE_S, NULL },
    { 11 * TIDE_S, "garbage collections here" },
    { 14 * TIDE_S, "Garbage collection, generation 1" },
    { -1, NULL },
    { G_MAXINT64, NULL },
  };
  g_autoptr (TideRecording) recording = make_recording ();
  TideTimelineView view = tide_fixture_view (recording, &theme);
  TideTimelineView nothing = { .visible = { 0, 20 * TIDE_S }, .theme = &theme };
  TideTimelineLayout layout;

  tide_timeline_layout (&view, WIDTH, HEIGHT, &layout);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tide_timeline_dup_marker_text (&view, &layout, cases[i].time_ns);

      if (cases[i].part == NULL)
        g_assert_null (text);
      else
        {
          g_autofree char *readout = tide_timeline_readout (&view, &layout, cases[i].time_ns);

          g_assert_nonnull (strstr (text, cases[i].part));
          g_assert_nonnull (strstr (readout, cases[i].part));
        }
    }
  g_assert_null (tide_timeline_dup_marker_text (&nothing, &layout, TIDE_S));
}

static cairo_surface_t *
paint (TideRecording *recording, TideTimelineLayout *layout)
{
  TideTimelineView view = tide_fixture_view (recording, &theme);
  cairo_surface_t *surface = tide_fixture_surface (&theme, WIDTH, HEIGHT, 1);
  cairo_t *cr = cairo_create (surface);

  tide_timeline_layout (&view, WIDTH, HEIGHT, layout);
  tide_timeline_paint (cr, &view, layout);
  tide_timeline_paint_hover (cr, &view, layout, 18 * TIDE_S);
  cairo_destroy (cr);
  return surface;
}

/* Collections tick the axis alone, a mark goes through the plot; elsewhere nothing is another than without
 * them.  */
static void
test_paint (void)
{
  g_autoptr (TideRecording) recording = make_recording ();
  g_autoptr (TideRecording) without = tide_fixture_recording ();
  TideTimelineLayout layout;
  cairo_surface_t *marked = paint (recording, &layout), *plain;
  const struct
  {
    gint64 time_ns;
    gboolean low, high; /* another near the axis, near the top */
  } cases[] = {
    { 6 * TIDE_S + TIDE_S / 2, TRUE, TRUE },
    { 8 * TIDE_S, FALSE, FALSE },
    { 11 * TIDE_S, TRUE, FALSE },
    { 14 * TIDE_S, TRUE, FALSE },
  };

  tide_fixture_add_samples (without, samples, G_N_ELEMENTS (samples));
  plain = paint (without, &layout);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int x = (int)tide_timeline_x_at (&layout, cases[i].time_ns), low = (int)layout.bottom - 4,
          high = (int)layout.top + 16;

      g_assert_true ((tide_fixture_pixel (marked, x, low) != tide_fixture_pixel (plain, x, low))
                     == cases[i].low);
      g_assert_true ((tide_fixture_pixel (marked, x, high) != tide_fixture_pixel (plain, x, high))
                     == cases[i].high);
    }
  cairo_surface_destroy (marked);
  cairo_surface_destroy (plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tide_theme_init (&theme, FALSE);
  g_test_add_func ("/timeline-markers/text", test_text);
  g_test_add_func ("/timeline-markers/paint", test_paint);
  return g_test_run ();
}
