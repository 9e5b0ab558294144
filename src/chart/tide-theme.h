#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* What the painters take from the surroundings.  Plain data; cheap to copy.  */
typedef struct
{
  gboolean dark;
  gboolean high_contrast;
  double font_size; /* px of the labels */
  const char *font; /* family, or several with commas; borrowed */
  double accent[3]; /* of what is selected */
  double background[3], foreground[3];
} TideTheme;

/* Things that are painted; see tide_theme_source().  */
typedef enum
{
  TIDE_INK_TEXT,
  TIDE_INK_DIM,  /* labels                          */
  TIDE_INK_GRID, /* hairlines behind the data       */
  TIDE_INK_AXIS, /* the base line and its ticks     */
  TIDE_INK_LINE, /* RSS                             */
  TIDE_INK_AREA, /* under it                        */
  TIDE_INK_PAST, /* the overview's area             */
  TIDE_INK_GROWTH,
  TIDE_INK_RELEASE,
  TIDE_INK_ALERT, /* limits, errors, recording       */
  TIDE_INK_ACCENT,
  TIDE_INK_TINT,  /* inside the selection            */
  TIDE_INK_HATCH, /* where nothing is known          */
  TIDE_INK_CARD,  /* behind the readout              */
  TIDE_INK_BACKGROUND,
  TIDE_N_INKS
} TideInk;

/* The two looks of the product, with "Sans" at 11 px.  */
void tide_theme_init (TideTheme *theme, gboolean dark);
/* Makes INK the source of CR, ALPHA times as opaque as it is.  */
void tide_theme_source (const TideTheme *theme, cairo_t *cr, TideInk ink, double alpha);
/* Red, green, blue and opacity of INK.  */
void tide_theme_ink (const TideTheme *theme, TideInk ink, double rgba[4]);

/* Device pixels for one unit of CR, the scale of its surface included.  */
void tide_theme_device_scale (cairo_t *cr, double *scale_x, double *scale_y);
/* The nearest place where a line LINE_WIDTH wide covers whole device pixels.  SCALE: from above.  */
double tide_theme_snap (double position, double line_width, double scale);

G_END_DECLS
