#include "tide-theme.h"

#include "tide-chart-fixture.h"

#include <math.h>

/* How well two colours can be told apart: the ratio that WCAG defines.  */
static double
contrast (guint32 a, guint32 b)
{
  double luminance[2];

  for (guint i = 0; i < 2; i++)
    {
      guint32 color = i == 0 ? a : b;
      double sum = 0;
      static const double weights[] = { 0.0722, 0.7152, 0.2126 };

      for (guint shift = 0; shift < 3; shift++)
        {
          double channel = ((color >> (shift * 8)) & 0xff) / 255.0;

          sum +=
              weights[shift] * (channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4));
        }
      luminance[i] = sum + 0.05;
    }
  return MAX (luminance[0], luminance[1]) / MIN (luminance[0], luminance[1]);
}

static void
test_contrast (void)
{
  for (guint dark = 0; dark <= 1; dark++)
    for (guint high = 0; high <= 1; high++)
      {
        TideTheme theme;
        guint32 background;

        tide_theme_init (&theme, dark != 0);
        theme.high_contrast = high != 0;
        background = tide_fixture_ink (&theme, TIDE_INK_BACKGROUND);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_TEXT), background), >, 12);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_DIM), background), >,
                           high ? 12 : 4.5);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_ACCENT), background), >, 3);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_GROWTH), background), >, 3);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_RELEASE), background), >, 3);
        g_assert_cmpfloat (contrast (tide_fixture_ink (&theme, TIDE_INK_ALERT), background), >, 4);
        g_assert_cmpfloat (
            contrast (tide_fixture_ink (&theme, TIDE_INK_LINE), tide_fixture_ink (&theme, TIDE_INK_AREA)), >,
            5);
      }
}

static void
test_snap (void)
{
  static const double scales[] = { 1, 1.25, 1.5, 2, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    for (double width = 1; width <= 2; width++)
      for (double at = 0; at < 20; at += 0.37)
        {
          double snapped = tide_theme_snap (at, width, scales[i]);
          double edge = snapped * scales[i] - round (width * scales[i]) / 2;

          g_assert_cmpfloat_with_epsilon (edge, round (edge), 1e-6);
          g_assert_cmpfloat (fabs (snapped - at) * scales[i], <=, 1 + 1e-9);
        }
}

/* A hairline is one full device pixel and nothing beside it, whatever moved the context.  */
static void
test_crisp (void)
{
  for (double scale = 1; scale <= 2; scale++)
    {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 40, 10);
      double scale_x, scale_y, x;
      cairo_t *cr;
      guint n_full = 0, n_other = 0;

      cairo_surface_set_device_scale (surface, scale, scale);
      cr = cairo_create (surface);
      tide_theme_device_scale (cr, &scale_x, &scale_y);
      g_assert_cmpfloat (scale_x, ==, scale);
      g_assert_cmpfloat (scale_y, ==, scale);
      x = tide_theme_snap (7.3, 1, scale_x);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_move_to (cr, x, 0);
      cairo_line_to (cr, x, 10);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
      cairo_destroy (cr);
      for (int column = 0; column < 40; column++)
        {
          guint32 color = tide_fixture_pixel (surface, column, 3);

          n_full += color == 0xffffff;
          n_other += color != 0xffffff && color != 0;
        }
      g_assert_cmpuint (n_full, ==, (guint)scale);
      g_assert_cmpuint (n_other, ==, 0);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/theme/contrast", test_contrast);
  g_test_add_func ("/theme/snap", test_snap);
  g_test_add_func ("/theme/crisp", test_crisp);
  return g_test_run ();
}
