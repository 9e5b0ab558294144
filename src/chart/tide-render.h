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
  TideSpan span;        /* TIDE_SPAN_ALL: the whole */
  const char *title;    /* NULL: from the recording */
} TideRenderOptions;

/* The picture with title, axes, range and, below, the first functions by net growth.  Any thread that owns the recording.  */
gboolean tide_render_timeline (TideRecording *recording, const TideRenderOptions *options, GOutputStream *stream,
                               GCancellable *cancellable, GError **error);
/* By suffix; FALSE for another.  */
gboolean tide_render_format_from_path (const char *path, TideRenderFormat *format);

G_END_DECLS
