#include "config.h"

#include "tide-chart-style.h"

#include <math.h>

/* Labels of the charts against the window's own text.  */
#define LABEL_SIZE 0.84

/* How far the accent must be from the background, of black to white.  */
#define LEAST_ACCENT 0.25

static void
to_color (const GdkRGBA *rgba, double color[3])
{
  color[0] = rgba->red;
  color[1] = rgba->green;
  color[2] = rgba->blue;
}

static double
brightness (const double color[3])
{
  return color[0] * 0.30 + color[1] * 0.59 + color[2] * 0.11;
}

static gboolean
is_high_contrast (GtkWidget *widget)
{
  g_autofree char *name = NULL;

  g_object_get (gtk_widget_get_settings (widget), "gtk-theme-name", &name, NULL);
  return name != NULL && (strstr (name, "HighContrast") != NULL || g_str_has_suffix (name, "-hc"));
}

/* Px of the widget's font, whatever unit it was given in.  */
static double
font_px (GtkWidget *widget, const PangoFontDescription *font)
{
  double size = (double)pango_font_description_get_size (font) / PANGO_SCALE;
  double dpi = pango_cairo_context_get_resolution (gtk_widget_get_pango_context (widget));

  if (pango_font_description_get_size_is_absolute (font))
    return size;
  return size * (dpi > 0 ? dpi : 96) / 72;
}

static gboolean
is_same (const TideTheme *a, const TideTheme *b)
{
  for (guint i = 0; i < 3; i++)
    if (a->accent[i] != b->accent[i] || a->background[i] != b->background[i]
        || a->foreground[i] != b->foreground[i])
      return FALSE;
  return a->dark == b->dark && a->high_contrast == b->high_contrast && a->font_size == b->font_size
         && g_strcmp0 (a->font, b->font) == 0;
}

gboolean
tide_chart_style_update (TideChartStyle *self, GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  const PangoFontDescription *font =
      pango_context_get_font_description (gtk_widget_get_pango_context (widget));
  TideTheme theme;
  GdkRGBA rgba;
  double background[3];
  gboolean has_background = gtk_style_context_lookup_color (context, "theme_bg_color", &rgba);

  if (has_background)
    to_color (&rgba, background);
  tide_theme_init (&theme, has_background && brightness (background) < 0.5);
  if (has_background)
    memcpy (theme.background, background, sizeof background);
  gtk_style_context_get_color (context, &rgba);
  to_color (&rgba, theme.foreground);
  /* GTK's dark theme selects in a blue that is made to lie behind white text; as a line nobody would see it.
   */
  if (gtk_style_context_lookup_color (context, "theme_selected_bg_color", &rgba))
    {
      double accent[3];

      to_color (&rgba, accent);
      if (fabs (brightness (accent) - brightness (theme.background)) > LEAST_ACCENT)
        memcpy (theme.accent, accent, sizeof accent);
    }
  theme.high_contrast = is_high_contrast (widget);
  theme.font = pango_font_description_get_family (font);
  if (theme.font == NULL)
    theme.font = "Sans";
  theme.font_size = CLAMP (font_px (widget, font) * LABEL_SIZE, 6, 100);
  if (self->font != NULL && is_same (&self->theme, &theme))
    return FALSE;
  g_free (self->font);
  self->font = g_strdup (theme.font);
  self->theme = theme;
  self->theme.font = self->font;
  return TRUE;
}

void
tide_chart_style_clear (TideChartStyle *self)
{
  g_clear_pointer (&self->font, g_free);
}

cairo_surface_t *
tide_chart_style_create_surface (GtkWidget *widget)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  cairo_surface_t *surface;

  if (width <= 0 || height <= 0)
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  return surface;
}

GskRenderNode *
tide_chart_style_take_node (cairo_surface_t *surface)
{
  double scale_x, scale_y;
  GskRenderNode *node;
  cairo_t *cr;

  cairo_surface_flush (surface);
  cairo_surface_get_device_scale (surface, &scale_x, &scale_y);
  node = gsk_cairo_node_new (
      &GRAPHENE_RECT_INIT (0, 0, (float)(cairo_image_surface_get_width (surface) / scale_x),
                           (float)(cairo_image_surface_get_height (surface) / scale_y)));
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return node;
}

void
tide_chart_style_snapshot_focus (const TideChartStyle *self, GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const float widths[] = { 2, 2, 2, 2 };
  float width = (float)gtk_widget_get_width (widget), height = (float)gtk_widget_get_height (widget);
  GdkRGBA color = { (float)self->theme.accent[0], (float)self->theme.accent[1], (float)self->theme.accent[2],
                    0.6f };
  GskRoundedRect outline;

  if (!gtk_widget_has_visible_focus (widget) || width < 8 || height < 8)
    return;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (1, 1, width - 2, height - 2), 5);
  gtk_snapshot_append_border (snapshot, &outline, widths, (GdkRGBA[]){ color, color, color, color });
}
