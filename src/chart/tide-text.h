#pragma once

#include "tide-theme.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* Labels: one line of text with tabular figures, placed on whole device pixels.  Lives on the stack of a
 * painter.  */
typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  const TideTheme *theme;
} TideText;

void tide_text_init (TideText *self, cairo_t *cr, const TideTheme *theme);
void tide_text_clear (TideText *self);

/* SIZE relative to the theme's; BOLD or not.  Stays until it is set again.  */
void tide_text_set_style (TideText *self, double size, gboolean bold);
/* Longer text ends in an ellipsis (in the middle when MIDDLE); below 0: never.  */
void tide_text_set_max_width (TideText *self, double width, gboolean middle);
void tide_text_measure (TideText *self, const char *text, double *width, double *height);
/* ALIGN 0: X is the left edge, 0.5: the centre, 1: the right edge.  Y is the top.  In the current source of
 * the context.  */
void tide_text_draw (TideText *self, double x, double y, double align, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TideText, tide_text_clear)

G_END_DECLS
