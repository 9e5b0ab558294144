#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Keeps the signals that end or disturb a program from ending ours, and tells of those that somebody sent to
 * us alone.
 *
 * What a terminal sends (Ctrl-C, a hang-up) reaches the whole process group, the program too: it is not to
 * come twice, so it is taken and forgotten.  The kernel says which is which (si_code).  Signals that were
 * ignored when we were started stay ignored.  One at a time in a process, main thread; FUNC is called on the
 * main context.  */
typedef struct _TideSignalRelay TideSignalRelay;

typedef void (*TideSignalRelayFunc) (int signal_number, gpointer user_data);

TideSignalRelay *tide_signal_relay_new (TideSignalRelayFunc func, gpointer user_data, GError **error);
void tide_signal_relay_free (TideSignalRelay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TideSignalRelay, tide_signal_relay_free)

G_END_DECLS
