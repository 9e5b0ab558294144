#include "tide-chart-fixture.h"

#include <math.h>

TideRecording *
tide_fixture_recording (void)
{
  TideRecording *recording = tide_recording_new ();
  TideBatch *batch = tide_batch_new (0);
  const char *const argv[] = {
    "/usr/bin/python3", "-X", "dev", "/home/ada/nightly_ingest.py", "--fast", NULL
  };

  batch->info = g_new0 (TideProcessInfo, 1);
  batch->info->pid = 4242;
  batch->info->page_size = 4096;
  batch->info->start_wall_ns = G_GINT64_CONSTANT (1790000000) * TIDE_S;
  batch->info->executable = g_strdup ("/usr/bin/python3");
  batch->info->argv = g_strdupv ((char **)argv);
  batch->info->python_version = g_strdup ("3.12.1");
  tide_recording_append (recording, batch);
  return recording;
}

void
tide_fixture_add_samples (TideRecording *recording, const TideRssSample *samples, guint n_samples)
{
  TideBatch *batch = tide_batch_new (0);

  g_array_append_vals (batch->samples, samples, n_samples);
  batch->last_time_ns = n_samples > 0 ? samples[n_samples - 1].time_ns : 0;
  tide_recording_append (recording, batch);
}

void
tide_fixture_add_note (TideRecording *recording, TideNoteKind kind, gint64 time_ns, gint64 value)
{
  TideBatch *batch = tide_batch_new (0);
  TideNote note = { .time_ns = time_ns, .kind = kind, .detail = 1, .value = value };

  g_array_append_val (batch->notes, note);
  batch->last_time_ns = time_ns;
  tide_recording_append (recording, batch);
}

void
tide_fixture_end (TideRecording *recording, gint64 time_ns, guint kind, guint value)
{
  TideBatch *batch = tide_batch_new (0);

  batch->end = g_new0 (TideProcessEnd, 1);
  batch->end->time_ns = time_ns;
  batch->end->kind = kind;
  batch->end->value = value;
  batch->last_time_ns = time_ns;
  tide_recording_append (recording, batch);
}

/* Functions of the batch job; ids of strings and codes count from 1.  */
static const struct
{
  const char *name, *file;
  guint32 line;
} functions[] = {
  { "load_batch", "/home/ada/ingest.py", 88 },    { "Index.add", "/home/ada/index.py", 41 },
  { "normalise", "/home/ada/ingest.py", 132 },    { "loads", "/usr/lib/python3.12/json/__init__.py", 299 },
  { "read_rows", "/home/ada/ingest.py", 61 },     { "<listcomp>", "/home/ada/ingest.py", 140 },
  { "Cache.remember", "/home/ada/cache.py", 17 }, { "flush", "/home/ada/export.py", 19 },
  { "main", "/home/ada/nightly_ingest.py", 9 },
};

static void
add_functions (TideBatch *batch)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      TideCode code = { .file = 2 * i + 1, .name = 2 * i + 2, .first_line = functions[i].line };
      TideNode node = { .parent = 0, .code = i + 1, .line = functions[i].line + 3 };

      g_ptr_array_add (batch->strings, g_strdup (functions[i].file));
      g_ptr_array_add (batch->strings, g_strdup (functions[i].name));
      g_array_append_val (batch->codes, code);
      g_array_append_val (batch->nodes, node);
    }
}

static void
add_event (TideBatch *batch, gint64 time_ns, guint function, gint64 delta, gint64 *rss)
{
  TideRssEvent event = { .time_ns = time_ns, .delta_bytes = delta, .node = function + 1, .thread = 0 };
  TideRssSample sample;

  *rss += delta;
  event.rss_bytes = *rss;
  sample = (TideRssSample){ time_ns, *rss };
  g_array_append_val (batch->events, event);
  g_array_append_val (batch->samples, sample);
  batch->last_time_ns = time_ns;
}

