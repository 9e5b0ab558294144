#pragma once

#include "tide-recording.h"
#include "tide-timeline-view.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TIDE_RENDER_PNG,
  TIDE_RENDER_SVG,
} TideRenderFormat;

typedef struct
{
  TideRenderFormat format;
  double width, height; /* logical px */
  double scale;         /* PNG: device px for each */
  gboolean dark;
  TideSpan span;     /* TIDE_SPAN_ALL: the whole */
  const char *title; /* NULL: from the recording */
} TideRenderOptions;

/* The longest edge of a PNG in device px, and of a SVG in px: what cairo and every viewer take.  */
#define TIDE_RENDER_MAX_PX 16384

/* The picture with title, axes, range and, below, the first functions by net growth.  Any thread that owns
 * the recording.  Blocks. Errors: G_IO_ERROR_INVALID_ARGUMENT for a size, scale or span that cannot be, and
 * those of STREAM, which is not closed.  */
gboolean tide_render_timeline (TideRecording *recording,
                               const TideRenderOptions *options,
                               GOutputStream *stream,
                               GCancellable *cancellable,
                               GError **error);
/* By suffix, whatever its case; FALSE for another.  */
gboolean tide_render_format_from_path (const char *path, TideRenderFormat *format);

G_END_DECLS
