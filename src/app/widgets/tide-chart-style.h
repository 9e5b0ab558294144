#pragma once

#include "tide-theme.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How the chart widgets look like the rest of the window: colours and font of WIDGET's style, as the painters
 * take them.  Main thread.  */
typedef struct
{
  TideTheme theme;
  char *font; /* what theme.font is */
} TideChartStyle;

/* Reads the style anew; FALSE when nothing has changed.  SELF must be zero or filled before.  */
gboolean tide_chart_style_update (TideChartStyle *self, GtkWidget *widget);
void tide_chart_style_clear (TideChartStyle *self);

/* A transparent image for all of WIDGET, crisp on its screen.  NULL while it has no size.  Transfer full.  */
cairo_surface_t *tide_chart_style_create_surface (GtkWidget *widget);
/* What was painted there, for gtk_snapshot_append_node().  Not a texture: where there is no GL, GTK turns
 * each pixel of one into four floats and back at every drawing.  Takes SURFACE; transfer full.  */
GskRenderNode *tide_chart_style_take_node (cairo_surface_t *surface);
/* A ring around WIDGET while the keyboard's focus is to be seen in it.  */
void tide_chart_style_snapshot_focus (const TideChartStyle *self, GtkWidget *widget, GtkSnapshot *snapshot);

G_END_DECLS
