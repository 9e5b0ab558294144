#pragma once

#include "tide-call-cursor.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The calls of a process, in a span and of some kinds, as a list of places: an item says nothing but that
 * there is one, and tide_call_rows_get() tells what stands there.  Of more than TIDE_CALL_ROWS_MAX the first
 * ones are in it: GTK counts the pixels of a list in 32 bits.  Main thread.  */
#define TIDE_TYPE_CALL_ROWS (tide_call_rows_get_type ())
G_DECLARE_FINAL_TYPE (TideCallRows, tide_call_rows, TIDE, CALL_ROWS, GObject)

#define TIDE_CALL_ROWS_MAX 10000000u

TideCallRows *tide_call_rows_new (void);
/* Shows what is there now.  The same again shows what has come since.  PROCESS may be NULL: nothing.  */
void tide_call_rows_show (TideCallRows *self, TideProcess *process, TideSpan span, guint kinds);
/* Borrowed, may be NULL.  */
TideProcess *tide_call_rows_get_process (TideCallRows *self);
/* How many there are, also those that are too many for a list.  */
guint64 tide_call_rows_get_n_all (TideCallRows *self);
/* FALSE past the end.  */
gboolean tide_call_rows_get (TideCallRows *self, guint position, TideCallRow *row);

G_END_DECLS
