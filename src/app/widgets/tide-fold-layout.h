#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Puts children side by side or, with the property "orientation", one below the other, as a box does; where
 * there is not room for all of them, the least important are not shown (what they do or say is elsewhere as
 * well), so that it can be as small as you like.  Each child has a layout property "keep": those with the
 * greatest stay longest, those with TIDE_FOLD_KEEP_ALWAYS for ever.  Children that expand take what is left,
 * and may be as small as their minimum.  */
#define TIDE_FOLD_KEEP_ALWAYS 100

#define TIDE_TYPE_FOLD_LAYOUT (tide_fold_layout_get_type ())
G_DECLARE_FINAL_TYPE (TideFoldLayout, tide_fold_layout, TIDE, FOLD_LAYOUT, GtkLayoutManager)

#define TIDE_TYPE_FOLD_LAYOUT_CHILD (tide_fold_layout_child_get_type ())
G_DECLARE_FINAL_TYPE (TideFoldLayoutChild, tide_fold_layout_child, TIDE, FOLD_LAYOUT_CHILD, GtkLayoutChild)

G_END_DECLS