TideRecording *
tide_fixture_batch_job (void)
{
  TideRecording *recording = tide_fixture_recording ();
  TideBatch *batch = tide_batch_new (0);
  GRand *random = g_rand_new_with_seed (7);
  TideRssSample start = { 2 * TIDE_MS, 9 * TIDE_MIB };
  gint64 rss = start.rss_bytes;
  gint64 held = 0;

  add_functions (batch);
  g_array_append_val (batch->samples, start);
  /* Batches of 2.4 s: rows are read and parsed, then freed, and the index and the cache keep their part.  */
  for (gint64 t = 40; t < 19800; t += 10)
    {
      double phase = fmod (t / 2400.0, 1);
      guint function = g_rand_int_range (random, 0, 10) < 6 ? 0 : (guint)g_rand_int_range (random, 0, 7);

      if (phase < 0.72)
        {
          gint64 delta = g_rand_int_range (random, 20, 320) * 4096;

          if (function == 0 || function == 4)
            held += delta;
          add_event (batch, t * TIDE_MS, function, delta, &rss);
        }
      else if (phase > 0.86 && held > 0)
        {
          gint64 given = held > 8 * TIDE_MIB ? held / 3 * 2 : held;

          held = 0;
          add_event (batch, t * TIDE_MS, 7, -given, &rss);
        }
    }
  g_rand_free (random);
  tide_recording_append (recording, batch);
  tide_fixture_end (recording, 20 * TIDE_S, 0, 0);
  return recording;
}

TideRecording *
tide_fixture_noise (gsize n_samples, const gsize *indices, guint count)
{
  TideRecording *recording = tide_fixture_recording ();
  guint32 state = 12345;
  gsize i = 0;
  guint next = 0;

  while (i < n_samples)
    {
      TideBatch *batch = tide_batch_new (0);
      gsize end = MIN (i + 65536, n_samples);

      for (; i < end; i++)
        {
          TideRssSample sample = { .time_ns = (gint64)i * 1000 };

          state = state * 1664525u + 1013904223u;
          sample.rss_bytes = 100 * TIDE_MIB + (gint64)((state >> 8) % 25600) * 4096;
          if (next < count && indices[next] == i)
            {
              sample.rss_bytes = 600 * TIDE_MIB;
              next++;
            }
          g_array_append_val (batch->samples, sample);
          batch->last_time_ns = sample.time_ns;
        }
      tide_recording_append (recording, batch);
    }
  return recording;
}

TideTimelineView
tide_fixture_view (TideRecording *recording, const TideTheme *theme)
{
  TideTimelineView view = { .process = tide_recording_get_process (recording, 0),
                            .y_from_zero = TRUE,
                            .theme = theme };

  view.visible = (TideSpan){ 0, MAX (tide_recording_get_last_time (recording), 1) };
  return view;
}

cairo_surface_t *
tide_fixture_surface (const TideTheme *theme, int width, int height, double scale)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)(width * scale), (int)(height * scale));
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  tide_theme_source (theme, cr, TIDE_INK_BACKGROUND, 1);
  cairo_paint (cr);
  cairo_destroy (cr);
  return surface;
}

guint32
tide_fixture_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data;

  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);
  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (surface));
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y, <, cairo_image_surface_get_height (surface));
  return ((const guint32 *)(const void *)data)[x] & 0xffffff;
}

guint
tide_fixture_distance (guint32 a, guint32 b)
{
  guint distance = 0;

  for (guint shift = 0; shift < 24; shift += 8)
    distance = MAX (distance, (guint)ABS ((int)((a >> shift) & 0xff) - (int)((b >> shift) & 0xff)));
  return distance;
}

guint32
tide_fixture_ink (const TideTheme *theme, TideInk ink)
{
  double rgba[4];
  guint32 color = 0;

  tide_theme_ink (theme, ink, rgba);
  for (guint i = 0; i < 3; i++)
    color = color << 8 | (guint32)round ((rgba[i] * rgba[3] + theme->background[i] * (1 - rgba[3])) * 255);
  return color;
}
