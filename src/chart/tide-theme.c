#include "config.h"

#include "tide-theme.h"

#include <math.h>

static void
set (double color[3], guint32 rgb)
{
  color[0] = ((rgb >> 16) & 0xff) / 255.0;
  color[1] = ((rgb >> 8) & 0xff) / 255.0;
  color[2] = (rgb & 0xff) / 255.0;
}

void
tide_theme_init (TideTheme *theme, gboolean dark)
{
  *theme = (TideTheme){ .dark = dark, .font = "Sans", .font_size = 11 };
  set (theme->background, dark ? 0x242424 : 0xfafafa);
  set (theme->foreground, dark ? 0xffffff : 0x241f31);
  set (theme->accent, dark ? 0x78aeed : 0x1c71d8);
}

static void
ink_of (const TideTheme *theme, const double color[3], double opacity, double rgba[4])
{
  for (guint i = 0; i < 3; i++)
    rgba[i] = color[i];
  rgba[3] = opacity;
}

static void
ink_of_rgb (guint32 rgb, double opacity, double rgba[4])
{
  set (rgba, rgb);
  rgba[3] = opacity;
}

void
tide_theme_ink (const TideTheme *theme, TideInk ink, double rgba[4])
{
  gboolean dark = theme->dark, high = theme->high_contrast;

  switch (ink)
    {
    case TIDE_INK_TEXT:
    case TIDE_INK_LINE:
      ink_of (theme, theme->foreground, 1, rgba);
      break;
    case TIDE_INK_DIM:
      ink_of (theme, theme->foreground, high ? 1 : 0.62, rgba);
      break;
    case TIDE_INK_GRID:
      ink_of (theme, theme->foreground, high ? 0.35 : 0.10, rgba);
      break;
    case TIDE_INK_AXIS:
      ink_of (theme, theme->foreground, high ? 0.8 : 0.30, rgba);
      break;
    case TIDE_INK_AREA:
      ink_of_rgb (dark ? 0x33a6b8 : 0x2190a4, dark ? 0.42 : 0.30, rgba);
      break;
    case TIDE_INK_PAST:
      ink_of (theme, theme->foreground, high ? 0.5 : 0.26, rgba);
      break;
    case TIDE_INK_GROWTH:
      ink_of_rgb (dark ? 0xff7800 : 0xc64600, 1, rgba);
      break;
    case TIDE_INK_RELEASE:
      ink_of_rgb (dark ? 0x57e389 : 0x26a269, 1, rgba);
      break;
    case TIDE_INK_ALERT:
      ink_of_rgb (dark ? 0xff6b6b : 0xe01b24, 1, rgba);
      break;
    case TIDE_INK_ACCENT:
      ink_of (theme, theme->accent, 1, rgba);
      break;
    case TIDE_INK_TINT:
      ink_of (theme, theme->accent, dark ? 0.14 : 0.11, rgba);
      break;
    case TIDE_INK_HATCH:
      ink_of (theme, theme->foreground, high ? 0.6 : 0.22, rgba);
      break;
    case TIDE_INK_CARD:
      if (dark)
        ink_of_rgb (0x36363a, 0.97, rgba);
      else
        ink_of_rgb (0xffffff, 0.97, rgba);
      break;
    case TIDE_INK_BACKGROUND:
      ink_of (theme, theme->background, 1, rgba);
      break;
    case TIDE_N_INKS:
      g_assert_not_reached ();
    }
}

void
tide_theme_source (const TideTheme *theme, cairo_t *cr, TideInk ink, double alpha)
{
  double rgba[4];

  tide_theme_ink (theme, ink, rgba);
  cairo_set_source_rgba (cr, rgba[0], rgba[1], rgba[2], rgba[3] * alpha);
}

void
tide_theme_device_scale (cairo_t *cr, double *scale_x, double *scale_y)
{
  double matrix_x = 1, matrix_y = 0, surface_x, surface_y, other_x = 0, other_y = 1;

  cairo_user_to_device_distance (cr, &matrix_x, &matrix_y);
  cairo_user_to_device_distance (cr, &other_x, &other_y);
  cairo_surface_get_device_scale (cairo_get_group_target (cr), &surface_x, &surface_y);
  *scale_x = MAX (hypot (matrix_x, matrix_y) * surface_x, 1e-3);
  *scale_y = MAX (hypot (other_x, other_y) * surface_y, 1e-3);
}

double
tide_theme_snap (double position, double line_width, double scale)
{
  int device_width = MAX (1, (int)round (line_width * scale));

  /* An odd width is centred in a pixel, an even one between two.  */
  if (device_width % 2)
    return (floor (position * scale) + 0.5) / scale;
  return round (position * scale) / scale;
}
