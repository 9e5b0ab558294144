#pragma once

#include "tide-fault-access.h"
#include "tide-interpreter-chooser.h"
#include "tide-prompter.h"
#include "tide-recent.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks what to launch and how to measure it.  Signal "launch" (const TideLaunch *, valid during the emission)
 * when it was accepted; the dialog then destroys itself.  What cannot work is said inside it, while it is
 * typed.  */
#define TIDE_TYPE_LAUNCH_DIALOG (tide_launch_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TideLaunchDialog, tide_launch_dialog, TIDE, LAUNCH_DIALOG, GtkWindow)

/* References to PROMPTER and RECENT are taken.  Begins with the newest of RECENT.  */
TideLaunchDialog *tide_launch_dialog_new (GtkWindow *parent, TidePrompter *prompter, TideRecent *recent);
void tide_launch_dialog_fill (TideLaunchDialog *self, const TideLaunch *launch);
/* What the fields say; NULL and a translated sentence when it cannot be launched.  Transfer full.  */
TideLaunch *tide_launch_dialog_build (TideLaunchDialog *self, GError **error);
/* What stands in the line for what is wrong, NULL: nothing.  Borrowed.  */
const char *tide_launch_dialog_get_problem (TideLaunchDialog *self);
/* What the dialog says of the right to follow page faults; it looks by itself.  MAY_NOT_ASK: a sentence why
 * it cannot be asked for, NULL: it can.  For tests.  */
void
tide_launch_dialog_set_fault_access (TideLaunchDialog *self, TideFaultAccess access, const char *may_not_ask);
/* Borrowed, for tests.  */
TideInterpreterChooser *tide_launch_dialog_get_interpreters (TideLaunchDialog *self);

G_END_DECLS
