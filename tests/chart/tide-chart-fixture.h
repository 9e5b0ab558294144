#pragma once

#include "tide-recording.h"
#include "tide-timeline-view.h"

G_BEGIN_DECLS

#define TIDE_MS G_GINT64_CONSTANT (1000000)
#define TIDE_S (1000 * TIDE_MS)
#define TIDE_MIB (G_GINT64_CONSTANT (1) << 20)

/* Recordings that are made up, for tests and pictures of charts.  */

/* A recording of one process without a sample.  */
TideRecording *tide_fixture_recording (void);
void tide_fixture_add_samples (TideRecording *recording, const TideRssSample *samples, guint n_samples);
void tide_fixture_add_note (TideRecording *recording, TideNoteKind kind, gint64 time_ns, gint64 value);
void tide_fixture_end (TideRecording *recording, gint64 time_ns, guint kind, guint value);
/* Twenty seconds of a batch job: an index that grows, a cache that leaks, batches that come and go, by nine
 * functions.  */
TideRecording *tide_fixture_batch_job (void);
/* N samples, one each microsecond, noise between 100 and 200 MiB; the COUNT samples at INDICES are 600 MiB.
 */
TideRecording *tide_fixture_noise (gsize n_samples, const gsize *indices, guint count);

/* The whole recording's first process, light, from zero.  THEME must live as long as the view.  */
TideTimelineView tide_fixture_view (TideRecording *recording, const TideTheme *theme);

/* An image of WIDTH x HEIGHT px at SCALE, filled with the theme's background.  */
cairo_surface_t *tide_fixture_surface (const TideTheme *theme, int width, int height, double scale);
/* The colour of a device pixel, 0xrrggbb.  */
guint32 tide_fixture_pixel (cairo_surface_t *surface, int x, int y);
/* How far two colours are apart: the greatest difference of a channel.  */
guint tide_fixture_distance (guint32 a, guint32 b);
/* INK over the background, as 0xrrggbb.  */
guint32 tide_fixture_ink (const TideTheme *theme, TideInk ink);

G_END_DECLS
