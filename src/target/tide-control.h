#pragma once

#include "tide-switch-frames.h"

#include <glib.h>

G_BEGIN_DECLS

/* The way back to a helper: small frames over a socket.  Never blocks and never raises SIGPIPE; what a helper
 * that is gone or stuck does not take is dropped whole.  One thread.  */
typedef struct _TideControl TideControl;

TideControl *tide_control_new (int fd); /* takes FD */
void tide_control_free (TideControl *self);

void tide_control_send_signal (TideControl *self, int signal_number);
void tide_control_send_suspend (TideControl *self, gboolean suspend);
void tide_control_send_detach (TideControl *self);
void tide_control_send_switch (TideControl *self, guint stream, const TideSwitch *wish);
void tide_control_send_budget (TideControl *self, guint thousandths);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideControl, tide_control_free)

G_END_DECLS
