#include "config.h"

#include "tide-text.h"

#include <math.h>

void
tide_text_init (TideText *self, cairo_t *cr, const TideTheme *theme)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  self->cr = cr;
  self->theme = theme;
  self->layout = pango_cairo_create_layout (cr);
  /* The same picture at every scale: no positions rounded to the pixels of one.  */
  pango_context_set_round_glyph_positions (pango_layout_get_context (self->layout), FALSE);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (self->layout, attributes);
  tide_text_set_style (self, 1, FALSE);
}

void
tide_text_clear (TideText *self)
{
  g_clear_object (&self->layout);
}

void
tide_text_set_style (TideText *self, double size, gboolean bold)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_family (font, self->theme->font);
  pango_font_description_set_absolute_size (font, self->theme->font_size * size * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (self->layout, font);
}

void
tide_text_set_max_width (TideText *self, double width, gboolean middle)
{
  pango_layout_set_width (self->layout, width < 0 ? -1 : (int)(MIN (width, 1e5) * PANGO_SCALE));
  pango_layout_set_ellipsize (self->layout, width < 0 ? PANGO_ELLIPSIZE_NONE
                                            : middle  ? PANGO_ELLIPSIZE_MIDDLE
                                                      : PANGO_ELLIPSIZE_END);
}

void
tide_text_measure (TideText *self, const char *text, double *width, double *height)
{
  PangoRectangle logical;

  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_extents (self->layout, NULL, &logical);
  if (width != NULL)
    *width = (double)logical.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double)logical.height / PANGO_SCALE;
}

void
tide_text_draw (TideText *self, double x, double y, double align, const char *text)
{
  PangoRectangle logical;
  double scale_x, scale_y, baseline;

  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_extents (self->layout, NULL, &logical);
  tide_theme_device_scale (self->cr, &scale_x, &scale_y);
  x -= (double)(logical.width * align + logical.x) / PANGO_SCALE;
  baseline = (double)pango_layout_get_baseline (self->layout) / PANGO_SCALE;
  cairo_move_to (self->cr, round (x * scale_x) / scale_x,
                 round ((y + baseline) * scale_y) / scale_y - baseline);
  pango_cairo_show_layout (self->cr, self->layout);
}
