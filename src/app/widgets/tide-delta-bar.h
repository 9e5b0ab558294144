#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pixels; where there is less room, it is shorter.  */
#define TIDE_DELTA_BAR_WIDTH 88
#define TIDE_DELTA_BAR_MARGIN 6

/* A small horizontal bar: how much of the greatest change this one is.  Growth has the colour @tide_growth,
 * release @tide_release; the sign stands in the text beside it.  */
#define TIDE_TYPE_DELTA_BAR (tide_delta_bar_get_type ())
G_DECLARE_FINAL_TYPE (TideDeltaBar, tide_delta_bar, TIDE, DELTA_BAR, GtkWidget)

GtkWidget *tide_delta_bar_new (void);
/* VALUE: -1 … 1.  */
void tide_delta_bar_set_value (TideDeltaBar *self, double value);
double tide_delta_bar_get_value (TideDeltaBar *self);

G_END_DECLS
