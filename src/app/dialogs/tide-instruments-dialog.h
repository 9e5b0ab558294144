#pragma once

#include "tide-instrument-list.h"
#include "tide-session.h"

G_BEGIN_DECLS

/* What measures the live program: to start, to stop and to see what each says.  Without a live program it
 * says so, and nothing can be switched.  It stays open beside its window.  */
#define TIDE_TYPE_INSTRUMENTS_DIALOG (tide_instruments_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TideInstrumentsDialog, tide_instruments_dialog, TIDE, INSTRUMENTS_DIALOG, GtkWindow)

TideInstrumentsDialog *tide_instruments_dialog_new (GtkWindow *parent, TideSession *session);
TideInstrumentList *tide_instruments_dialog_get_list (TideInstrumentsDialog *self);

G_END_DECLS
