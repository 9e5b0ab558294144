#pragma once

#include "tide-timeline.h"

G_BEGIN_DECLS

/* Pointer and keys of the timeline: from events to its methods, and nothing else.  */
void tide_timeline_input_attach (TideTimeline *timeline);
void tide_timeline_input_bind_keys (GtkWidgetClass *widget_class);

G_END_DECLS
