#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Keeps SETTINGS dark or light as the desktop's settings portal says (org.freedesktop.appearance
 * color-scheme), while it lives. PAGETIDE_COLOR_SCHEME=light or dark in the environment overrides it
 * (pictures).  Without a portal the theme's own choice stands.  */
#define TIDE_TYPE_COLOR_SCHEME (tide_color_scheme_get_type ())
G_DECLARE_FINAL_TYPE (TideColorScheme, tide_color_scheme, TIDE, COLOR_SCHEME, GObject)

TideColorScheme *tide_color_scheme_new (GtkSettings *settings);
/* Whether SETTINGS ask for light on dark, and the name of the property that says so ("notify::…"): another
 * since GTK 4.20.  */
gboolean tide_color_scheme_is_dark (GtkSettings *settings);
const char *tide_color_scheme_property (GtkSettings *settings);
/* Exported for its test: the portal's answer, however deeply it wraps the number.  FALSE when it is none that
 * we know.  */
gboolean tide_color_scheme_parse (GVariant *value, gboolean *dark);

G_END_DECLS
