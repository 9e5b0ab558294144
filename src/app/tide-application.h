#pragma once

#include "tide-launch.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TIDE_TYPE_APPLICATION (tide_application_get_type ())
G_DECLARE_FINAL_TYPE (TideApplication, tide_application, TIDE, APPLICATION, GtkApplication)

/* LAUNCH (may be NULL, copied) is started in a window of its own when the application comes up.  */
TideApplication *tide_application_new (const TideLaunch *launch);

G_END_DECLS
