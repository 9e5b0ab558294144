#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Steps of axes: for time 1-2-5 below a second and 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 3,
 * 6, 12 h and 1-2-5 days above; for bytes 1-2-5 times a power of 2^10 (and 10, 20, 50, 100, 200, 500 of it).
 * The smallest step that leaves at least MIN_PX between ticks; spans and sizes that are not positive count as
 * one.  */
gint64 tide_axis_time_step (gint64 span_ns, double width_px, double min_px);
gint64 tide_axis_bytes_step (gint64 span_bytes, double height_px, double min_px);

/* The smallest multiple of STEP that is not below VALUE, and the greatest that is not above it; saturates. */
gint64 tide_axis_ceil (gint64 value, gint64 step);
gint64 tide_axis_floor (gint64 value, gint64 step);

/* TO - FROM; saturates.  */
gint64 tide_axis_change (gint64 from, gint64 to);

/* "512 MiB", "1 200 MiB": all labels of one axis share the unit of its step, so that they are whole numbers.
 * Transfer full.  */
char *tide_axis_bytes_label (gint64 bytes, gint64 step);

/* The step for readouts where one pixel is PX_NS long: a power of ten, at least that long.  For
 * tide_format_time().  */
gint64 tide_axis_readout_step (double px_ns);

G_END_DECLS
