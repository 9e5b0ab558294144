#pragma once

#include "tide-window.h"

G_BEGIN_DECLS

/* Watches the main thread of a window while something is done to it.
 *
 * frame  from the frame clock's "before-paint" to its "after-paint": ticks (and with them the pump), layout,
 * drawing hold   from one poll() of the main loop to the next: what a key press may have to wait for, frames
 * among it
 *
 * Held times come twice: as the clock has them, and as the processor gave them to the thread.  Where other
 * programs want the processor as well the first is longer than the second, through nobody's fault here.  */
typedef struct _TideFrameMeter TideFrameMeter;

TideFrameMeter *tide_frame_meter_new (TideWindow *window);
void tide_frame_meter_free (TideFrameMeter *self);

/* Asks for frames without end, as a live session does.  */
void tide_frame_meter_keep_drawing (TideFrameMeter *self, gboolean drawing);

void tide_frame_meter_print_head (void);
/* From now on …  */
void tide_frame_meter_begin (TideFrameMeter *self);
/* … to now, as one line of the table.  */
void tide_frame_meter_print (TideFrameMeter *self, const char *name);

/* Greatest resident set size of this process so far, bytes.  */
gint64 tide_frame_meter_get_peak_rss (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideFrameMeter, tide_frame_meter_free)

G_END_DECLS
