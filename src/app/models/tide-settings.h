#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is remembered of windows and tables from one start to the next.  NULL where the schema is not
 * installed: then nothing is.  Transfer full.  Main thread.  */
GSettings *tide_settings_new (void);

G_END_DECLS
