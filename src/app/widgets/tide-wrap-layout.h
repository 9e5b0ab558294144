#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Puts children side by side, as a box does, and goes on in another line where the width ends, so that a row
 * of controls is as narrow as its widest.  Free room of a line goes to those of its children that expand.  */
#define TIDE_TYPE_WRAP_LAYOUT (tide_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (TideWrapLayout, tide_wrap_layout, TIDE, WRAP_LAYOUT, GtkLayoutManager)

GtkLayoutManager *tide_wrap_layout_new (void);

G_END_DECLS
