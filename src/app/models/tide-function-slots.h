#pragma once

#include "tide-function-table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The rows of a function table as a list of places: item i stands for "whatever is at place i of the order
 * now", not for a function. So a new table or another order changes no item; only a change of length goes
 * through items-changed, at the tail.  A view rewrites its bound cells on "refreshed", which costs well under
 * a millisecond where items_changed for the visible rows costs tens.
 *
 * Signals: "refreshed" after what stands at the places changed (always after items-changed).  Main thread. */
#define TIDE_TYPE_FUNCTION_SLOTS (tide_function_slots_get_type ())
G_DECLARE_FINAL_TYPE (TideFunctionSlots, tide_function_slots, TIDE, FUNCTION_SLOTS, GObject)

#define TIDE_TYPE_FUNCTION_SLOT (tide_function_slot_get_type ())
G_DECLARE_FINAL_TYPE (TideFunctionSlot, tide_function_slot, TIDE, FUNCTION_SLOT, GObject)

TideFunctionSlots *tide_function_slots_new (void);

/* Shows TABLE (may be NULL: none).  Small ones are ordered at once, large ones in a worker; the old order
 * stays until then.  */
void tide_function_slots_set_table (TideFunctionSlots *self, TideFunctionTable *table);
void tide_function_slots_set_filter (TideFunctionSlots *self, const char *filter);
void tide_function_slots_set_sort (TideFunctionSlots *self, TideFunctionColumn column, gboolean descending);
/* While held, new tables of the same process keep the functions at their places (new ones come last): nothing
 * moves under the pointer. Letting go sorts again.  */
void tide_function_slots_set_held (TideFunctionSlots *self, gboolean held);
/* Live tables are sorted again at most twice a second; other ones at once.  */
void tide_function_slots_set_live (TideFunctionSlots *self, gboolean live);

TideFunctionTable *tide_function_slots_get_table (TideFunctionSlots *self); /* borrowed, may be NULL */
/* Whether the table has Python bytes.  */
gboolean tide_function_slots_has_bytes (TideFunctionSlots *self);
gboolean tide_function_slots_has_calls (TideFunctionSlots *self);
TideFunctionColumn tide_function_slots_get_sort (TideFunctionSlots *self, gboolean *descending);
/* Borrowed, valid until the next "refreshed"; NULL past the end.  */
const TideFunctionRow *tide_function_slots_get_row (TideFunctionSlots *self, guint position);
/* Where the function CODE is now, or GTK_INVALID_LIST_POSITION (G_MAXUINT).  */
guint tide_function_slots_find (TideFunctionSlots *self, guint32 code);
/* How many of the rows are functions, of those that are shown and in ALL of the table.  */
guint tide_function_slots_get_n_functions (TideFunctionSlots *self, guint *all);
/* The greatest |self| of the rows that are shown and are what the program did: what a full bar stands for. */
gint64 tide_function_slots_get_greatest (TideFunctionSlots *self);

G_END_DECLS
