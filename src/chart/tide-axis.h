#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Steps of axes: for time 1-2-5 below a second and 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min, hours above; for bytes 1-2-5 times a
 * power of 2^10 (and 10, 20, 50, 100, 200, 500 of it).  The smallest step that leaves at least MIN_PX between ticks.  */
gint64 tide_axis_time_step (gint64 span_ns, double width_px, double min_px);
gint64 tide_axis_bytes_step (gint64 span_bytes, double height_px, double min_px);

G_END_DECLS
